import type { Table, MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { createTable, insertOrLeave } from './repeatable.ts';

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const int = (name: string): TableColumnOptions => ({ name, type: 'int' });
const counter = (sqlite: boolean): TableColumnOptions => ({
  name: 'id',
  type: sqlite ? 'integer' : 'int',
  isPrimary: true,
  isGenerated: true,
  generationStrategy: 'increment',
});
const key = { isPrimary: true };
const time = (name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions => text(name, 24, more);

/** The tables of the first release. Identities compare byte by byte in both databases. */
export class Initial1 implements MigrationInterface {
  readonly name = 'Initial1760000000000';

  async up(runner: QueryRunner): Promise<void> {
    const sqlite = runner.dataSource.options.type === 'better-sqlite3';
    const engine = sqlite
      ? undefined
      : `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${BINARY_COLLATION[runner.dataSource.options.type] ?? 'utf8mb4_bin'}`;
    for (const table of tables(sqlite)) await createTable(runner, { ...table, ...(engine && { engine }) });
    for (const statement of sqlite ? SQLITE_TEXT_INDEX : [MARIADB_TEXT_INDEX]) await runner.query(statement);
    const shards = Array.from({ length: COUNT_SHARDS }, (_unused, shard) => `(${shard}, 0)`).join(', ');
    await runner.query(`${insertOrLeave(runner)} client_counts (shard, clients) VALUES ${shards}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const sqlite = runner.dataSource.options.type === 'better-sqlite3';
    for (const table of sqlite ? ['client_fts_terms', 'client_fts'] : ['client_trigrams']) {
      await runner.query(`DROP TABLE ${table}`);
    }
    for (const table of tables(sqlite).reverse()) await runner.dropTable(table.name);
  }
}

const COUNT_SHARDS = 16;

/** The second table lists the trigrams of the first, for terms that are shorter than one. */
const SQLITE_TEXT_INDEX = [
  `CREATE VIRTUAL TABLE IF NOT EXISTS client_fts
  USING fts5(text, content='', contentless_delete=1, tokenize='trigram case_sensitive 1')`,
  `CREATE VIRTUAL TABLE IF NOT EXISTS client_fts_terms USING fts5vocab(client_fts, 'instance')`,
];

/** A trigram is three characters in UTF-8. Neither an index by id nor a foreign key: both double the cost of a write. */
const MARIADB_TEXT_INDEX = `CREATE TABLE IF NOT EXISTS client_trigrams (
  trigram VARBINARY(12) NOT NULL,
  id INT NOT NULL,
  PRIMARY KEY (trigram, id)
) ENGINE=InnoDB`;

/** Collations without trailing-space padding, which makes `a` and `a ` one key. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

type TableOptions = NonNullable<ConstructorParameters<typeof Table>[0]>;

function tables(sqlite: boolean): TableOptions[] {
  const longText = (name: string): TableColumnOptions => ({ name, type: sqlite ? 'text' : 'longtext' });
  return [
    ...clientTables(longText, sqlite),
    ...referenceTables(longText),
    {
      name: 'audit_records',
      columns: [
        counter(sqlite),
        time('at'),
        text('caller', 512),
        text('operation', 128),
        text('inum', 128),
        longText('changed'),
        text('request_id', 128),
      ],
      indices: [index('ix_audit_records_at', 'at'), index('ix_audit_records_inum', 'inum')],
    },
    {
      name: 'signing_keys',
      columns: [
        text('kid', 64, key),
        longText('public_jwk'),
        longText('private_jwk'),
        time('active_from'),
        time('created_at'),
      ],
    },
    {
      name: 'used_assertions',
      columns: [text('digest', 64, key), time('expires_at')],
      indices: [index('ix_used_assertions_expires_at', 'expires_at')],
    },
    {
      name: 'revoked_tokens',
      columns: [text('jti', 128, key), time('expires_at')],
      indices: [index('ix_revoked_tokens_expires_at', 'expires_at')],
    },
    { name: 'settings', columns: [text('name', 64, key), text('value', 512)] },
  ];
}

function clientTables(longText: (name: string) => TableColumnOptions, sqlite: boolean): TableOptions[] {
  return [
    {
      name: 'clients',
      columns: [
        text('inum', 128, key),
        text('display_name_folded', 512),
        { name: 'disabled', type: 'boolean' },
        text('application_type', 16),
        text('software_id', 255, { isNullable: true }),
        time('expiration_date', { isNullable: true }),
        time('client_id_issued_at', { isNullable: true }),
        time('client_secret_expires_at', { isNullable: true }),
        time('created_at'),
        time('updated_at'),
        int('version'),
        text('source', 16),
        longText('document'),
      ],
      indices: [
        index('ix_clients_display_name', 'display_name_folded', 'inum'),
        index('ix_clients_disabled', 'disabled', 'inum'),
        index('ix_clients_application_type', 'application_type', 'inum'),
        index('ix_clients_software_id', 'software_id', 'inum'),
        index('ix_clients_expiration_date', 'expiration_date', 'inum'),
        index('ix_clients_client_id_issued_at', 'client_id_issued_at', 'inum'),
        index('ix_clients_client_secret_expires_at', 'client_secret_expires_at', 'inum'),
      ],
    },
    {
      name: 'client_secrets',
      columns: [
        text('id', 36, key),
        text('inum', 128),
        int('sequence'),
        text('kind', 16),
        longText('value'),
        time('created_at'),
        time('expires_at', { isNullable: true }),
        time('last_used_at', { isNullable: true }),
      ],
      indices: [index('ix_client_secrets_inum', 'inum')],
      foreignKeys: [ofClient('fk_client_secrets_client')],
    },
    { name: 'client_counts', columns: [{ ...int('shard'), ...key }, int('clients')] },
    {
      name: 'client_search',
      columns: [counter(sqlite), text('inum', 128), longText('text')],
      indices: [{ ...index('uq_client_search_inum', 'inum'), isUnique: true }],
      foreignKeys: [ofClient('fk_client_search_client')],
    },
    {
      name: 'client_activity',
      columns: [text('inum', 128, key), int('sequence'), time('last_access_time')],
      indices: [index('ix_client_activity_last_access_time', 'last_access_time')],
      foreignKeys: [ofClient('fk_client_activity_client')],
    },
  ];
}

function referenceTables(longText: (name: string) => TableColumnOptions): TableOptions[] {
  const document = [time('created_at'), int('version'), longText('document')];
  return [
    {
      name: 'scopes',
      columns: [text('inum', 128, key), text('scope_id', 512), ...document],
      indices: [{ ...index('uq_scopes_scope_id', 'scope_id'), isUnique: true }],
    },
    {
      name: 'claims',
      columns: [text('inum', 128, key), text('name', 256), ...document],
      indices: [{ ...index('uq_claims_name', 'name'), isUnique: true }],
    },
    {
      name: 'client_scopes',
      columns: [text('inum', 128, key), text('scope_inum', 128, key)],
      indices: [index('ix_client_scopes_scope_inum', 'scope_inum')],
      foreignKeys: [
        ofClient('fk_client_scopes_client'),
        {
          name: 'fk_client_scopes_scope',
          columnNames: ['scope_inum'],
          referencedTableName: 'scopes',
          referencedColumnNames: ['inum'],
        },
      ],
    },
  ];
}

const index = (name: string, ...columnNames: string[]): { name: string; columnNames: string[] } => ({
  name,
  columnNames,
});

const ofClient = (name: string): NonNullable<TableOptions['foreignKeys']>[number] => ({
  name,
  columnNames: ['inum'],
  referencedTableName: 'clients',
  referencedColumnNames: ['inum'],
  onDelete: 'CASCADE',
});
