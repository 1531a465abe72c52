import { fileURLToPath } from 'node:url';
import { compile } from '../../test/support/compile.mjs';

const GLOBALS = new URL('globals.mjs', import.meta.url).href;

/** Hooks of Node's loader: jest's names are those of the test file that runs, and TypeScript is compiled when it is loaded. */
export const resolve = (specifier, context, next) =>
  specifier === '@jest/globals' ? { url: GLOBALS, shortCircuit: true } : next(specifier, context);

export const load = (url, context, next) =>
  url.startsWith('file:') && new URL(url).pathname.endsWith('.ts')
    ? { format: 'module', source: compile(fileURLToPath(url)).code, shortCircuit: true }
    : next(url, context);
