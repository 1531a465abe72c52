import { parseArgs } from 'node:util';
import { prepare } from '../../api/setup/prepare.ts';
import { credentialsPath } from '../../api/setup/credentials-file.ts';
import type { Renaming } from '../../api/setup/reserved-inums.ts';
import { withGround } from '../ground.ts';

const USAGE = 'npm run migrate [-- --rename OLD-ID=NEW-ID]';

/** Brings the schema up to date and ends: for a database user with more rights than the service has. Renames clients. */
const renamings = renamingsIn(process.argv.slice(2));
await withGround({ usage: USAGE, accepts: () => renamings !== undefined }, async (ground) => {
  const isFirst = await prepare(ground, renamings);
  process.stdout.write('The schema is up to date.\n');
  for (const { from, to } of renamings ?? [])
    process.stdout.write(`The client ${from} is ${to} from now on: whoever uses its id must know.\n`);
  if (isFirst)
    process.stdout.write(`The credentials of the administrator are in ${credentialsPath(ground.config.dataDir)}.\n`);
});

/** The clients that the command line asks to rename; undefined when it cannot be understood. */
function renamingsIn(args: string[]): Renaming[] | undefined {
  try {
    const { values } = parseArgs({ args, options: { rename: { type: 'string', multiple: true } } });
    const pairs = (values.rename ?? []).map((pair) => /^([^=]+)=([^=]+)$/.exec(pair));
    if (pairs.some((pair) => pair === null)) return undefined;
    return pairs.flatMap((pair) => (pair === null ? [] : [{ from: pair[1] ?? '', to: pair[2] ?? '' }]));
  } catch {
    return undefined;
  }
}
