// A folder that holds more files than a person keeps in mind is two rooms without a wall.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const MOST = 15;
// A file a table, a file a page, a file a fact that is tested: those lists are as long as what they list.
const LISTS = /^(entities|test|docs)(\/|$)/;

const files = execFileSync(
  'git',
  ['ls-files', '--', 'api', 'cli', 'openapi', 'scripts', 'docs', 'deploy', '.ci', 'entities'],
  {
    encoding: 'utf8',
  },
);
const counts = new Map();
for (const file of files.trim().split('\n')) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
const full = [...counts].filter(([folder, count]) => count > MOST && !LISTS.test(folder));
for (const [folder, count] of full)
  console.error(`${folder}/ holds ${count} files: at most ${MOST}. Give a part of them a folder of its own.`);
const HOUSES = JSON.parse(readFileSync(new URL('./boundaries.json', import.meta.url), 'utf8'));
const named = HOUSES.flatMap(({ folder, imports }) => [folder, ...imports]).map((folder) => folder.replace('/*', ''));
const missing = named.filter((folder) => !files.includes(`${folder}/`));
for (const folder of missing) console.error(`.ci/boundaries.json names ${folder}/, which does not exist.`);
process.exitCode = full.length + missing.length === 0 ? 0 : 1;
