import { fileURLToPath } from 'node:url';

const rootDir = fileURLToPath(new URL('..', import.meta.url));

/** Of the processes, what is the same for every database: it is tried with one. */
const ONCE = ['bench', 'log', 'public-address', 'recipes', 'tls', 'tracing'];

function project(displayName, folders, globals = {}, without = []) {
  return {
    displayName,
    globals,
    rootDir,
    roots: ['<rootDir>/test'],
    testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    testPathIgnorePatterns: ['/node_modules/', ...without.map((name) => `/process/${name}\\.test\\.ts$`)],
    testEnvironment: '<rootDir>/.ci/jest/environment.mjs',
    runtime: '<rootDir>/.ci/jest/runtime.mjs',
    transform: {},
  };
}

export default {
  rootDir,
  maxWorkers: 2,
  // Against what hangs, not against slow machines.
  testTimeout: 300_000,
  projects: [
    project('unit', ['unit', 'contract']),
    // The command line and the documentation are the same for every database.
    project('sqlite', ['http', 'process', 'cli', 'docs'], { databaseKind: 'sqlite' }),
    project('mariadb', ['http', 'process'], { databaseKind: 'mariadb' }, ONCE),
    project('browser', ['browser'], { databaseKind: 'sqlite' }),
    // `.ci/galera` and `.ci/keycloak` run these.
    ...(process.env.GALERA_PROVIDER ? [project('galera', ['galera'], { databaseKind: 'mariadb' })] : []),
    ...(process.env.KEYCLOAK_URL ? [project('keycloak', ['keycloak'], { databaseKind: 'sqlite' })] : []),
  ],
};
