import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, dropColumn } from './repeatable.ts';

/** The tokens of a client can be ended, and its secrets have labels and makers. */
export class SecretsAndTokens16 implements MigrationInterface {
  readonly name = 'SecretsAndTokens1790000000016';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'clients', 'token_generation int NOT NULL DEFAULT 0');
    await addColumn(runner, 'client_secrets', 'label varchar(128) NULL');
    await addColumn(runner, 'client_secrets', 'created_by varchar(512) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumn(runner, 'client_secrets', 'created_by');
    await dropColumn(runner, 'client_secrets', 'label');
    await dropColumn(runner, 'clients', 'token_generation');
  }
}
