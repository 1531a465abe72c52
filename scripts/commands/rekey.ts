import { foundations } from '../../api/compose.ts';
import { prepare } from '../../api/setup/prepare.ts';
import { rekey } from '../../api/setup/rekey.ts';
import { withGround } from '../ground.ts';

/** Encrypts what is under older keys of ENCRYPTION_KEY under its first key again. */
await withGround({ usage: 'npm run rekey', existing: true }, async (ground) => {
  await prepare(ground);
  const onProgress = (seen: number): void => void process.stderr.write(`\r${seen} secrets looked at`);
  const { work, codec } = foundations(ground);
  const changed = await rekey({ work, codec, ring: ground.ring, onProgress });
  process.stderr.write('\n');
  process.stdout.write(
    `${changed} values are now under the first key. The others can be taken off a day after every process\nhas the new ring: replies kept for idempotency keys are under them until then.\n`,
  );
});
