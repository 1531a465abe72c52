import { foundations } from '../api/compose.ts';
import { addAdministrator } from '../api/setup/first-start.ts';
import { credentialsPath } from '../api/setup/credentials-file.ts';
import { prepare, setupOptions } from '../api/setup/prepare.ts';
import { withGround } from './ground.ts';

/** Makes another administrator, for an installation whose credentials were lost. The service may run meanwhile. */
await withGround({ usage: 'npm run admin:reset', existing: true }, async (ground) => {
  const isFirst = await prepare(ground);
  const { config, clock } = ground;
  if (!isFirst) {
    const { work, secrets } = foundations(ground);
    const options = { ...setupOptions(ground), work, secrets, clock, dataDir: config.dataDir };
    await addAdministrator(options, 'admin-reset');
  }
  process.stdout.write(`There is a new administrator. Its credentials are in ${credentialsPath(config.dataDir)}.\n`);
  process.stdout.write('Those that were there before stay: deactivate the ones that nobody should use.\n');
});
