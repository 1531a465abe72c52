import { spawnSync } from 'node:child_process';

// Runs the linters for OpenAPI that people have, which `npx` brings: with what they depend on they are larger than the
// whole project.

const DOCUMENT = 'openapi/openid-client.json';
const LINTERS = [
  ['@redocly/cli@2.77.0', 'lint', DOCUMENT, '--config', '.ci/contract/redocly.yaml', '--max-problems', '1000'],
  [
    '@stoplight/spectral-cli@6.16.3',
    'lint',
    DOCUMENT,
    '--ruleset',
    '.ci/contract/spectral.yaml',
    '--fail-severity',
    'hint',
  ],
];
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** Redocly's ends with 0 when there are warnings. */
const WARNING = /^You have \d+ warnings?\.$/m;

const failed = LINTERS.filter((command) => {
  const { status, stdout, stderr } = spawnSync('npx', ['-y', ...command], { env, encoding: 'utf8' });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return status !== 0 || WARNING.test(`${stdout}${stderr}`);
});
console.log(failed.length === 0 ? 'contract:lint: clean' : `contract:lint: ${failed.map(([name]) => name).join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
