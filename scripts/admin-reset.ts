import { foundations } from '../api/compose.ts';
import { addAdministrator } from '../api/setup/first-start.ts';
import { credentialsPath } from '../api/setup/credentials-file.ts';
import { prepare, setupOptions } from '../api/setup/prepare.ts';
import { withGround } from './ground.ts';

/** Makes another administrator, for an installation whose credentials were lost. The service may run meanwhile. */
await withGround(async (ground) => {
  await prepare(ground);
  const { work, secrets } = foundations(ground);
  const { config, clock } = ground;
  const options = { ...setupOptions(ground), work, secrets, clock, dataDir: config.dataDir };
  const { inum } = await addAdministrator(options, 'admin-reset');
  process.stdout.write(
    `The new administrator is ${inum}. Its credentials are in ${credentialsPath(config.dataDir)}.\n`,
  );
});
