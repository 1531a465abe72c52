import { foundations, type Ground } from '../../api/compose.ts';
import { beginRebuild } from '../../api/clients/values/values-rebuild.ts';
import { prepare } from '../../api/setup/prepare.ts';
import { NO_METERS } from '../../api/shared/meters.ts';
import { tasksOf } from '../../api/tasks/tasks.ts';
import { fill } from '../seed/fill.ts';
import { withGround } from '../ground.ts';

const WIDTH = 40;

/**
 * Lets SQLite keep the pages that a batch changes, which lie all over the indexes, and write them to their places some
 * hundred megabytes at a time: with what it has by itself each of half a million clients costs it 150 kB of writing.
 */
async function roomFor(writer: Ground['database']['writer']): Promise<void> {
  await writer.query('PRAGMA cache_size = -500000');
  await writer.query('PRAGMA wal_autocheckpoint = 50000');
}

const CALL = 'npm run seed -- <number of clients> [seed] [number of the first]';

/** Fills the database of the service with realistic clients: `npm run seed -- 100000`. */
const count = Number(process.argv[2]);
if (!Number.isInteger(count) || count < 1) {
  process.stderr.write(`usage: ${CALL}\n`);
  process.exitCode = 2;
} else {
  await withGround({ usage: CALL, most: 3 }, async (ground) => {
    await prepare(ground);
    if (ground.config.databaseUrl.startsWith('sqlite:')) await roomFor(ground.database.writer);
    const start = ground.clock.now();
    const onProgress = (done: number): void => {
      const bar = '#'.repeat(Math.round((done / count) * WIDTH)).padEnd(WIDTH);
      const seconds = Math.round((ground.clock.now() - start) / 1_000);
      process.stderr.write(`\r[${bar}] ${done} of ${count}, ${seconds} s`);
    };
    const options = { count, seed: Number(process.argv[3] ?? 1), from: Number(process.argv[4] ?? 1), onProgress };
    const { work } = foundations(ground);
    // Of few clients the values are gathered here, so that those which follow need no task that looks at all of them.
    const tasks = tasksOf({ ...ground, work, meters: NO_METERS, kinds: [] }).service;
    await beginRebuild({ work, tasks, log: ground.log });
    await fill(work, options);
    process.stderr.write('\n');
  });
}
