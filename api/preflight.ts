import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { kindOf, openDatabase, type Database } from '../entities/data-source.ts';
import { loadConfig, type Config } from './config.ts';
import { AddressError, probe, type Address } from './http/listen.ts';
import { databaseStartFault } from './setup/database-start-fault.ts';
import { prepareDataFolder } from './setup/data-folder.ts';
import { replicaStartFault } from './setup/replica-start-fault.ts';

/** What a start needs and has, or the lines that say why it cannot be. */
export type Preflight =
  { readonly config: Config; readonly database: Database } | { readonly faults: readonly string[] };

/** Who starts: a worker has the address from who started it. */
export type Starter = 'service' | 'worker' | 'command';

/**
 * Checks settings, data folder, the ports of a service, and database, and reports everything that is wrong with them
 * together.
 */
export async function preflight(
  env: Readonly<Record<string, string | undefined>>,
  starter: Starter,
): Promise<Preflight> {
  const { config, mistakes } = loadConfig(env);
  const faults = [...mistakes];
  const isFine = (...names: string[]): boolean => !mistakes.some((line) => names.some((name) => line.startsWith(name)));
  if (isFine('DATA_DIR')) faults.push(...dataFolderFaults(config));
  if (starter === 'service' && isFine('PORT', 'HOST'))
    faults.push(...(await portFaults({ ...config, setting: 'PORT' })));
  if (starter === 'service' && config.metrics !== undefined && isFine('METRICS'))
    faults.push(...(await portFaults({ ...config.metrics, setting: 'METRICS' })));
  const folderFine = faults.length === mistakes.length;
  const database = isFine('DATABASE_URL') && folderFine ? await tryDatabase(config, starter, faults) : undefined;
  // Commands read and write the database itself.
  if (database !== undefined && starter !== 'command' && isFine('DATABASE_READER_URL'))
    faults.push(...[await replicaStartFault(config, database)].filter((fault) => fault !== undefined));
  if (faults.length === 0 && database !== undefined) return { config, database };
  await database?.close();
  return { faults };
}

function dataFolderFaults(config: Config): string[] {
  try {
    prepareDataFolder(config.dataDir);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : 'DATA_DIR cannot be written'];
  }
}

async function portFaults(address: Address): Promise<string[]> {
  try {
    await probe(address);
    return [];
  } catch (error) {
    if (error instanceof AddressError) return [error.message];
    throw error;
  }
}

async function tryDatabase(config: Config, starter: Starter, faults: string[]): Promise<Database | undefined> {
  try {
    // TypeORM would make the folder, wherever a misspelt path leads.
    if (kindOf(config.databaseUrl) === 'sqlite')
      accessSync(dirname(config.databaseUrl.slice('sqlite:'.length)), constants.W_OK);
    return await openDatabase(config.databaseUrl, config.databaseCa, starter === 'command' ? 'command' : 'service');
  } catch (error) {
    faults.push(databaseStartFault(error, config.databaseUrl, config.databaseCa !== undefined));
    return undefined;
  }
}
