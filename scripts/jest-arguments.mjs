import { join } from 'node:path';

/** The arguments of node that run the tests of `projects`, with their results in `outputFile`. */
export const jestArguments = (root, { projects, rest, outputFile }) => [
  '--disable-warning=ExperimentalWarning',
  // What a request leaves behind is collected a few times less often, which is a part of what the tests cost.
  '--max-semi-space-size=64',
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  '--config',
  join(root, '.ci', 'jest.config.js'),
  ...rest,
  '--selectProjects',
  ...projects,
  '--json',
  '--outputFile',
  outputFile,
];
