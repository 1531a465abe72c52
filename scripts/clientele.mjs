import { join, dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';

build();
const program = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'cli', 'main.js');
process.argv.splice(1, 1, program);
await import(pathToFileURL(program).href);
