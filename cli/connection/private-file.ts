import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, Failure, reasonOf, usageFailure } from '../failure.ts';

/**
 * Reads a file that holds secrets. Refuses one that others can read or that belongs to somebody else, since what it
 * says would be somebody else's word. Undefined when there is none.
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  try {
    const { mode, uid } = await stat(path);
    const mine = process.getuid?.();
    if (mine !== undefined && uid !== mine) throw usageFailure(`${path} belongs to another user, and is not read`);
    if (mine !== undefined && (mode & 0o077) !== 0) {
      throw usageFailure(`${path} can be read by other users, and is not used`, [`Run: chmod 600 ${path}`]);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof Failure) throw error;
    throw usageFailure(`${path} cannot be read: ${reasonOf(error)}`);
  }
}

/** Writes a file that only its owner can read, as a whole or not at all. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const staged = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(staged, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw new Failure(EXIT.refused, `${path} cannot be written: ${reasonOf(error)}`);
  }
}
