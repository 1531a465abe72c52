import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithNpm } from './end-with-npm.mjs';
import { jestArguments } from './jest-arguments.mjs';
import { SERVER_PROGRAMS, startServer } from './machine/mariadb.mjs';
import { findProgram, isOptional, packagesOf, requirePrograms } from './machine/programs.mjs';
import { makeScratch } from './machine/scratch.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inCI = process.env.CI === 'true';
const databaseFolders = ['test/http/', 'test/process/'];
const oneDatabase = JSON.parse(readFileSync(join(root, '.ci', 'jest', 'one-database.json'), 'utf8'));
/** What tests call, by their folders; those that miss it skip themselves, except with CI=true. */
const PROGRAMS = {
  docs: ['curl', 'jq', 'python3', 'openssl', 'nginx'],
  cli: ['groff', 'zsh', 'fish', 'script'],
  process: process.platform === 'linux' ? ['ip'] : [],
};
const noResults = { testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };

// jest's --selectProjects takes every word that follows, also the path of a test file.
function parse(words) {
  const known = [
    'unit',
    'sqlite',
    'mariadb',
    'browser',
    ...(process.env.KEYCLOAK_URL ? ['keycloak'] : []),
    ...(process.env.GALERA_PROVIDER ? ['galera'] : []),
  ];
  const projects = [];
  const rest = [];
  let selecting = false;
  for (const word of words) {
    const [option, value] = word.split('=');
    if (option === '--selectProjects') {
      selecting = true;
      if (value) projects.push(...value.split(','));
    } else if (selecting && known.includes(word)) {
      projects.push(word);
    } else {
      selecting = false;
      rest.push(word);
    }
  }
  return { projects: projects.length > 0 ? projects : known, rest };
}

/** Whether a project runs, with the files that it is asked for: those in `folders`, when any are named. */
function wants({ projects, rest }, project, folders) {
  if (!projects.includes(project)) return false;
  const paths = rest.filter((word) => word.startsWith('test/'));
  const all = ['unit', 'contract', 'http', 'process', 'cli', 'docs', 'browser'].filter(
    (folder) => !folders.includes(folder),
  );
  return paths.length === 0 || paths.some((path) => !all.some((folder) => `${path}/`.startsWith(`test/${folder}/`)));
}

async function openMariadb() {
  const binary = findProgram('mariadbd');
  if (binary !== undefined) {
    const { url, pid, socket, stop } = await startServer(binary);
    const dump = findProgram('mariadb-dump');
    return {
      env: {
        TEST_MARIADB_BINARY: binary,
        TEST_MARIADB_URL: url,
        TEST_MARIADB_PID: String(pid),
        TEST_MARIADB_SOCKET: socket,
        ...(dump !== undefined && { TEST_MARIADB_DUMP: dump }),
      },
      stop,
    };
  }
  if (process.env.TEST_DATABASE_URL) {
    if (!URL.canParse(process.env.TEST_DATABASE_URL)) throw new Error('TEST_DATABASE_URL is not a URL.');
    const url = new URL(process.env.TEST_DATABASE_URL);
    url.pathname = '/';
    const prefix = `t_${randomBytes(4).toString('hex')}_`;
    const env = { TEST_MARIADB_URL: url.href, TEST_MARIADB_PREFIX: prefix };
    return { env, stop: () => dropSchemas(url.href, prefix) };
  }
  throw new Error(
    'no mariadbd or mysqld was found. Install a MariaDB server (Debian: mariadb-server-core and mariadb-client-core, macOS: brew install mariadb), ' +
      'or set TEST_DATABASE_URL=mysql://user:password@host:3306/ to one whose user may create databases.',
  );
}

/** Takes away what tests keep for the next ones. */
async function dropSchemas(url, prefix) {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection(url);
  const [rows] = await connection.query('SHOW DATABASES LIKE ?', [`${prefix.replaceAll('_', String.raw`\_`)}%`]);
  for (const name of rows.flatMap(Object.values)) await connection.query(`DROP DATABASE ${name}`);
  await connection.end();
}

// In a process group of its own, so that an interrupt also ends the servers that the tests have started.
function startJest({ projects, rest }, outputFile, env) {
  const args = jestArguments(root, { projects, rest, outputFile });
  return spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
}

function readResults(outputFile) {
  try {
    return JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch {
    return undefined;
  }
}

function isDatabaseSuite(suite) {
  const path = relative(root, suite.name).split(sep).join('/');
  const [, name] = /^test\/(.*)\.test\.ts$/.exec(path) ?? [];
  return databaseFolders.some((folder) => path.startsWith(folder)) && !(name in oneDatabase);
}

function count(results, skippedForMariadb) {
  // A suite that could not run, or whose clean-up failed, has no failed test to show for it.
  const brokenSuites = results.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + brokenSuites.length,
    skipped: results.numPendingTests + results.numTodoTests + skippedForMariadb,
  };
}

// With a single test file jest waits for what the test has left open, for ever if need be.
async function ended(jest, outputFile) {
  const grace = 5_000;
  let hanging = false;
  let reportedAt;
  const watch = setInterval(() => {
    if (!existsSync(outputFile)) return;
    reportedAt ??= Date.now();
    hanging ||= Date.now() - reportedAt > grace;
    if (hanging) endGroup(jest);
  }, 500);
  const [status] = await once(jest, 'exit');
  clearInterval(watch);
  if (!hanging) return status;
  console.log('jest was ended: a test leaves a timer, a connection or a process behind (see --detectOpenHandles).');
  return readResults(outputFile)?.success === true ? 0 : 1;
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Everything in it has ended already.
  }
}

/** The programs that the tests of a request call. */
function programsOf(request) {
  const folders = Object.keys(PROGRAMS).filter((folder) => wants(request, 'sqlite', [folder]));
  const mariadb = wants(request, 'mariadb', ['http', 'process']) ? SERVER_PROGRAMS : [];
  const tools = wants(request, 'mariadb', ['process']) ? ['mariadb', 'mariadb-dump', 'openssl'] : [];
  const chromium = wants(request, 'browser', ['browser']) && !process.env.TEST_CHROMIUM ? ['chromium'] : [];
  return [...mariadb, ...tools, ...chromium, ...folders.flatMap((folder) => PROGRAMS[folder])];
}

/** What the suites need beside Node. The tests of a part that is missing are taken out of the request, or skip themselves. */
async function findParts(request) {
  const missing = requirePrograms(programsOf(request)).filter((name) => !SERVER_PROGRAMS.includes(name));
  const chromium = process.env.TEST_CHROMIUM || findProgram('chromium');
  const parts = { missing, env: { ...(chromium && { TEST_CHROMIUM: chromium }) }, mariadb: undefined };
  if (missing.length > 0) {
    const packages = packagesOf(missing);
    const hint = packages.length > 0 ? ` (Debian: apt-get install ${packages.join(' ')})` : '';
    console.log(`Not here, so that the tests that call it are skipped: ${missing.join(', ')}${hint}.`);
  }
  if (wants(request, 'mariadb', ['http', 'process'])) {
    try {
      parts.mariadb = await openMariadb();
      Object.assign(parts.env, parts.mariadb.env);
    } catch (error) {
      parts.missing.push('MariaDB');
      console.log(`MariaDB tests cannot run: ${error.message}`);
      request.projects = request.projects.filter((name) => name !== 'mariadb');
    }
  }
  return parts;
}

async function main() {
  const request = parse(process.argv.slice(2));
  let mariadb;
  let jest;
  let interrupted;
  const scratch = makeScratch();
  process.env.TMPDIR = scratch;
  const cleanUp = async () => {
    if (jest) endGroup(jest);
    await mariadb?.stop();
    rmSync(scratch, { recursive: true, force: true });
  };
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.on(signal, () => {
      interrupted ??= cleanUp().finally(() => process.exit(code));
    });
  }

  const parts = await findParts(request);
  mariadb = parts.mariadb;
  const outcome = { missing: parts.missing, status: 0, results: noResults };
  try {
    if (request.projects.length > 0) {
      const outputFile = join(scratch, 'results.json');
      jest = startJest(request, outputFile, parts.env);
      outcome.status = await ended(jest, outputFile);
      outcome.results = readResults(outputFile);
    }
  } finally {
    await (interrupted ?? cleanUp());
  }
  report(outcome);
}

function report({ results, status, missing }) {
  const twins = (results?.testResults ?? []).filter(isDatabaseSuite).flatMap((suite) => suite.assertionResults).length;
  const skippedForMariadb = missing.includes('MariaDB') && !inCI ? twins : 0;
  if (skippedForMariadb > 0) console.log(`Skipped for want of MariaDB: ${twins} (the tests that ran on SQLite alone).`);
  const total = results === undefined ? { passed: 0, failed: 1, skipped: 0 } : count(results, skippedForMariadb);
  if (inCI) {
    for (const part of missing.filter((name) => !isOptional(name))) {
      console.log(`With CI=true every suite has to run: the missing ${part} counts as a failure.`);
      total.failed += 1;
    }
  }
  if (total.passed + total.failed === 0) console.log('No test ran.');
  process.exitCode = total.failed > 0 || total.passed === 0 || status !== 0 ? 1 : 0;
  console.log(`tests: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}

endWithNpm();
await main();
