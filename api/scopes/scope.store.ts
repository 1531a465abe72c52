import { In, type EntityManager } from 'typeorm';
import { ScopeEntity } from '../../entities/scope.entity.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import { EntryStore, type EntryKind, type StoredEntry } from './entry.store.ts';
import { placesOf } from '../shared/database/places.ts';

/** A scope as it is stored and answered. */
export type ScopeDocument = Schemas['ScopeReply'];

/** A scope by its two names: its inum, and the text that stands in tokens. */
export interface ScopeName {
  readonly inum: string;
  readonly id: string;
}

/** How clients get a scope by registering themselves, where they do: without asking, or when they ask. */
export const OFFERED: readonly ScopeDocument['registration'][] = ['default', 'on-request'];

const SCOPE: EntryKind<ScopeDocument> = {
  entity: ScopeEntity,
  columnsOf: ({ id, scopeType, expirationDate, creatorId, registration }) => ({
    scopeId: id,
    scopeType,
    expirationDate: expirationDate ?? null,
    creatorId: creatorId ?? null,
    registration,
  }),
  searchedOf: ({ displayName, description, id, inum, scopeType }) => [displayName, description, id, inum, scopeType],
  exists: 'scope-exists',
  nameOf: ({ id }) => id,
  titleOf: ({ displayName }) => displayName,
};

/** The scopes in a unit of work. */
export class ScopeStore extends EntryStore<ScopeDocument> {
  constructor(private readonly manager: EntityManager) {
    super(manager, SCOPE);
  }

  /** The names of the scopes with these inums. */
  byInums(inums: readonly string[]): Promise<ScopeName[]> {
    return this.names('inum', inums);
  }

  /** The names of the scopes that stand in tokens as one of these. */
  byIds(ids: readonly string[]): Promise<ScopeName[]> {
    return this.names('scope_id', ids);
  }

  /** The scopes that clients get by registering themselves, without asking or when they ask, in the order of ids. */
  async registrable(): Promise<ScopeName[]> {
    const select = { inum: true, scopeId: true } as const;
    const where = { registration: In(OFFERED) };
    const rows = await this.manager.find(ScopeEntity, { select, where, order: { scopeId: 'ASC' } });
    return rows.map(({ inum, scopeId }) => ({ inum, id: scopeId }));
  }

  /** The scopes that a client has made. */
  async madeBy(creatorId: string): Promise<StoredEntry[]> {
    const rows = await this.manager.find(ScopeEntity, { select: { inum: true }, where: { creatorId } });
    return this.byInumsInOrder(rows.map(({ inum }) => inum));
  }

  /** Written by hand: the names are read with every change of a client. */
  private names(column: 'inum' | 'scope_id', values: readonly string[]): Promise<ScopeName[]> {
    if (values.length === 0) return Promise.resolve([]);
    const places = placesOf(values);
    const select = `SELECT inum, scope_id AS id FROM scopes WHERE ${column} IN (${places})`;
    return this.manager.query<ScopeName[]>(select, [...values]);
  }
}
