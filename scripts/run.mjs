import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'scripts', 'commands');

function names() {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => file.slice(0, -'.js'.length));
}

build();
// As npm calls it, `admin:reset`, as well as by the name of the file.
const name = process.argv[2]?.replaceAll(':', '-');
if (name === undefined || !names().includes(name)) {
  console.error(`usage: node scripts/run.mjs <name> [arguments]\nnames: ${names().join(', ') || '(none)'}`);
  process.exit(2);
}
const script = join(folder, `${name}.js`);
// The script sees its own arguments where every program has them.
process.argv.splice(1, 2, script);
await import(pathToFileURL(script).href);
