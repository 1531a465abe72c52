import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

it('the file in the clone starts it, also through a link from another folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-link-'));
  symlinkSync(join(ROOT, 'clientele'), join(folder, 'clientele'));
  const { stdout } = await run('./clientele', ['--version'], { cwd: folder });
  expect(stdout).toMatch(/^clientele \d+\.\d+\.\d+\n$/);
  rmSync(folder, { recursive: true });
});

it('npx finds the program once it is built, and asks no registry for it', async () => {
  await run(process.execPath, ['scripts/build.mjs'], { cwd: ROOT });
  const env = { ...process.env, npm_config_registry: 'http://localhost:1/', npm_config_offline: 'true' };
  const { stdout } = await run('npx', ['--no-install', 'clientele', '--version'], { cwd: ROOT, env });
  expect(stdout).toMatch(/^clientele \d+\.\d+\.\d+\n$/);
});
