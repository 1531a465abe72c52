// A process of its own between the tests and the database server. Its stdin is a pipe that the tests hold open: when
// they end, however they end (also by SIGKILL), the pipe closes, and the server and its folder go.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

// Further arguments are for the server. With `--datadir`, a folder that is made where it is not there, the data stays.
const [, , binary, ...more] = process.argv;
const kept = more.find((argument) => argument.startsWith('--datadir='))?.slice('--datadir='.length);
// Debian keeps the server in sbin and its tools in bin, so the prefix is two folders up in either case.
const prefix = dirname(dirname(realpathSync(binary)));
const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

const folder = makeFolder();
const dataFolder = kept ?? join(folder, 'data');
const socket = join(folder, 'db.sock');
const logFile = join(folder, 'server.log');
const initFile = join(folder, 'init.sql');

// The content is thrown away: nothing needs to survive a power failure. "loose" leaves out what this server lacks.
const storage = [
  '--innodb-flush-log-at-trx-commit=0',
  '--loose-innodb-flush-method=nosync',
  '--loose-innodb-doublewrite=0',
  '--innodb-buffer-pool-size=64M',
  '--loose-innodb-log-file-size=32M',
];

// A server that starts takes temporary tables away, also those of another one that has the same folder for them.
const env = { ...process.env, TMPDIR: folder };

let server;
let preparing = Promise.resolve();
let ending = false;

function makeFolder() {
  const name = 'clientele-mariadb-';
  // The path of a Unix socket has room for about a hundred characters.
  const base = tmpdir().length > 60 ? '/tmp' : tmpdir();
  const made = mkdtempSync(join(base, name));
  chmodSync(made, 0o700);
  return made;
}

async function finish() {
  if (ending) return;
  ending = true;
  // Whatever still writes into the folder would keep it from being removed.
  await preparing.catch(() => {});
  if (server !== undefined && isRunning(server)) {
    const exited = once(server, 'exit');
    server.kill(kept === undefined ? 'SIGKILL' : 'SIGTERM');
    await exited;
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

function isRunning(child) {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function findTool(names) {
  const folders = [dirname(binary), join(prefix, 'bin'), join(prefix, 'scripts')];
  folders.push(...(process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== ''));
  return folders.flatMap((entry) => names.map((name) => join(entry, name))).find((path) => existsSync(path));
}

async function makeDataFolder() {
  if (existsSync(join(dataFolder, 'mysql'))) return undefined;
  const run = promisify(execFile);
  const { stdout: version } = await run(binary, ['--no-defaults', '--version']);
  const common = ['--no-defaults', ...asRoot, `--basedir=${prefix}`, `--datadir=${dataFolder}`];
  if (!/mariadb/i.test(version)) return run(binary, [...common, '--initialize-insecure'], { env });
  const installer = findTool(['mariadb-install-db', 'mysql_install_db']);
  if (installer === undefined) throw new Error(`no mariadb-install-db beside ${binary}`);
  return run(installer, [...common, '--skip-test-db', '--skip-name-resolve', ...storage], { env });
}

function writeInitFile(password) {
  const statements = ['127.0.0.1', 'localhost'].flatMap((host) => [
    `CREATE USER IF NOT EXISTS 'clientele'@'${host}';`,
    `ALTER USER 'clientele'@'${host}' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO 'clientele'@'${host}' WITH GRANT OPTION;`,
  ]);
  // A password is that of one server: another one that follows it has its own.
  const all = ['SET SESSION sql_log_bin = 0;', ...statements];
  writeFileSync(initFile, `${all.join('\n')}\n`, { mode: 0o600 });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function launch(port) {
  const log = openSync(logFile, 'a');
  const args = [
    '--no-defaults',
    ...asRoot,
    `--basedir=${prefix}`,
    `--datadir=${dataFolder}`,
    `--socket=${socket}`,
    `--pid-file=${join(folder, 'db.pid')}`,
    `--init-file=${initFile}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--loose-mysqlx=OFF',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--max-connections=500',
    '--loose-performance-schema=OFF',
    ...storage,
    ...more,
  ];
  server = spawn(binary, args, { env, stdio: ['ignore', log, log] });
  server.on('error', () => {});
  closeSync(log);
  return server;
}

// The server speaks first, and only once its init file has been read.
function greets() {
  return new Promise((resolve) => {
    const connection = connect(socket);
    const settle = (answer) => {
      connection.destroy();
      resolve(answer);
    };
    connection.once('data', () => settle(true));
    connection.once('error', () => settle(false));
    connection.once('close', () => resolve(false));
  });
}

async function waitUntilReady(running) {
  const deadline = Date.now() + 60_000;
  while (isRunning(running) && Date.now() < deadline) {
    if (await greets()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (isRunning(running)) running.kill('SIGKILL');
  return false;
}

async function serve() {
  const password = randomBytes(24).toString('base64url');
  preparing = makeDataFolder();
  await preparing;
  writeInitFile(password);
  // Between the choice of a free port and its use another process can take it.
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const port = await freePort();
    if (ending) return;
    const running = launch(port);
    if (await waitUntilReady(running)) {
      say({ url: `mysql://clientele:${password}@127.0.0.1:${port}/`, pid: running.pid, socket });
      return;
    }
  }
  throw new Error(readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n'));
}

process.stdin.on('end', finish).on('close', finish).on('error', finish).resume();
process.on('SIGTERM', finish);
process.on('SIGHUP', () => {});
process.on('SIGINT', () => {});
// The reader may have died first.
process.stdout.on('error', finish);

try {
  await serve();
} catch (error) {
  if (!ending) say({ error: [error.message, error.stdout, error.stderr].filter(Boolean).join('\n') });
}
