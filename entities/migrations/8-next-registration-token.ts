import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, dropColumn } from './repeatable.ts';

/** The registration access token that replaces the present one when it is used. */
export class NextRegistrationToken8 implements MigrationInterface {
  readonly name = 'NextRegistrationToken1790000000008';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'client_registrations', 'next_digest varchar(64) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumn(runner, 'client_registrations', 'next_digest');
  }
}
