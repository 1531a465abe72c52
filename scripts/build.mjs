import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const stamp = join(dist, '.inputs');

// This takes milliseconds to find that nothing has changed, and two starts at the same time do not write the same files.
function inputs() {
  const folders = ['api', 'cli', 'entities', 'openapi', 'scripts'].filter((name) => existsSync(join(root, name)));
  const sources = folders
    .flatMap((name) => readdirSync(join(root, name), { recursive: true }).map((file) => join(name, file)))
    .filter((file) => /\.(ts|tsx|json|html|css|js|mjs)$/.test(file));
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'tsconfig.json', ...sources.sort()]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function isCurrent(wanted) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

/** Brings dist/ up to date. Exits the process with what esbuild says when the sources do not compile. */
export function build() {
  if (!existsSync(join(root, 'api'))) {
    // The runtime image carries dist/ and no sources.
    if (existsSync(join(dist, 'api', 'main.js'))) return;
    console.error('Neither api/ nor dist/ is here: nothing to build and nothing to run.');
    process.exit(1);
  }
  const wanted = inputs();
  if (isCurrent(wanted)) return linkProgram();
  // The old stamp would vouch for what is half made once a change is taken back.
  rmSync(stamp, { force: true });
  const began = performance.now();
  // On standard error: what a command prints may be on its way to another one.
  process.stderr.write('Building from the sources, which takes some seconds and is done once ... ');
  bundle();
  writeFileSync(stamp, wanted);
  process.stderr.write(`done in ${Math.round((performance.now() - began) / 1_000)} s\n`);
  linkProgram();
}

// npm links the programs of dependencies only. With this link `npx --no-install clientele` finds ours, and asks nobody.
function linkProgram() {
  const link = join(root, 'node_modules', '.bin', 'clientele');
  const program = join(dist, 'cli', 'main.js');
  try {
    chmodSync(program, 0o755);
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), program), link);
  } catch (error) {
    // Where links are not to be had, npx runs the program by package.json; a service does not depend on it.
    if (!['EPERM', 'EACCES', 'EROFS', 'ENOENT', 'EEXIST'].includes(error.code)) throw error;
  }
}

function bundle() {
  if (!existsSync(join(root, 'node_modules', 'esbuild'))) {
    console.error('esbuild is not installed: run "npm start", "npm test" or "node scripts/install.mjs" first.');
    process.exit(1);
  }
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'bundle.mjs'), dist], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) build();
