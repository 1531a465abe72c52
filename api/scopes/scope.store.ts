import { In, Like, type EntityManager } from 'typeorm';
import { ScopeEntity } from '../../entities/scope.entity.ts';

/** A scope by its two names: its inum, and the text that stands in tokens. */
export interface ScopeName {
  readonly inum: string;
  readonly id: string;
}

export interface NewScope extends ScopeName {
  readonly createdAt: string;
  /** The scope as JSON text. */
  readonly document: string;
}

export interface ScopeStore {
  byInums(inums: readonly string[]): Promise<ScopeName[]>;
  byIds(ids: readonly string[]): Promise<ScopeName[]>;
  /** The scopes that every client may have. */
  defaults(): Promise<ScopeName[]>;
  /** Inserts a scope. Rejects with the database's error when the inum or the id is taken. */
  insert(scope: NewScope): Promise<void>;
}

export function scopeStore(manager: EntityManager): ScopeStore {
  const scopes = manager.getRepository(ScopeEntity);
  const named = async (where: object): Promise<ScopeName[]> =>
    (await scopes.find({ select: { inum: true, scopeId: true }, where })).map((row) => ({
      inum: row.inum,
      id: row.scopeId,
    }));
  return {
    byInums: async (inums) => (inums.length === 0 ? [] : named({ inum: In([...inums]) })),
    byIds: async (ids) => (ids.length === 0 ? [] : named({ scopeId: In([...ids]) })),
    defaults: async () => {
      // The pattern is for speed; the document decides.
      const rows = await scopes.find({ where: { document: Like('%"defaultScope":true%') }, order: { scopeId: 'ASC' } });
      const isDefault = ({ document }: ScopeEntity): boolean =>
        (JSON.parse(document) as { defaultScope?: boolean }).defaultScope === true;
      return rows.filter(isDefault).map((row) => ({ inum: row.inum, id: row.scopeId }));
    },
    insert: async ({ inum, id, createdAt, document }) => {
      await scopes.insert({ inum, scopeId: id, createdAt, document, version: 1 });
    },
  };
}
