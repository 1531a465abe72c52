import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXIT, Failure, reasonOf } from '../../failure.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Call } from '../state/call.ts';

/** Makes an empty file for its owner only. One that is there already may hold secrets that are nowhere else, and is refused. */
export const reserved = (cwd: string, path: string): Promise<true> =>
  withFile(cwd, path, 'wx', () => Promise.resolve(true));

/** Writes what a run has made of each client to a file that was made for it: a line of JSON for each. Returns how many. */
export const resultsWritten = (
  cwd: string,
  { operation, run, path }: Extract<Call, { does: 'write-results' }>,
  calls: Calls,
): Promise<number> =>
  withFile(cwd, path, 'r+', async (file) => {
    await file.truncate();
    let count = 0;
    const named = [
      ['id', run],
      ['limit', '200'],
    ] as const;
    for await (const { entries } of calls.pagesOf(operation, named)) {
      await file.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      count += entries.length;
    }
    return count;
  });

async function withFile<T>(
  cwd: string,
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(resolve(cwd, path), flags, 0o600);
    return await use(file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new Failure(
      EXIT.refused,
      isThere ? `${path} is there already: say another file` : `${path} cannot be written: ${reasonOf(error)}`,
    );
  } finally {
    await file?.close();
  }
}
