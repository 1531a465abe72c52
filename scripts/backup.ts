import { existsSync } from 'node:fs';
import { ownFile } from '../entities/data-source.ts';
import { withGround } from './ground.ts';

/** Copies the embedded database, as it is at this moment, into a file. The service may go on meanwhile. */
await withGround(async ({ database }) => {
  const [, , file] = process.argv;
  const fault =
    database.kind !== 'sqlite'
      ? 'only the embedded database is copied by this command; MariaDB has mariadb-dump'
      : file === undefined
        ? 'say where: npm run backup -- <file>'
        : existsSync(file)
          ? `there is a ${file} already`
          : undefined;
  if (fault !== undefined || file === undefined) {
    process.stderr.write(`clientele: ${fault}\n`);
    process.exitCode = 1;
    return;
  }
  ownFile(file);
  await database.reader.query('VACUUM INTO ?', [file]);
  process.stdout.write(`The database is copied to ${file}. Keep the key ring with it, in another place.\n`);
});
