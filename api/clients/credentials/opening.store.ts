import type { EntityManager } from 'typeorm';
import type { ScopeName } from '../../scopes/scope.store.ts';
import { gatheredReads, type ReadByKey } from '../../shared/database/gathered-reads.store.ts';
import { placesOf } from '../../shared/database/places.ts';
import type { SecretKind, StoredSecret } from '../secrets/secret.store.ts';
import type { Source, StoredClient } from '../client.store.ts';

/** What a door has to know of a client to change it, as it was at one moment. */
export interface Opening {
  readonly stored: StoredClient;
  /** The scopes that it has. */
  readonly scopes: readonly ScopeName[];
  /** Its secrets, the current one first. */
  readonly secrets: readonly StoredSecret[];
  /** The number of its newest revision, or 0. */
  readonly newest: number;
}

/** A row of the client, of one of its scopes or of one of its secrets; the columns of the others are null. */
interface Row {
  readonly part: 'client' | 'scope' | 'secret';
  /** The client. */
  readonly client: string;
  readonly inum: string;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly source: Source;
  readonly registered_by: string | null;
  readonly document: string;
  readonly token_generation: number;
  readonly sequence: number | null;
  readonly last_access_time: string | null;
  readonly scope_id: string;
  readonly kind: SecretKind;
  readonly value: string;
  readonly expires_at: string | null;
  readonly newest: number | null;
}

const nulls = (count: number): string => ', NULL'.repeat(count);

/** One round trip for all of it. */
const PARTS = [
  `SELECT 'client' AS part, c.inum AS client, c.inum AS inum, c.created_at AS created_at, a.sequence AS sequence,
    c.version AS version, c.document AS document, c.token_generation AS token_generation,
    a.last_access_time AS last_access_time, NULL AS scope_id, NULL AS kind, NULL AS value, NULL AS expires_at,
    c.updated_at AS updated_at, c.source AS source, c.registered_by AS registered_by,
    (SELECT MAX(number) FROM revisions WHERE kind = 'client' AND inum = c.inum) AS newest
  FROM clients c LEFT JOIN client_activity a ON a.inum = c.inum WHERE c.inum`,
  `SELECT 'scope', r.inum, s.inum${nulls(6)}, s.scope_id${nulls(7)}
  FROM client_scopes r JOIN scopes s ON s.inum = r.scope_inum WHERE r.inum`,
  `SELECT 'secret', inum, id, created_at, sequence${nulls(5)}, kind, value, expires_at${nulls(4)}
  FROM client_secrets WHERE inum`,
];

const OPENINGS: ReadByKey<Row> = {
  read: (manager, inums) =>
    manager.query(
      PARTS.map((part) => `${part} IN (${placesOf(inums)})`).join(' UNION ALL '),
      PARTS.flatMap(() => inums),
    ),
  keyOf: ({ client }) => client,
};

/** Reads a client with its scopes and secrets; undefined when there is none. */
export function openings(manager: EntityManager): (inum: string) => Promise<Opening | undefined> {
  const rowsOf = gatheredReads(manager, OPENINGS);
  return async (inum) => openingOf(await rowsOf(inum));
}

function openingOf(rows: readonly Row[]): Opening | undefined {
  const client = rows.find(({ part }) => part === 'client');
  if (client === undefined) return undefined;
  const secrets = rows.filter(({ part }) => part === 'secret').map(secretOf);
  return {
    stored: storedOf(client),
    scopes: rows.filter(({ part }) => part === 'scope').map((row) => ({ inum: row.inum, id: row.scope_id })),
    secrets: secrets.sort((one, other) => other.sequence - one.sequence),
    newest: client.newest ?? 0,
  };
}

const storedOf = (row: Row): StoredClient => ({
  ...{ inum: row.inum, version: row.version, createdAt: row.created_at, text: row.document },
  ...{ updatedAt: row.updated_at, source: row.source },
  ...(row.registered_by !== null && { registeredBy: row.registered_by }),
  ...{ tokenGeneration: row.token_generation, activity: row.sequence ?? 0 },
  ...(row.last_access_time !== null && { lastAccessTime: row.last_access_time }),
});

const secretOf = (row: Row): StoredSecret => ({
  ...{ id: row.inum, sequence: row.sequence ?? 0, kind: row.kind, value: row.value },
  ...{ createdAt: row.created_at, expiresAt: row.expires_at },
});
