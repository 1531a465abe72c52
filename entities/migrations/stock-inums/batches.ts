import type { QueryRunner } from 'typeorm';

export const BATCH = 500;

export const places = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

/** Runs `task` as a transaction. */
export async function inTransaction<T>(runner: QueryRunner, task: () => Promise<T>): Promise<T> {
  await runner.startTransaction();
  try {
    const result = await task();
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/** What a SELECT ends with whose rows are written in the same transaction. */
export const forUpdate = (runner: QueryRunner): string =>
  runner.dataSource.options.type === 'better-sqlite3' ? '' : ' FOR UPDATE';

interface Changed {
  readonly inum: string;
  readonly changed: readonly string[];
}

/** Notes what the migration changed, as every change is noted. */
export async function audit(runner: QueryRunner, records: readonly Changed[]): Promise<void> {
  if (records.length === 0) return;
  const at = new Date().toISOString();
  const rows = records.map(() => '(?, ?, ?, ?, ?, ?)').join(', ');
  await runner.query(
    `INSERT INTO audit_records (at, caller, operation, inum, changed, request_id) VALUES ${rows}`,
    records.flatMap(({ inum, changed }) => [at, 'migrate', 'move-stock-inums', inum, JSON.stringify(changed), '']),
  );
}
