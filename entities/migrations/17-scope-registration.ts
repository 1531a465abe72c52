import type { MigrationInterface, QueryRunner } from 'typeorm';

interface Row {
  readonly inum: string;
  readonly scope_id: string;
  readonly document: string;
}

type Members = Record<string, unknown>;

/** Scopes are tens or hundreds: so many at once are nothing. */
const BATCH = 200;

/**
 * Says for each scope how clients that register themselves get it: the default ones as before, `offline_access` when
 * they ask, and all else not at all. What is written already stays, so that it may run twice.
 */
export class ScopeRegistration17 implements MigrationInterface {
  readonly name = 'ScopeRegistration1790000000017';

  async up(runner: QueryRunner): Promise<void> {
    for (let last: string | undefined = ''; last !== undefined;) {
      const select = `SELECT inum, scope_id, document FROM scopes WHERE inum > ? ORDER BY inum LIMIT ${BATCH}`;
      const rows = (await runner.query(select, [last])) as Row[];
      for (const row of rows) await complete(runner, row);
      last = rows.at(-1)?.inum;
    }
  }

  /** The versions before can read these documents. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}

async function complete(runner: QueryRunner, { inum, scope_id: id, document }: Row): Promise<void> {
  const scope = JSON.parse(document) as Members;
  if (scope['registration'] !== undefined) return;
  const registration = scope['defaultScope'] === true ? 'default' : id === 'offline_access' ? 'on-request' : 'never';
  // After `defaultScope`, as in every scope that is written.
  const members = Object.entries(scope).flatMap(([name, value]) =>
    name === 'defaultScope'
      ? [[name, value] as const, ['registration', registration] as const]
      : [[name, value] as const],
  );
  await runner.query('UPDATE scopes SET version = version + 1, document = ? WHERE inum = ?', [
    JSON.stringify(Object.fromEntries(members)),
    inum,
  ]);
}
