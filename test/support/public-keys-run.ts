// Runs in a network of its own, where this machine has addresses of the Internet: a client whose keys are at each of
// them authenticates at the service. Prints one line of JSON with the status that each gets.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { selfSignedCertificate } from './certificate.ts';
import { spawnService } from './process.ts';

const ADDRESSES = ['8.8.8.8', '[2001:4860:4860::8888]', '10.1.2.3'];
const BYTES = ['08080808', '20014860486000000000000000008888', '0a010203'].map((hex) => Buffer.from(hex, 'hex'));
const SERVICE = 'http://127.0.0.1:8080';
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
const { cert, key } = selfSignedCertificate(...BYTES);
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] });

async function askForToken(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...form });
  return fetch(`${SERVICE}/jans-auth/restv1/token`, { method: 'POST', headers, body });
}

async function administratorToken(): Promise<string> {
  const file = readFileSync(join(folder, 'data', 'admin-client.json'), 'utf8');
  const { client_id: id = '', client_secret: secret = '' } = JSON.parse(file) as Record<string, string>;
  const reply = await askForToken({}, { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
  return ((await reply.json()) as { access_token: string }).access_token;
}

async function authenticate(address: string, token: string): Promise<number> {
  const inum = randomUUID();
  const client = {
    inum,
    redirectUris: [],
    grantTypes: ['client_credentials'],
    tokenEndpointAuthMethod: 'private_key_jwt',
    jwksUri: `https://${address}/keys`,
  };
  const created = await fetch(`${SERVICE}/jans-config-api/api/v1/openid/clients`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(client),
  });
  if (created.status !== 201) throw new Error(await created.text());
  const assertion = await new SignJWT({ iss: inum, sub: inum, aud: 'http://localhost:8080', jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setExpirationTime('1m')
    .sign(privateKey);
  return (await askForToken({ client_assertion_type: JWT_BEARER, client_assertion: assertion })).status;
}

const server = createServer({ cert, key }, (_req, res) => {
  res.writeHead(200, { 'Content-Type': 'application/jwk-set+json' }).end(keys);
});
await new Promise<void>((resolve) => void server.listen(443, '::', resolve));
writeFileSync(join(folder, 'ca.pem'), cert);
const service = spawnService({
  DATA_DIR: join(folder, 'data'),
  LOG_LEVEL: 'error',
  NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
});
try {
  await service.started;
  const token = await administratorToken();
  const statuses: Record<string, number> = {};
  for (const address of ADDRESSES) statuses[address] = await authenticate(address, token);
  process.stdout.write(`${JSON.stringify(statuses)}\n`);
} finally {
  service.child.kill('SIGTERM');
  await service.ended;
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}
