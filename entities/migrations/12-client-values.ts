import { createHash } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { reportProgress } from './progress.ts';
import { createTable } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

/** The values that clients are found by, of all clients that are there. */
export class ClientValues12 implements MigrationInterface {
  readonly name = 'ClientValues1790000000012';
  /** Each batch is a transaction: who is killed loses one, and begins again without harm. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    const text = (name: string, length: string) => ({ name, type: 'varchar', length, isPrimary: true });
    const engine = `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}`;
    await createTable(runner, {
      name: 'client_values',
      columns: [text('property', '64'), text('value', '100'), text('inum', '128')],
      indices: [{ name: 'ix_client_values_inum', columnNames: ['inum'] }],
      foreignKeys: [
        {
          name: 'fk_client_values_client',
          columnNames: ['inum'],
          referencedTableName: 'clients',
          referencedColumnNames: ['inum'],
          onDelete: 'CASCADE',
        },
      ],
      ...(type === 'better-sqlite3' ? { withoutRowid: true } : { engine }),
    });
    await fill(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('client_values');
  }
}

const BATCH = 500;

async function fill(runner: QueryRunner): Promise<void> {
  const [{ total } = { total: 0 }] = (await runner.query('SELECT COUNT(*) AS total FROM clients')) as {
    total: number | string;
  }[];
  let done = 0;
  for (let last: string | undefined = ''; last !== undefined;) {
    const inums = await fillBatch(runner, last);
    done += inums.length;
    last = inums.at(-1);
    if (inums.length > 0) reportProgress(runner, { table: 'client_values', done, total: Number(total) });
  }
}

/** Makes the values of the clients that follow an id. Returns their ids, which are none at the end. */
async function fillBatch(runner: QueryRunner, after: string): Promise<string[]> {
  await runner.startTransaction();
  try {
    const select = `SELECT inum, document FROM clients WHERE inum > ? ORDER BY inum LIMIT ${BATCH}`;
    const clients = (await runner.query(select, [after])) as { inum: string; document: string }[];
    const inums = clients.map(({ inum }) => inum);
    if (inums.length > 0)
      await runner.query(`DELETE FROM client_values WHERE inum IN (${inums.map(() => '?').join(', ')})`, inums);
    const rows = clients
      .flatMap(({ inum, document }) =>
        migratedValues(JSON.parse(document) as Members).map(([property, value]) => [property, value, inum]),
      )
      .sort((one, other) => (one.join('\n') < other.join('\n') ? -1 : 1));
    for (let start = 0; start < rows.length; start += ROWS) await insert(runner, rows.slice(start, start + ROWS));
    await runner.commitTransaction();
    return inums;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

const ROWS = 2_000;

async function insert(runner: QueryRunner, rows: readonly (readonly string[])[]): Promise<void> {
  const places = rows.map(() => '(?, ?, ?)').join(', ');
  await runner.query(`INSERT INTO client_values (property, value, inum) VALUES ${places}`, rows.flat());
}

type Members = Readonly<Record<string, unknown>>;

const words = (text: string): string[] => text.trim().split(/\s+/);

/** In columns, derived from the inum or from another member, secret, or too large to be asked for. */
const LEFT_OUT = new Set(
  words(`inum applicationType softwareId expirationDate clientIdIssuedAt clientSecretExpiresAt scopes claims dn baseDn
    jwks softwareStatement clientSecret registrationAccessToken displayName authenticationMethod customAttributes attributes`),
);
/** What nearly every client has. */
const COMMON = new Set([
  'tokenEndpointAuthMethod client_secret_basic',
  'allAuthenticationMethods client_secret_basic',
  'subjectType public',
  'attributes.parLifetime 600',
  'attributes.minimumAcrLevel -1',
]);
const WITH_HOSTS = words('redirectUris postLogoutRedirectUris claimRedirectUris requestUris');

/** The properties and values of a document, as version 12 of the schema has them. */
export function migratedValues(document: Members): [property: string, value: string][] {
  const { attributes, customAttributes } = document;
  const custom = (customAttributes ?? []) as { name: string; values?: unknown[] }[];
  const rows = [
    ...Object.entries(document).filter(([name]) => !LEFT_OUT.has(name)),
    ...Object.entries(attributes ?? {}).map(([name, value]) => [`attributes.${name}`, value] as const),
    ...WITH_HOSTS.map((list) => [`${list}.host`, textsOf(document[list]).flatMap(hostsOf)] as const),
    [
      'customAttributes',
      custom.flatMap(({ name, values = [] }) => values.map((value) => customText(name, value))),
    ] as const,
  ].flatMap(([property, value]) => textsOf(value).map((text) => [property, text] as const));
  const kept = new Map(
    rows.map(([property, text]) => [`${property} ${text}`, [property, valueText(text)] as [string, string]]),
  );
  return [...kept].filter(([key]) => !COMMON.has(key)).map(([, row]) => row);
}

const customText = (name: string, value: unknown): string => JSON.stringify([name, String(value)]);

function textsOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.map(String);
  const { values = {} } = (value ?? {}) as { values?: Record<string, string> };
  return Object.values(values);
}

function hostsOf(address: string): string[] {
  try {
    // Not after asking URL.canParse, which Node 20 and 22 answer wrongly for ü.
    const host = new URL(address).hostname.toLowerCase();
    return host === '' ? [] : [host];
  } catch {
    return [];
  }
}

const UNUSUAL = /\p{Cc}|\p{Cs}/gu;

function valueText(text: string): string {
  if (Buffer.byteLength(text) <= 100 && text.search(UNUSUAL) < 0) return text;
  const digest = createHash('sha256').update(text, 'utf16le').digest('base64url');
  return `${Array.from(text.replace(UNUSUAL, ' ')).slice(0, 40).join('')}\u0001${digest}`;
}
