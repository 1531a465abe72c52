import { fileURLToPath } from 'node:url';

const rootDir = fileURLToPath(new URL('..', import.meta.url));

// The same decisions as tsconfig.json, so that the tests run the code that tsc builds.
const swc = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: false,
      useDefineForClassFields: true,
      verbatimModuleSyntax: true,
    },
  },
  module: { type: 'es6' },
  sourceMaps: true,
};

function project(displayName, folders, globals = {}) {
  return {
    displayName,
    globals,
    rootDir,
    roots: ['<rootDir>/test'],
    testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts'],
    transform: { '^.+\\.ts$': ['@swc/jest', swc] },
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
    project('mariadb', ['http', 'process'], { databaseKind: 'mariadb' }),
    project('browser', ['browser'], { databaseKind: 'sqlite' }),
  ],
};
