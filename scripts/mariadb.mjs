import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('./mariadb-guard.mjs', import.meta.url));

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function search(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  // Where Debian puts it; often on the PATH of root only.
  folders.push('/usr/sbin', '/usr/local/sbin');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(executable);
}

function installOnDebian(name) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) return;
  console.log(`Installing ${name} with apt-get.`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], options);
}

function find(names, debianPackage) {
  const found = search(names);
  if (found !== undefined) return found;
  installOnDebian(debianPackage);
  return search(names);
}

/** The path of a MariaDB or MySQL server program, installed first where that is possible; or undefined. */
export const findServer = () => find(['mariadbd', 'mysqld'], 'mariadb-server-core');

/** The path of the program that dumps a database, installed first where that is possible; or undefined. */
export const findDump = () => find(['mariadb-dump', 'mysqldump'], 'mariadb-client');

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
