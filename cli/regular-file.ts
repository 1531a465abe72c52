import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { EXIT, Failure } from './failure.ts';

/** Several times what a service takes. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Reads a file that was found, not named: a pipe or a device in its place would be waited for, or be read, for ever.
 * Throws the error of the system, or a failure to be read after the name of the file.
 */
export async function readRegularFile(path: string): Promise<string> {
  // To open a pipe waits for whoever writes to it, unless one says otherwise.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile() && !found.isDirectory()) throw new Failure(EXIT.refused, 'is no ordinary file');
    if (found.size > MOST_BYTES) throw new Failure(EXIT.refused, `is longer than ${MOST_BYTES / 1024 / 1024} MiB`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
