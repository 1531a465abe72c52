import type { MigrationExecutor, MigrationInterface, QueryRunner } from 'typeorm';

/** A migration that can say beforehand that it cannot be made. */
export interface CheckedMigration extends MigrationInterface {
  /** Rejects, in words, when the data do not allow the migration. Changes nothing. */
  check(runner: QueryRunner): Promise<void>;
}

/** What is in the database does not allow a migration; the message says what it is, and what to do. Nothing was changed. */
export class MigrationRefusal extends Error {
  override readonly name = 'MigrationRefusal';
}

/** Throws a MigrationRefusal when one of the migrations that are to be run cannot be made. */
export async function checkPending(runner: QueryRunner, executor: MigrationExecutor): Promise<void> {
  for (const { instance } of await executor.getPendingMigrations()) {
    if (instance === undefined || !('check' in instance)) continue;
    await (instance as CheckedMigration).check(runner).catch((cause: unknown) => {
      throw new MigrationRefusal((cause as Error).message, { cause });
    });
  }
}
