import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findProgram, requirePrograms } from './programs.mjs';

const guard = fileURLToPath(new URL('./mariadb-guard.mjs', import.meta.url));

/** The programs that a server of the tests takes. */
export const SERVER_PROGRAMS = ['mariadbd', 'my_print_defaults'];

/** The path of a MariaDB or MySQL server program, installed first where that is possible; or undefined. */
export function findServer() {
  requirePrograms(SERVER_PROGRAMS);
  return findProgram('mariadbd');
}

/**
 * Starts a server with a temporary folder on a free port of the loopback interface. `args` are for the server; data in a
 * `--datadir` stays.
 * @returns {Promise<{ url: string, pid: number, socket: string, stop: () => Promise<void> }>}
 */
export async function startServer(binary, args = []) {
  // Detached: an interrupt from the terminal reaches the tests, which then close the pipe.
  const child = spawn(process.execPath, [guard, binary, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), exited.then(() => ['{"error":"the guard process died"}'])]);
  const { error, url, pid, socket } = JSON.parse(line);
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  if (error !== undefined) {
    await stop();
    throw new Error(`${binary} did not start: ${error}`);
  }
  return { url, pid, socket, stop };
}
