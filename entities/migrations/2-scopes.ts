import { TableIndex, type Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, createIndex, createTable, dropIndex, insertOrLeave } from './repeatable.ts';

type TableOptions = NonNullable<ConstructorParameters<typeof Table>[0]>;

/** What scopes and claims are searched, sorted and joined by. */
export class Scopes2 implements MigrationInterface {
  readonly name = 'Scopes1760000000002';

  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    for (const [table, columns] of Object.entries(columnsFor(type === 'better-sqlite3'))) {
      for (const column of columns) await addColumn(runner, table, column);
    }
    await createIndex(runner, 'scopes', CREATOR_INDEX);
    // With the inum of the client, so that the clients of a scope are read in their order.
    await createIndex(runner, 'client_scopes', SCOPE_INDEX);
    await dropIndex(runner, 'client_scopes', 'ix_client_scopes_scope_inum');
    await createTable(runner, clientClaims(type));
    await fillScopes(runner);
    await fillClaims(runner);
    await fillClientClaims(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    await runner.dropTable('client_claims');
    await runner.createIndex(
      'client_scopes',
      new TableIndex({ name: 'ix_client_scopes_scope_inum', columnNames: ['scope_inum'] }),
    );
    for (const [table, index] of [
      ['client_scopes', SCOPE_INDEX.name],
      ['scopes', CREATOR_INDEX.name],
    ] as const) {
      await runner.query(`DROP INDEX ${index} ${onTable(type, table)}`);
    }
    for (const [table, columns] of Object.entries(columnsFor(type === 'better-sqlite3'))) {
      for (const column of columns) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column.split(' ', 1)[0]}`);
    }
  }
}

const CREATOR_INDEX = { name: 'ix_scopes_creator_id', columnNames: ['creator_id', 'inum'] };
const SCOPE_INDEX = { name: 'ix_client_scopes_scope', columnNames: ['scope_inum', 'inum'] };

const onTable = (type: string, table: string): string => (type === 'better-sqlite3' ? '' : `ON ${table}`);

function columnsFor(sqlite: boolean): Record<'scopes' | 'claims', string[]> {
  const searched = [
    "display_name_folded VARCHAR(512) NOT NULL DEFAULT ''",
    sqlite ? "search_text TEXT NOT NULL DEFAULT ''" : 'search_text LONGTEXT NOT NULL',
  ];
  return {
    scopes: [
      ...searched,
      "scope_type VARCHAR(16) NOT NULL DEFAULT 'oauth'",
      'expiration_date VARCHAR(24) NULL',
      'creator_id VARCHAR(512) NULL',
    ],
    claims: searched,
  };
}

/** Collations without trailing-space padding, as the tables have that this one refers to. */
const BINARY_COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

function clientClaims(type: string): TableOptions {
  const collation = Object.hasOwn(BINARY_COLLATION, type) ? BINARY_COLLATION[type] : undefined;
  const reference = (column: string, table: string, onDelete?: string) => ({
    name: `fk_client_claims_${table}`,
    columnNames: [column],
    referencedTableName: table,
    referencedColumnNames: ['inum'],
    ...(onDelete !== undefined && { onDelete }),
  });
  return {
    name: 'client_claims',
    columns: ['inum', 'claim_inum'].map((name) => ({ name, type: 'varchar', length: '128', isPrimary: true })),
    indices: [{ name: 'ix_client_claims_claim_inum', columnNames: ['claim_inum', 'inum'] }],
    foreignKeys: [reference('inum', 'clients', 'CASCADE'), reference('claim_inum', 'claims')],
    ...(collation !== undefined && { engine: `InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}` }),
  };
}

type Row = { readonly inum: string; readonly document: string };
interface Document {
  readonly id?: string;
  readonly name?: string;
  readonly claimName?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly scopeType?: string;
  readonly expirationDate?: string;
  readonly creatorId?: string;
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();
const foldedName = (name: string): string => Array.from(fold(name)).slice(0, 512).join('');
const searched = (values: readonly (string | undefined)[]): string =>
  values.map((value = '') => `${fold(value).replaceAll('\u0001', ' ')}\u0001\u0001`).join('');

async function fillScopes(runner: QueryRunner): Promise<void> {
  for (const { inum, document } of (await runner.query('SELECT inum, document FROM scopes')) as Row[]) {
    const scope = { deletable: false, ...(JSON.parse(document) as Document) };
    const {
      id = inum,
      displayName = id,
      description,
      scopeType = 'oauth',
      expirationDate = null,
      creatorId = null,
    } = scope;
    const text = searched([displayName, description, id, inum, scopeType]);
    await runner.query(
      `UPDATE scopes SET display_name_folded = ?, search_text = ?, scope_type = ?, expiration_date = ?,
        creator_id = ?, document = ? WHERE inum = ?`,
      [foldedName(displayName), text, scopeType, expirationDate, creatorId, JSON.stringify(scope), inum],
    );
  }
}

async function fillClaims(runner: QueryRunner): Promise<void> {
  for (const { inum, document } of (await runner.query('SELECT inum, document FROM claims')) as Row[]) {
    const claim = { dataType: 'string', ...(JSON.parse(document) as Document) };
    const { name = inum, displayName = name, description, claimName } = claim;
    const text = searched([displayName, description, name, inum, claimName]);
    await runner.query('UPDATE claims SET display_name_folded = ?, search_text = ?, document = ? WHERE inum = ?', [
      foldedName(displayName),
      text,
      JSON.stringify(claim),
      inum,
    ]);
  }
}

const BATCH = 1_000;

async function fillClientClaims(runner: QueryRunner): Promise<void> {
  const insert = `${insertOrLeave(runner)} client_claims (inum, claim_inum) VALUES (?, ?)`;
  const known = new Set(((await runner.query('SELECT inum FROM claims')) as Row[]).map(({ inum }) => inum));
  for (let last = ''; ;) {
    const rows = (await runner.query(
      `SELECT inum, document FROM clients WHERE inum > ? AND document LIKE '%"claims":["%' ORDER BY inum LIMIT ${BATCH}`,
      [last],
    )) as Row[];
    const pairs = rows.flatMap(({ inum, document }) => {
      const { claims = [] } = JSON.parse(document) as { claims?: string[] };
      const inums = claims.flatMap((dn) => /^inum=([^,]+),/.exec(dn)?.[1] ?? []);
      return [...new Set(inums)].filter((claim) => known.has(claim)).map((claim) => [inum, claim]);
    });
    for (const pair of pairs) await runner.query(insert, pair);
    const end = rows.at(-1)?.inum;
    if (end === undefined || rows.length < BATCH) return;
    last = end;
  }
}
