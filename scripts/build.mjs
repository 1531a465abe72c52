import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

// The contract is read as a file at run time, and tsc copies no JSON that nobody imports.
function copyContract() {
  const from = join(root, 'openapi');
  const to = join(dist, 'openapi');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => file.endsWith('.json'))) {
    const target = join(to, name);
    const same = existsSync(target) && readFileSync(target).equals(readFileSync(join(from, name)));
    if (!same) copyFileSync(join(from, name), target);
  }
}

/** Brings dist/ up to date. Exits the process with tsc's output when the sources do not compile. */
export function build() {
  if (!existsSync(join(root, 'api'))) {
    // The runtime image carries dist/ and no sources.
    if (existsSync(join(dist, 'api', 'main.js'))) return;
    console.error('Neither api/ nor dist/ is here: nothing to build and nothing to run.');
    process.exit(1);
  }
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) {
    console.error('TypeScript is not installed: run "npm start", "npm test" or "node scripts/install.mjs" first.');
    process.exit(1);
  }
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  copyContract();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
