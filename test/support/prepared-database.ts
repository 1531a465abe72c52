import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { openDatabase } from '../../entities/data-source.ts';
import { loadConfig } from '../../api/config.ts';
import { credentialsPath } from '../../api/setup/credentials-file.ts';
import { prepareDataFolder } from '../../api/setup/data-folder.ts';
import { prepare } from '../../api/setup/prepare.ts';
import { systemClock } from '../../api/shared/clock.ts';
import { keyRing, newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { createDatabase, databaseKind, sqliteUrl, type TestDatabase } from './database.ts';
import { schemaCopies } from './schema-copies.ts';

type Copies = (folder: string) => Promise<TestDatabase>;

const templates = new Map<string, Promise<Copies>>();

/**
 * A database as the first start leaves it: with its tables, what every installation has, and an administrator. To make one
 * takes longer than most tests, so that this process makes one of each kind, and copies it.
 */
export async function preparedDatabase(folder: string): Promise<TestDatabase> {
  const kind = databaseKind();
  const copies = templates.get(kind) ?? makeTemplate();
  templates.set(kind, copies);
  return (await copies)(folder);
}

async function makeTemplate(): Promise<Copies> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-template-'));
  try {
    const made = await createDatabase(folder);
    const dataDir = join(folder, 'data');
    const ringSpec = newKeyRingSpec();
    const { config } = loadConfig({ DATA_DIR: dataDir, DATABASE_URL: made.url, ENCRYPTION_KEY: ringSpec });
    prepareDataFolder(dataDir);
    const database = await openDatabase(made.url);
    const nothing = (): void => undefined;
    const log = { error: nothing, warn: nothing, info: nothing, debug: nothing };
    await prepare({ config, database, ring: keyRing(ringSpec), clock: systemClock, log });
    await database.close();
    const credentials = readFileSync(credentialsPath(dataDir), 'utf8');
    const copies = databaseKind() === 'sqlite' ? fileCopies(folder) : await schemaCopies(made.url);
    return async (place) => ({ ...(await copies(place)), credentials });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fileCopies(template: string): Copies {
  const fileOf = (folder: string): string => sqliteUrl(folder).slice('sqlite:'.length);
  const [opened, whole] = [new Database(fileOf(template)), join(template, 'whole.sqlite')];
  // The file itself is nearly empty: what was written last is in another one beside it.
  opened.prepare('VACUUM INTO ?').run(whole);
  opened.close();
  const content = readFileSync(whole);
  return (folder) => {
    writeFileSync(fileOf(folder), content, { mode: 0o600 });
    return Promise.resolve({ url: sqliteUrl(folder), drop: () => Promise.resolve() });
  };
}
