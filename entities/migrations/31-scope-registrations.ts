import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, createIndex, dropColumn, dropIndex } from './repeatable.ts';

const BY_REGISTRATION = { name: 'ix_scopes_registration', columnNames: ['registration', 'scope_id'] };

/** Puts how clients that register themselves get a scope beside its document, so that a registration reads only those. */
export class ScopeRegistrations31 implements MigrationInterface {
  readonly name = 'ScopeRegistrations1790000000031';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'scopes', "registration varchar(16) NOT NULL DEFAULT 'never'");
    const registration =
      runner.dataSource.options.type === 'better-sqlite3'
        ? "json_extract(document, '$.registration')"
        : "JSON_UNQUOTE(JSON_EXTRACT(document, '$.registration'))";
    await runner.query(`UPDATE scopes SET registration = COALESCE(${registration}, 'never')`);
    await createIndex(runner, 'scopes', BY_REGISTRATION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'scopes', BY_REGISTRATION.name);
    await dropColumn(runner, 'scopes', 'registration');
  }
}
