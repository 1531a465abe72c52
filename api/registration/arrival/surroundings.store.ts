import type { EntityManager } from 'typeorm';
import { foldedName } from '../../clients/client.store.ts';
import { OFFERED, type ScopeDocument, type ScopeName } from '../../scopes/scope.store.ts';
import { placesOf } from '../../shared/database/places.ts';

/** What of others is asked for before a client registers or changes its registration. */
export interface Asked {
  /** Inums of scopes. */
  readonly scopes: readonly string[];
  /** Whether the scopes are wanted too that clients get by registering themselves. */
  readonly offered: boolean;
  /** Whose clients of the same display name are wanted. */
  readonly displayName: string | undefined;
}

/** A scope, and how clients get it that register themselves. */
export type FoundScope = ScopeName & Pick<ScopeDocument, 'registration'>;

/** A client with the name of another one, and its document as JSON text. */
export interface Namesake {
  readonly inum: string;
  readonly text: string;
}

export interface Surroundings {
  /** In the order of their ids. */
  readonly scopes: readonly FoundScope[];
  /** Some of the clients with that name, whatever the case: at most 20. */
  readonly namesakes: readonly Namesake[];
}

export interface SurroundingsStore {
  /** Looks for all that was asked for, in one statement. */
  surroundings(asked: Asked): Promise<Surroundings>;
}

interface Row {
  readonly part: 'scope' | 'client';
  readonly inum: string;
  readonly id: string;
  readonly registration: FoundScope['registration'];
  readonly document: string;
}

export const surroundingsStore = (manager: EntityManager): SurroundingsStore => ({
  surroundings: async ({ scopes, offered, displayName }) => {
    const conditions = [
      ...(scopes.length > 0 ? [`inum IN (${placesOf(scopes)})`] : []),
      ...(offered ? [`registration IN (${placesOf(OFFERED)})`] : []),
    ];
    const selects = [
      ...(conditions.length > 0 ? [`${SCOPES} ${conditions.join(' OR ')}`] : []),
      ...(displayName === undefined ? [] : [NAMESAKES]),
    ];
    if (selects.length === 0) return { scopes: [], namesakes: [] };
    const rows = await manager.query<Row[]>(selects.join(' UNION ALL '), [
      ...scopes,
      ...(offered ? OFFERED : []),
      ...(displayName === undefined ? [] : [foldedName(displayName)]),
    ]);
    return {
      scopes: rows
        .filter(({ part }) => part === 'scope')
        .map(scopeIn)
        .sort((one, other) => (one.id < other.id ? -1 : 1)),
      namesakes: rows.flatMap(({ part, inum, document: text }) => (part === 'client' ? [{ inum, text }] : [])),
    };
  },
});

const SCOPES = "SELECT 'scope' AS part, inum, scope_id AS id, registration, '' AS document FROM scopes WHERE";
const NAMESAKES = `SELECT 'client' AS part, c.inum, '' AS id, '' AS registration, c.document
  FROM (SELECT inum FROM clients WHERE display_name_folded = ? LIMIT 20) n JOIN clients c ON c.inum = n.inum`;

const scopeIn = ({ inum, id, registration }: Row): FoundScope => ({ inum, id, registration });

/** Whether clients get a scope by registering themselves. */
export const isOffered = ({ registration }: FoundScope): boolean => OFFERED.includes(registration);
