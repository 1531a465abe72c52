import { In, type EntityManager } from 'typeorm';
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
    insert: async ({ inum, id, createdAt, document }) => {
      await scopes.insert({ inum, scopeId: id, createdAt, document, version: 1 });
    },
  };
}
