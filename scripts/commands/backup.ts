import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ownFile } from '../../entities/data-source.ts';
import { withGround } from '../ground.ts';

/** Copies the embedded database, as it is at this moment, into a file. The service may go on meanwhile. */
await withGround({ usage: 'npm run backup -- <file>', most: 1, existing: true }, async ({ database }) => {
  const [, , file] = process.argv;
  if (database.kind !== 'sqlite') {
    refuse('only the embedded database is copied; MariaDB has mariadb-dump');
    return;
  }
  if (file === undefined) {
    refuse('say where: npm run backup -- <file>');
    return;
  }
  if (!existsSync(dirname(resolve(file)))) {
    refuse(`there is no folder ${dirname(resolve(file))}`);
    return;
  }
  if (existsSync(file)) {
    refuse(`there is a ${file} already`);
    return;
  }
  // Under its name there is only ever a whole copy.
  const part = `${file}.part`;
  rmSync(part, { force: true });
  try {
    ownFile(part);
    await database.reader.query('VACUUM INTO ?', [part]);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  process.stdout.write(`The database is copied to ${file}. Keep the key ring with it, in another place.\n`);
});

function refuse(fault: string): void {
  process.stderr.write(`clientele: ${fault}\n`);
  process.exitCode = 1;
}
