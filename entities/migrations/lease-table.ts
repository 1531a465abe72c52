import type { DataSource } from 'typeorm';

const COLLATION: Readonly<Record<string, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

/**
 * Creates the table of leases where it is not there. That needs no lock, and several processes may do it at once; where
 * the table is there, a user of the database who may create none is not asked to.
 */
export async function createLeases(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    if (await runner.hasTable('leases')) return;
    const collation = COLLATION[source.options.type];
    const engine = collation === undefined ? '' : ` ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}`;
    await runner.query(`CREATE TABLE IF NOT EXISTS leases (
      name VARCHAR(64) NOT NULL PRIMARY KEY,
      holder VARCHAR(320) NOT NULL,
      epoch INT NOT NULL,
      since VARCHAR(24) NOT NULL,
      expires_at VARCHAR(24) NOT NULL
    )${engine}`);
  } finally {
    await runner.release();
  }
}
