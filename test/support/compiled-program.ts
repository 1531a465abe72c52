import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['api', 'cli', 'entities', 'openapi', 'scripts'];
/** Sources, and what is read as a file or run as it is. */
const PARTS = /\.ts$|\.mjs$|docs-page|catalog\/scripts|openid-client\.json$/;

/**
 * A program of ours made from its sources as the build makes it, such as `cli/main` or `scripts/commands/backup`; all are
 * made once for each state of the sources. The tests start them some hundred times, and a loader that compiles at every
 * start takes longer than the program itself.
 */
export const compiledProgram = (name: string): string => join((compiled ??= compiledFolder()), `${name}.js`);

let compiled: string | undefined;

function compiledFolder(): string {
  const files = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .filter((file) => PARTS.test(file) && !file.endsWith('.d.mts'))
    .sort();
  const hash = createHash('sha256');
  for (const file of [...files, 'package-lock.json']) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  // Inside the project, where node finds the dependencies.
  const folder = join(ROOT, '.tmp', `program-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) {
    removeFormer(folder);
    compileInto(folder);
  }
  return folder;
}

/** Takes away what was compiled from other states of the sources; another test file may be at work on this one. */
function removeFormer(folder: string): void {
  if (!existsSync(dirname(folder))) return;
  const former = readdirSync(dirname(folder)).filter((name) => name.startsWith('program-'));
  for (const name of former.filter((other) => !other.startsWith(basename(folder)))) {
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function compileInto(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const staged = mkdtempSync(`${folder}-`);
  execFileSync(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), staged], { stdio: 'inherit' });
  try {
    renameSync(staged, folder);
  } catch {
    // Another test file was faster.
    rmSync(staged, { recursive: true });
  }
}
