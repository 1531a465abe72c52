import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MissingKeyError, newKeyRingSpec } from '../shared/keys/key-ring.ts';

/** Makes the data folder, for its owner only. Throws an error with one clear line when it cannot be written. */
export function prepareDataFolder(dataDir: string): void {
  try {
    makeFolder(dataDir);
    chmodSync(dataDir, 0o700);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(`DATA_DIR cannot be written: ${dataDir} (${reason})`, { cause: error });
  }
}

/** Step by step: making folders at once never comes back where the file system takes none, as under /proc. */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Made meanwhile by another process that starts at the same time.
    if (!isFolder(path)) throw error;
  }
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/**
 * The key ring that is kept in the data folder, made where the database is new. Throws a MissingKeyError when it is
 * not there and the database is in use: what that holds was encrypted with another one.
 */
export function keyRingFile(dataDir: string, isNew: boolean): string {
  const path = join(dataDir, 'encryption.key');
  if (!existsSync(path) && !isNew) throw new MissingKeyError(`there is no ${path}, and the database is not new`);
  if (!existsSync(path)) makeKeyRing(path);
  return readFileSync(path, 'utf8').trim();
}

/** Of processes that start at the same moment one makes it, and nobody reads half of it. */
function makeKeyRing(path: string): void {
  const staged = `${path}.${randomUUID()}`;
  writeFileSync(staged, `${newKeyRingSpec()}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(staged, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(staged);
  }
}
