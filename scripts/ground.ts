import type { Ground } from '../api/compose.ts';
import { preflight } from '../api/preflight.ts';
import { ringOf } from '../api/setup/prepare.ts';
import { systemClock } from '../api/shared/clock.ts';
import { MissingKeyError } from '../api/shared/key-ring.ts';
import { createLog } from '../api/shared/log.ts';

/** Runs a command on the settings and the database of the service; exits with 1 when they are not in order. */
export async function withGround(command: (ground: Ground) => Promise<void>): Promise<void> {
  const checked = await preflight(process.env, 'not needed');
  if ('faults' in checked) {
    for (const line of checked.faults) process.stderr.write(`clientele: ${line}\n`);
    process.exitCode = 1;
    return;
  }
  const { config, database } = checked;
  try {
    const ring = await ringOf(checked);
    await command({ config, database, ring, clock: systemClock, log: createLog(config.logLevel) });
  } catch (error) {
    if (!(error instanceof MissingKeyError)) throw error;
    process.stderr.write(`clientele: ENCRYPTION_KEY does not fit the database: ${error.message}\n`);
    process.exitCode = 1;
  } finally {
    await database.close();
  }
}
