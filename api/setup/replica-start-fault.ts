import { openReplica, type Database } from '../../entities/data-source.ts';
import type { Session } from '../../entities/mariadb-pools.ts';
import { isNew } from '../../entities/migrate.ts';
import { schemaOf } from '../../entities/schema-version.ts';
import type { Config } from '../config.ts';
import { databaseFault } from '../shared/database/database-fault.ts';
import { follows, requireFit, UnfitReplica } from '../shared/database/replica-fitness.store.ts';
import { databaseStartFault } from './database-start-fault.ts';

const SETTING = 'DATABASE_READER_URL';

/**
 * Why the replica of the settings cannot be one of the database, in words that name the setting; undefined when it can, and
 * also when it is away or behind, since the service does without it then.
 */
export async function replicaStartFault(config: Config, database: Database): Promise<string | undefined> {
  const { databaseReaderUrl: url, databaseCa: ca, databaseReaderLag: lag } = config;
  if (url === undefined) return undefined;
  try {
    const replica = await openReplica(url, ca, (session) => requireFollowing(database, session, lag));
    await replica.query('SELECT 1').finally(() => replica.destroy());
    return undefined;
  } catch (error) {
    if (error instanceof UnfitReplica) return `${SETTING}: ${error.message}`;
    const kind = databaseFault(error)?.kind;
    return kind === 'away' || kind === 'crowded'
      ? undefined
      : databaseStartFault(error, url, ca !== undefined, SETTING);
  }
}

async function requireFollowing(database: Database, replica: Session, lag: number): Promise<void> {
  const primary = database.reader;
  // What is to be compared is made by the first start, or by a migration.
  if ((await isNew(database)) || (await schemaOf(primary)) === undefined) return requireFit(primary, replica);
  await follows(primary, replica, lag);
}
