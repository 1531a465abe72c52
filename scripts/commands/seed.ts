import { foundations } from '../../api/compose.ts';
import { beginRebuild } from '../../api/clients/values/values-rebuild.ts';
import { prepare } from '../../api/setup/prepare.ts';
import { NO_METERS } from '../../api/shared/meters.ts';
import { tasksOf } from '../../api/tasks/tasks.ts';
import { fill } from '../seed/fill.ts';
import { withGround } from '../ground.ts';

const WIDTH = 40;

const CALL = 'npm run seed -- <number of clients> [seed] [number of the first]';

/** Fills the database of the service with realistic clients: `npm run seed -- 100000`. */
const count = Number(process.argv[2]);
if (!Number.isInteger(count) || count < 1) {
  process.stderr.write(`usage: ${CALL}\n`);
  process.exitCode = 2;
} else {
  await withGround({ usage: CALL, most: 3 }, async (ground) => {
    await prepare(ground);
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
