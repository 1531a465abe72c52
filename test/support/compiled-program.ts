import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONTRACT = 'openapi/openid-client.json';

/**
 * The program compiled from its sources, once for each state of them. The tests start it some hundred times, and a
 * loader that compiles at every start takes longer than the program itself.
 */
export function compiledProgram(): string {
  const sources = ['cli', 'openapi']
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((file) => join(folder, String(file))))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
  const hash = createHash('sha256').update(readFileSync(join(ROOT, CONTRACT)));
  for (const { file, text } of sources) hash.update(`\0${file}\0${text}`);
  // Inside the project, where node finds the dependencies.
  const folder = join(ROOT, '.tmp', `program-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) {
    removeFormer(folder);
    compile(sources, folder);
  }
  return join(folder, 'cli', 'main.js');
}

/** Takes away what was compiled from other states of the sources; another test file may be at work on this one. */
function removeFormer(folder: string): void {
  if (!existsSync(dirname(folder))) return;
  const former = readdirSync(dirname(folder)).filter((name) => name.startsWith('program-'));
  for (const name of former.filter((other) => !other.startsWith(basename(folder)))) {
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function compile(sources: readonly { file: string; text: string }[], folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const staged = mkdtempSync(`${folder}-`);
  for (const { file, text } of sources) {
    const { code } = transformSync(text, {
      configFile: false,
      jsc: { target: 'es2023', parser: { syntax: 'typescript' }, transform: { verbatimModuleSyntax: true } },
      module: { type: 'es6' },
    });
    const path = join(staged, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code.replace(/(from\s+['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
  }
  cpSync(join(ROOT, CONTRACT), join(staged, CONTRACT));
  try {
    renameSync(staged, folder);
  } catch {
    // Another test file was faster.
    rmSync(staged, { recursive: true });
  }
}
