// Runs before the dependencies exist: nothing but node: modules here.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Clientele needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// npm writes node_modules/.package-lock.json at the end of an installation, so an interrupted one has none. Its
// content is compared rather than its age: a checkout or a copied cache gives files any age.
function whyInstall() {
  const wanted = readLock('package-lock.json');
  if (wanted === undefined) return 'package-lock.json is missing or cannot be read';
  const installed = readLock('node_modules/.package-lock.json');
  if (installed === undefined) return 'dependencies are not installed';
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === '') continue;
    const found = installed.packages?.[path];
    // Optional packages are for other platforms as a rule.
    if (found === undefined && (entry.optional || entry.devOptional)) continue;
    if (found?.version !== entry.version || found.integrity !== entry.integrity) {
      return `${path} differs from package-lock.json`;
    }
  }
  return undefined;
}

function npmCi() {
  // The build needs the dev dependencies, also with NODE_ENV=production.
  const args = ['ci', '--include=dev', '--no-fund', '--no-audit'];
  const options = { cwd: root, stdio: 'inherit' };
  const npm = process.env.npm_execpath ?? '';
  // The npm that runs this script, under the Node that runs this script.
  if (/npm-cli\.[cm]?js$/.test(npm)) return spawnSync(process.execPath, [npm, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

refuseOldNode();
const reason = whyInstall();
if (reason !== undefined) {
  console.log(`Installing dependencies (npm ci), which takes about a minute: ${reason}.`);
  const { status, error } = npmCi();
  if (error) console.error(`npm could not be started: ${error.message}`);
  process.exitCode = status ?? 1;
}
