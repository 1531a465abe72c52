import { isNew, migrate } from '../../entities/migrate.ts';
import { foundations, type Ground } from '../compose.ts';
import { keyRing, type KeyRing } from '../shared/keys/key-ring.ts';
import { keyRingFile } from './data-folder.ts';
import { firstStart } from './first-start.ts';

/**
 * Brings the schema up to date and puts in what every installation has, while no other process does. Returns whether
 * this was the first start, which made an administrator.
 */
export async function prepare(ground: Ground): Promise<boolean> {
  const { work, secrets } = foundations(ground);
  const { config, clock, log, database } = ground;
  return migrate(database, {
    onProgress: ({ table, done, total }) => log.info('migrating', { table, done, total }),
    then: () => firstStart({ ...setupOptions(ground), work, secrets, clock, dataDir: config.dataDir }),
  });
}

/** The key ring of the settings, or the one in the data folder. Throws a MissingKeyError when there is none any more. */
export async function ringOf({ config, database }: Pick<Ground, 'config' | 'database'>): Promise<KeyRing> {
  return keyRing(config.encryptionKey ?? keyRingFile(config.dataDir, await isNew(database)));
}

/** What making an administrator needs of the settings. */
export function setupOptions({ config }: Ground): { tokenEndpoint: string; adminSecret?: string } {
  const tokenEndpoint = `${config.issuer}/jans-auth/restv1/token`;
  return { tokenEndpoint, ...(config.adminSecret !== undefined && { adminSecret: config.adminSecret }) };
}
