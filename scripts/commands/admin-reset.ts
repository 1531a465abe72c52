import { foundations } from '../../api/compose.ts';
import { addAdministrator } from '../../api/setup/first-start.ts';
import { credentialsPath } from '../../api/setup/credentials-file.ts';
import { prepare, setupOptions } from '../../api/setup/prepare.ts';
import { withGround } from '../ground.ts';

/** Makes another administrator, for an installation whose credentials were lost. The service may run meanwhile. */
await withGround({ usage: 'npm run admin:reset', existing: true }, async (ground) => {
  const { config, clock } = ground;
  if (!config.builtInIssuer) {
    const line =
      'BUILTIN_ISSUER=off: an administrator made here could get no token; the trusted issuers say who may come in';
    process.stderr.write(`clientele: ${line}\n`);
    process.exitCode = 1;
    return;
  }
  const path = credentialsPath(config.dataDir);
  if (await prepare(ground)) {
    process.stdout.write(`This was the first start. The credentials of the administrator are in ${path}.\n`);
    return;
  }
  const { work, codec } = foundations(ground);
  const options = { ...setupOptions(ground), work, codec, clock, dataDir: config.dataDir };
  const { inum } = await addAdministrator(options, 'admin-reset');
  process.stdout.write(`There is a new administrator, ${inum}. Its credentials are in ${path}.\n`);
  if (config.adminSecret !== undefined) process.stdout.write('Its secret is the one of ADMIN_SECRET_FILE.\n');
  process.stdout.write('Those that were there before stay: deactivate the ones that nobody should use.\n');
});
