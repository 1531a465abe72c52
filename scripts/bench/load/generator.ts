import { spawnSync } from 'node:child_process';
import { loadByAutocannon } from './autocannon-load.ts';
import type { Generator } from './load.ts';
import { loadByWrk } from './wrk-load.ts';

/**
 * A generator, with its files in `folder`: wrk where it is installed, which takes a tenth of the CPU that one in node
 * takes; else autocannon.
 */
export function generator(folder: string): Generator {
  const found = spawnSync('wrk', ['-v'], { encoding: 'utf8' });
  const version = /^wrk (\S+)/.exec(found.error === undefined ? found.stdout : '')?.[1];
  if (version !== undefined) return { name: `wrk ${version}`, measure: (base, load) => loadByWrk(folder, base, load) };
  return { name: 'autocannon', measure: loadByAutocannon };
}
