import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

it('npx finds the program once it is built, and asks no registry for it', async () => {
  await run(process.execPath, ['scripts/build.mjs'], { cwd: ROOT });
  const env = { ...process.env, npm_config_registry: 'http://localhost:1/', npm_config_offline: 'true' };
  const { stdout } = await run('npx', ['--no-install', 'clientele', '--version'], { cwd: ROOT, env });
  expect(stdout).toMatch(/^clientele \d+\.\d+\.\d+\n$/);
});
