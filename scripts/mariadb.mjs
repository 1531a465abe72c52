import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findProgram } from './find-program.mjs';

const guard = fileURLToPath(new URL('./mariadb-guard.mjs', import.meta.url));

/** The path of a MariaDB or MySQL server program, installed first where that is possible; or undefined. */
export const findServer = () =>
  findProgram({
    what: 'MariaDB server',
    names: ['mariadbd', 'mysqld'],
    // Where Debian puts it; often on the PATH of root only.
    folders: ['/usr/sbin', '/usr/local/sbin'],
    debianPackage: 'mariadb-server-core',
  });

/** The path of the program that dumps a database, installed first where that is possible; or undefined. */
export const findDump = () =>
  findProgram({ what: 'mariadb-dump', names: ['mariadb-dump', 'mysqldump'], debianPackage: 'mariadb-client' });

/**
 * Starts a server with a temporary folder on a free port of the loopback interface.
 * @returns {Promise<{ url: string, pid: number, socket: string, stop: () => Promise<void> }>}
 */
export async function startServer(binary) {
  // Detached: an interrupt from the terminal reaches the tests, which then close the pipe.
  const child = spawn(process.execPath, [guard, binary], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
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
