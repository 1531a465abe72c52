import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Gives this machine these addresses, in a network that nothing leaves. */
const INTERNET = [
  'ip link set lo up',
  'ip address add 8.8.8.8/32 dev lo',
  'ip -6 address add 2001:4860:4860::8888/128 dev lo nodad',
  'ip address add 10.1.2.3/32 dev lo',
].join(' && ');

const inNetwork = (command: string): [string, string[]] => ['unshare', ['--net', 'sh', '-c', command]];
const isPossible = spawnSync(...inNetwork(INTERNET)).status === 0;
if (!isPossible) process.stdout.write('Skipped: a network of its own needs root on Linux, unshare and ip.\n');

(isPossible ? it : it.skip)('a client whose keys are at a public address, of either family, gets a token', async () => {
  const program = `exec '${process.execPath}' --import tsx test/support/public-keys-run.ts`;
  const { stdout } = await promisify(execFile)(...inNetwork(`${INTERNET} && ${program}`), { cwd: ROOT });
  expect(JSON.parse(stdout)).toEqual({ '8.8.8.8': 200, '[2001:4860:4860::8888]': 200, '10.1.2.3': 401 });
});
