import { prepare } from '../../api/setup/prepare.ts';
import { credentialsPath } from '../../api/setup/credentials-file.ts';
import { withGround } from '../ground.ts';

/** Brings the schema up to date and ends: for a database user with more rights than the service has. */
await withGround({ usage: 'npm run migrate' }, async (ground) => {
  const isFirst = await prepare(ground);
  process.stdout.write('The schema is up to date.\n');
  if (isFirst)
    process.stdout.write(`The credentials of the administrator are in ${credentialsPath(ground.config.dataDir)}.\n`);
});
