import type { Table, MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { reportProgress } from './progress.ts';
import { addColumn, createIndex, createTable, dropColumn, dropIndex } from './repeatable.ts';

type TableOptions = NonNullable<ConstructorParameters<typeof Table>[0]>;

/** So many rows are filled in with one statement. */
const BATCH = 1_000;

const TABLES = ['clients', 'removed_clients'];

const INDICES = [
  { name: 'ix_clients_created_at', columnNames: ['created_at', 'inum'] },
  { name: 'ix_clients_updated_at', columnNames: ['updated_at', 'inum'] },
  { name: 'ix_clients_source', columnNames: ['source', 'inum'] },
  { name: 'ix_clients_registered_by', columnNames: ['registered_by', 'inum'] },
];

const SAME = { name: 'ix_client_registrations_reuse', columnNames: ['reuse_digest', 'created_at'] };

/**
 * How each client came in, and by whom, from what is known: its registration, the log and its revisions. One that registered
 * itself in a way that nobody knows any more keeps the source `registration`.
 */
export class Lifetimes21 implements MigrationInterface {
  readonly name = 'Lifetimes1790000000021';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await addColumn(runner, table, 'registered_by varchar(512) NULL');
    await fill(runner, 'clients', [byRegistration, byLog]);
    await fill(runner, 'removed_clients', [byLog]);
    for (const index of INDICES) await createIndex(runner, 'clients', index);
    await addColumn(runner, 'client_registrations', 'reuse_digest varchar(64) NULL');
    await createIndex(runner, 'client_registrations', SAME);
    await createTable(runner, disuse(runner.dataSource.options.type));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('client_disuse');
    await dropIndex(runner, 'client_registrations', SAME.name);
    await dropColumn(runner, 'client_registrations', 'reuse_digest');
    for (const { name } of INDICES) await dropIndex(runner, 'clients', name);
    for (const table of TABLES) {
      await dropColumn(runner, table, 'registered_by');
      await runner.query(`UPDATE ${table} SET source = 'registration' WHERE source NOT IN ('admin', 'setup')`);
    }
  }
}

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: ReadonlyMap<string, string> = new Map([
  ['mariadb', 'utf8mb4_nopad_bin'],
  ['mysql', 'utf8mb4_0900_bin'],
]);

const disuse = (type: string): TableOptions => ({
  name: 'client_disuse',
  columns: [
    text('inum', 128, { isPrimary: true }),
    text('state', 16),
    text('at', 24),
    text('used_at', 24, { isNullable: true }),
  ],
  indices: [{ name: 'ix_client_disuse_state', columnNames: ['state', 'at', 'inum'] }],
  foreignKeys: [
    {
      name: 'fk_client_disuse_client',
      columnNames: ['inum'],
      referencedTableName: 'clients',
      referencedColumnNames: ['inum'],
      onDelete: 'CASCADE',
    },
  ],
  ...(type !== 'better-sqlite3' && {
    engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION.get(type) ?? 'utf8mb4_bin'}`,
  }),
});

/** Fills in a part of a table, which is a condition on inums with two places. */
type Filling = (table: string, part: string) => readonly string[];

async function fill(runner: QueryRunner, table: string, fillings: readonly Filling[]): Promise<void> {
  const [counted] = (await runner.query(`SELECT COUNT(*) AS total FROM ${table}`)) as { total: number | string }[];
  const total = Number(counted?.total);
  let done = 0;
  for (let after = '', last: string | undefined; ; after = last) {
    const select = `SELECT inum FROM ${table} WHERE inum > ? ORDER BY inum LIMIT ${BATCH}`;
    const rows = (await runner.query(select, [after])) as { inum: string }[];
    last = rows.at(-1)?.inum;
    if (last === undefined) return;
    for (const filling of fillings)
      for (const update of filling(table, `${table}.inum > ? AND ${table}.inum <= ?`))
        await runner.query(update, [after, last]);
    done += rows.length;
    reportProgress(runner, { table, done, total });
  }
}

/**
 * What is kept beside clients that registered themselves. A statement that stands in the document alone may never have been
 * verified, or was revoked since: how such a client came in stays unknown.
 */
const byRegistration: Filling = (table, part) => {
  const of = (condition: string): string =>
    `${table}.source = 'registration' AND ${part} AND EXISTS (SELECT 1 FROM client_registrations r
      WHERE r.inum = ${table}.inum AND ${condition})`;
  return [
    `UPDATE ${table} SET source = 'initial-token', registered_by =
      (SELECT r.initial_token_id FROM client_registrations r WHERE r.inum = ${table}.inum)
      WHERE ${of('r.initial_token_id IS NOT NULL')}`,
    `UPDATE ${table} SET source = 'statement' WHERE ${of(`(r.statement_digest IS NOT NULL OR r.statement_scopes <> '[]')`)}`,
    `UPDATE ${table} SET source = 'open'
      WHERE ${of('r.initial_token_id IS NULL')} AND document NOT LIKE '%"softwareStatement":%'`,
  ];
};

const TOKEN = 'initial access token ';

/**
 * What the log has about who made a client, which is the last one of its inum that anybody made; where it was pruned, what the
 * revision of that moment has.
 */
const byLog: Filling = (table, part) => {
  const maker = (operation: string, kind: string): string => `COALESCE(
    (SELECT a.caller FROM audit_records a WHERE a.inum = ${table}.inum AND a.operation = '${operation}'
      AND a.resource_kind = 'client' AND a.actor_kind = '${kind}' ORDER BY a.id DESC LIMIT 1),
    (SELECT MIN(v.actor_id) FROM revisions v WHERE v.kind = 'client' AND v.inum = ${table}.inum
      AND v.at = ${table}.created_at AND v.actor_kind = '${kind}'))`;
  return [
    `UPDATE ${table} SET registered_by = ${maker('post-oauth-openid-client', 'client')}
      WHERE source = 'admin' AND registered_by IS NULL AND ${part}`,
    `UPDATE ${table} SET registered_by = ${maker('post-register', 'registration')}
      WHERE source = 'registration' AND registered_by IS NULL AND ${part}`,
    `UPDATE ${table} SET source = 'initial-token', registered_by = SUBSTR(registered_by, ${TOKEN.length + 1})
      WHERE source = 'registration' AND registered_by LIKE '${TOKEN}%' AND ${part}`,
    // Whoever registered with a statement, or with nothing at all, is called the same.
    `UPDATE ${table} SET registered_by = NULL WHERE source = 'registration' AND ${part}`,
  ];
};
