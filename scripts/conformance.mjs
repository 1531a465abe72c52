import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jestArguments } from './jest-arguments.mjs';

// Runs the tests that docs/conformance.md names, on SQLite, and says which of them is missing or does not pass.

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = readFileSync(join(root, 'docs', 'conformance.md'), 'utf8');

const named = [...page.matchAll(/`([\w/.-]+\.test\.ts)`: "([^"]+)"/g)].map(([, file, title]) => ({ file, title }));
const files = [...new Set(named.map(({ file }) => `test/${file}`))];

// A title of a table of tests has placeholders.
const matches = (title, actual) => {
  const escaped = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/%[a-z]/g, '.*')}$`, 's').test(actual);
};

function run() {
  const scratch = mkdtempSync(join(tmpdir(), 'clientele-conformance-'));
  const outputFile = join(scratch, 'results.json');
  const args = jestArguments(root, { projects: ['unit', 'sqlite'], rest: files, outputFile });
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    return { status, ...JSON.parse(readFileSync(outputFile, 'utf8')) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const { testResults, status } = run();
const outcomes = testResults.flatMap(({ name, assertionResults }) => {
  const file = relative(join(root, 'test'), name).split(sep).join('/');
  return assertionResults.map((test) => ({ file, title: test.title, status: test.status }));
});

const faults = named.flatMap(({ file, title }) => {
  const found = outcomes.filter((test) => test.file === file && matches(title, test.title));
  if (found.length === 0) return [`missing: ${file}: ${title}`];
  return found.some((test) => test.status !== 'passed') ? [`fails: ${file}: ${title}`] : [];
});
for (const fault of new Set(faults)) console.log(fault);
console.log(`conformance: ${named.length} references, ${new Set(faults).size} missing or failing`);
process.exitCode = faults.length > 0 || status !== 0 ? 1 : 0;
