import { existsSync } from 'node:fs';
import type { Ground } from '../api/compose.ts';
import { loadConfig } from '../api/config.ts';
import { preflight } from '../api/preflight.ts';
import { ringOf } from '../api/setup/prepare.ts';
import { startFault } from '../api/setup/start-fault.ts';
import { systemClock } from '../api/shared/clock.ts';
import { createLog } from '../api/shared/log/log.ts';

export interface GroundOptions {
  /** How the command is called, for those who call it otherwise. */
  readonly usage: string;
  /** How many arguments it takes at most; none when it is left out. */
  readonly most?: number;
  /** Whether it can be called so; without it, it takes no options. */
  readonly accepts?: () => boolean;
  /** Whether it is for an installation that is there; in a wrong folder it must not make another one. */
  readonly existing?: boolean;
}

/**
 * Runs a command on the settings and the database of the service. Exits with 2 when it is called with other arguments,
 * with 1 when the settings are not in order.
 */
export async function withGround(options: GroundOptions, command: (ground: Ground) => Promise<void>): Promise<void> {
  const fault = callFault(options);
  if (fault !== undefined) {
    process.stderr.write(`clientele: ${fault}\n`);
    process.exitCode = 2;
    return;
  }
  const checked = await preflight(process.env, 'command');
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
    const fault = startFault(error);
    if (fault === undefined) throw error;
    process.stderr.write(`clientele: ${fault}\n`);
    process.exitCode = 1;
  } finally {
    await database.close();
  }
}

function callFault({ usage, most = 0, accepts, existing = false }: GroundOptions): string | undefined {
  const given = process.argv.slice(2);
  const isPlain = (): boolean => given.length <= most && !given.some((argument) => argument.startsWith('-'));
  if (!(accepts ?? isPlain)()) return `usage: ${usage}`;
  const { databaseUrl } = loadConfig(process.env).config;
  const file = databaseUrl.startsWith('sqlite:') ? databaseUrl.slice('sqlite:'.length) : undefined;
  if (!existing || file === undefined || existsSync(file)) return undefined;
  return `there is no database ${file}; DATA_DIR and DATABASE_URL must be those of the service`;
}
