import { readFileSync } from 'node:fs';
import { transformSync } from '@swc/core';

// The same decisions as tsconfig.json, so that the tests run the code that is built.
const OPTIONS = {
  configFile: false,
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: false,
      useDefineForClassFields: true,
      verbatimModuleSyntax: true,
    },
    experimental: { keepImportAttributes: true },
  },
  module: { type: 'es6' },
};

/** What the TypeScript of a file is as JavaScript: `code`, and `map` from it to the file. */
export function compile(path) {
  return transformSync(readFileSync(path, 'utf8'), { ...OPTIONS, filename: path, sourceMaps: true });
}
