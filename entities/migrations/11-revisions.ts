import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { reportProgress } from './progress.ts';
import { addColumn, createTable, dropColumn } from './repeatable.ts';

/** Collations without trailing-space padding, as in the tables before. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});

/** The log says what a record is about and who did it; before, that had to be guessed. Revisions have a table. */
export class Revisions11 implements MigrationInterface {
  readonly name = 'Revisions1790000000011';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'audit_records', "resource_kind varchar(16) NOT NULL DEFAULT 'client'");
    await addColumn(runner, 'audit_records', "actor_kind varchar(16) NOT NULL DEFAULT 'client'");
    await createRevisions(runner);
    await fillKinds(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('revisions');
    for (const column of ['resource_kind', 'actor_kind']) await dropColumn(runner, 'audit_records', column);
  }
}

async function createRevisions(runner: QueryRunner): Promise<void> {
  const { type } = runner.dataSource.options;
  const onServer = type !== 'better-sqlite3';
  const key = { isPrimary: true };
  await createTable(runner, {
    name: 'revisions',
    columns: [
      text('kind', 16, key),
      text('inum', 128, key),
      { name: 'number', type: 'int', ...key },
      text('incarnation', 16),
      text('at', 24),
      text('actor_kind', 16),
      text('actor_id', 512),
      text('actor_name', 512, { isNullable: true }),
      text('door', 16),
      text('source', 64),
      text('request_id', 128),
      text('reason', 1_000, { isNullable: true }),
      { name: 'document', type: onServer ? 'mediumblob' : 'blob', isNullable: true },
    ],
    indices: [{ name: 'ix_revisions_at', columnNames: ['at'] }],
    ...(onServer && { engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[type] ?? 'utf8mb4_bin'}` }),
  });
}

/** What the operations of earlier records were about; those of clients are not among them. */
const KINDS: readonly (readonly [kind: string, condition: string])[] = [
  // Taking a scope from its clients has a record for each of these, which is told by what changed.
  ['client', "operation = 'delete-oauth-scopes-by-inum' AND changed = '[\"scopes\"]'"],
  ['scope', among('post-oauth-scopes put-oauth-scopes patch-oauth-scopes-by-id delete-oauth-scopes-by-inum')],
  ['claim', among('post-attributes put-attributes patch-attributes-by-inum delete-attributes-by-inum')],
  ['initial-token', among('post-registration-token delete-registration-token-by-id')],
  ['statement', among('post-register-ssa delete-ssa get-jwt-ssa validate-ssa')],
  ['key', "operation = 'after-restore' AND changed = '[\"signingKey\"]'"],
  ['initial-token', "operation = 'after-restore' AND changed = '[\"token\"]'"],
  ['statement', "operation = 'after-restore' AND changed = '[\"state\"]'"],
  [
    'claim',
    "operation = 'move-stock-inums' AND changed = '[\"inum\"]' AND EXISTS (SELECT 1 FROM claims c WHERE c.inum = r.inum)",
  ],
  ['scope', "operation = 'move-stock-inums' AND changed = '[\"inum\"]'"],
  [
    'scope',
    `operation = 'move-stock-inums' AND EXISTS (SELECT 1 FROM scopes s WHERE s.inum = r.inum)
      AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.inum = r.inum)`,
  ],
];

/** Who was behind earlier records; those of clients are not among them. */
const ACTORS: readonly (readonly [kind: string, condition: string])[] = [
  ['registration', among('post-register')],
  ['task', among('remove-expired-client')],
  ['command', among('first-start admin-reset admin:reset after-restore move-stock-inums')],
  ['anonymous', "operation = 'validate-ssa' AND caller = 'anonymous'"],
];

function among(operations: string): string {
  return `operation IN (${operations
    .split(' ')
    .map((operation) => `'${operation}'`)
    .join(', ')})`;
}

const caseOf = (rows: readonly (readonly [kind: string, condition: string])[]): string =>
  `CASE ${rows.map(([kind, condition]) => `WHEN ${condition} THEN '${kind}'`).join(' ')} ELSE 'client' END`;

const BATCH = 20_000;

/** Says of every record what it is about and who did it. What says so already is left alone. */
async function fillKinds(runner: QueryRunner): Promise<void> {
  const [row] = (await runner.query('SELECT MAX(id) AS last FROM audit_records')) as { last: number | null }[];
  const total = row?.last ?? 0;
  const update = `UPDATE audit_records AS r SET resource_kind = ${caseOf(KINDS)}, actor_kind = ${caseOf(ACTORS)}
    WHERE id > ? AND id <= ? AND resource_kind = 'client' AND actor_kind = 'client'`;
  for (let done = 0; done < total; done += BATCH) {
    await runner.query(update, [done, done + BATCH]);
    reportProgress(runner, { table: 'audit_records', done: Math.min(done + BATCH, total), total });
  }
}
