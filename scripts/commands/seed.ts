import { foundations } from '../../api/compose.ts';
import { prepare } from '../../api/setup/prepare.ts';
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
    await fill(foundations(ground).work, options);
    process.stderr.write('\n');
  });
}
