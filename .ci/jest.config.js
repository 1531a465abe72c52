import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Tests that run on one database, with the reason. */
const oneDatabase = JSON.parse(readFileSync(new URL('jest/one-database.json', import.meta.url), 'utf8'));
const rootDir = fileURLToPath(new URL('..', import.meta.url));

function project(displayName, folders, globals = {}, without = []) {
  return {
    displayName,
    globals,
    rootDir,
    roots: ['<rootDir>/test'],
    testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    testPathIgnorePatterns: ['/node_modules/', ...without.map((name) => `/test/${name}\\.test\\.ts$`)],
    testEnvironment: '<rootDir>/.ci/jest/environment.mjs',
    runtime: '<rootDir>/.ci/jest/runtime.mjs',
    transform: {},
  };
}

export default {
  rootDir,
  // For two cores: while one worker waits for a process or a screen, none of them stands idle.
  maxWorkers: 3,
  testSequencer: '<rootDir>/.ci/jest/sequencer.mjs',
  // Not in the temporary folder, which goes with each run.
  cacheDirectory: '<rootDir>/.tmp/jest',
  // Against what hangs, not against slow machines.
  testTimeout: 300_000,
  projects: [
    project('unit', ['unit', 'contract']),
    // The command line and the documentation are the same for every database.
    project('sqlite', ['http', 'process', 'cli', 'docs'], { databaseKind: 'sqlite' }),
    project('mariadb', ['http', 'process'], { databaseKind: 'mariadb' }, Object.keys(oneDatabase)),
    project('browser', ['browser'], { databaseKind: 'sqlite' }),
    // `.ci/galera` and `.ci/keycloak` run these.
    ...(process.env.GALERA_PROVIDER ? [project('galera', ['galera'], { databaseKind: 'mariadb' })] : []),
    ...(process.env.KEYCLOAK_URL ? [project('keycloak', ['keycloak'], { databaseKind: 'sqlite' })] : []),
  ],
};
