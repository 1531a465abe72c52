import { createHmac, randomUUID, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMINISTRATION_SCOPES, FORMER_SCOPES, OPERATIONS } from '../../openapi/operations.gen.ts';
import { databaseKind } from '../support/database.ts';
import { ownSigningKey } from '../support/issuer.ts';
import { caller, type Caller } from '../support/registry.ts';
import { rsaPair } from '../support/rsa-pairs.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const P = 'https://jans.io/oauth/config/openid/';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
});
afterAll(() => service.stop());

/** Tokens are judged by their text and the contract: of the operations some will do with the second database. */
const protectedOperations = OPERATIONS.filter((operation) => !('public' in operation)).filter(
  (_operation, index) => databaseKind() === 'sqlite' || index % 10 === 0,
);
const call = (operation: { method: string; path: string }, bearer?: string): Promise<TestReply> =>
  service.request(
    operation.method,
    operation.path.replace(/\{[^}]+\}/g, 'somebody'),
    bearer === undefined ? {} : { token: bearer },
  );

/** A client with these scopes, and a token of it. */
async function clientWith(scopes: string[]): Promise<{ inum: string; token: string }> {
  const { body } = await service.request('POST', CLIENTS, {
    token,
    body: { redirectUris: [], grantTypes: ['client_credentials'], scopes },
  });
  return { inum: body.inum, token: await tokenOf(body.inum, body.clientSecret) };
}
async function tokenOf(inum: string, secret: string): Promise<string> {
  const reply = await service.request('POST', '/jans-auth/restv1/token', {
    headers: basic(inum, secret),
    form: { grant_type: 'client_credentials' },
  });
  expect(reply.status).toBe(200);
  return reply.body.access_token as string;
}

describe.each(protectedOperations.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  it('asks a caller without a token for one, and says nothing else', async () => {
    const reply = await call(operation);
    expect(reply.status).toBe(401);
    const challenge = reply.headers.get('www-authenticate') ?? '';
    expect(challenge).toMatch(
      /^Bearer resource_metadata="http:\/\/localhost:\d+\/\.well-known\/oauth-protected-resource\/jans-config-api"$/,
    );
    const isProblem = operation.errors === 'problem';
    expect(reply.body).toMatchObject(isProblem ? { code: '401', message: 'Unauthorized' } : { error: 'invalid_token' });
  });

  it('refuses tokens that are not valid', async () => {
    for (const [name, bad] of await nextBadTokens()) {
      const reply = await call(operation, bad);
      expect([name, reply.status]).toEqual([name, 401]);
      expect(reply.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
  });

  it('refuses a token without its scopes, and names them', async () => {
    const others = Object.keys(ADMINISTRATION_SCOPES).filter(
      (scope) => !(operation.scopes as readonly string[]).includes(scope),
    );
    const reply = await call(operation, await service.adminToken(others.join(' ')));
    expect(reply.status).toBe(403);
    expect(reply.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(reply.headers.get('www-authenticate')).toContain(operation.scopes[0]);
  });

  it('takes each of its scopes alone', async () => {
    for (const scope of operation.scopes) {
      const reply = await call(operation, await service.adminToken(scope));
      expect([scope, [401, 403].includes(reply.status)]).toEqual([scope, false]);
    }
  });
});

const turns: [string, string][] = [];

/** All bad tokens, and after that two of them in turn: what judges them stands in front of all operations. */
async function nextBadTokens(): Promise<[string, string][]> {
  if (turns.length === 0) {
    turns.push(...Object.entries(await badTokens()));
    return turns;
  }
  turns.push(...turns.splice(0, 2));
  return turns.slice(0, 2);
}

/** Tokens that look right and are not. */
async function badTokens(): Promise<Record<string, string>> {
  const good = await service.adminToken();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const head = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
  const { keys } = (await service.request('GET', '/jans-auth/restv1/jwks')).body as { keys: { n: string }[] };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const hmac = (input: string, key: string): string =>
    `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
  const stranger = rsaPair('stranger').privateKey;
  const own = await ownSigningKey(service);
  const signedBy = (key: KeyObject, changed: object): string => {
    const input = `${encode({ ...head, kid: own.kid })}.${encode({ ...claims, ...changed })}`;
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
  };
  return {
    garbage: 'garbage',
    'three parts of garbage': 'a.b.c',
    'changed payload': `${header}.${encode({ ...claims, jti: 'x' })}.${signature}`,
    'no signature': `${header}.${payload}.`,
    'alg none': `${encode({ ...head, alg: 'none' })}.${payload}.`,
    'HS256 with the public key': hmac(`${encode({ ...head, alg: 'HS256' })}.${payload}`, JSON.stringify(keys[0])),
    'signed by a stranger': signedBy(stranger, {}),
    expired: signedBy(own.privateKey, { exp: Math.floor(service.clock.now() / 1_000) - 60 }),
    'for another audience': signedBy(own.privateKey, { aud: 'https://elsewhere.example' }),
    'of an unknown issuer': signedBy(own.privateKey, { iss: 'https://evil.example' }),
    'unknown key id': `${encode({ ...head, kid: 'nobody' })}.${payload}.${signature}`,
  };
}

describe('where a token may be', () => {
  it('is the Authorization header, and nowhere else', async () => {
    expect((await service.request('GET', `${CLIENTS}?access_token=${token}`, { token })).status).toBe(400);
    expect((await service.request('GET', `${CLIENTS}?access_token=${token}`)).status).toBe(400);
    expect((await service.request('GET', CLIENTS, { headers: { Authorization: 'Bearer' } })).status).toBe(400);
    expect((await service.request('GET', CLIENTS, { headers: { Authorization: 'Bearer a b' } })).status).toBe(400);
    expect((await service.request('GET', CLIENTS, { headers: { Authorization: `bearer ${token}` } })).status).toBe(200);
    expect((await service.request('GET', CLIENTS, { headers: { Authorization: 'Basic eDp5' } })).status).toBe(401);
  });
});

describe('nobody gives rights that they do not have', () => {
  const writerScope = `${P}clients.write`;
  const clients = (bearer: string): Caller =>
    caller(service, CLIENTS, bearer, { redirectUris: [], grantTypes: ['client_credentials'] });

  it('on creation', async () => {
    const writer = await clientWith([writerScope]);
    expect((await clients(writer.token).create({ scopes: [writerScope] })).status).toBe(201);
    const refused = await clients(writer.token).create({ scopes: [`${P}clients.admin`] });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain(`${P}clients.admin`);
    expect(refused.body.detail).toContain(`${P}clients.admin`);
  });

  it('on PUT and PATCH, to itself or to others', async () => {
    const writer = await clientWith([writerScope]);
    const victim = (await clients(token).create({ scopes: [] })).body;
    for (const inum of [writer.inum, victim.inum]) {
      expect((await clients(writer.token).merge(inum, { scopes: [writerScope, `${P}clients.delete`] })).status).toBe(
        403,
      );
      const body = { inum, redirectUris: [], scopes: ['https://jans.io/oauth/config/write-all'] };
      expect((await service.request('PUT', CLIENTS, { token: writer.token, body })).status).toBe(403);
    }
  });

  it('by taking over a client that has them', async () => {
    const writer = await clientWith([writerScope]);
    const admin = service.admin.clientId;
    const path = `${CLIENTS}/${admin}`;
    const attempts: [string, string, object][] = [
      ['PUT', CLIENTS, { body: { inum: admin, redirectUris: [] } }],
      ['PATCH', path, { body: { description: 'x' }, headers: { 'Content-Type': 'application/merge-patch+json' } }],
      [
        'PATCH',
        path,
        { body: { jwksUri: 'https://evil.example/keys' }, headers: { 'Content-Type': 'application/merge-patch+json' } },
      ],
      ['POST', `${path}/secret`, {}],
      ['POST', `${path}/deactivate`, {}],
    ];
    for (const [method, address, options] of attempts) {
      expect([address, (await service.request(method, address, { token: writer.token, ...options })).status]).toEqual([
        address,
        403,
      ]);
    }
    const remover = await clientWith([`${P}clients.delete`]);
    expect((await service.request('DELETE', path, { token: remover.token })).status).toBe(403);
  });

  it('reserves the former names of its scopes as well', async () => {
    for (const former of Object.keys(FORMER_SCOPES)) {
      const reply = await clients(token).create({ scopes: [former] });
      expect([reply.status, reply.body.message]).toEqual([400, `Invalid scope in request -> [${former}]`]);
    }
  });
});

describe('scopes of the statement endpoint', () => {
  it('are not given away either', async () => {
    const id = 'https://jans.io/auth/ssa.admin';
    const body = { redirectUris: [], scopes: [id] };
    const writer = await service.adminToken(`${P}clients.write`);
    const refused = await service.request('POST', CLIENTS, { token: writer, body });
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining(id)]);
  });
});

describe('a token', () => {
  it('does not outlive its client when another one is made under its id', async () => {
    const scope = `${P}clients.readonly`;
    const { inum, token: old } = await clientWith([scope]);
    expect((await service.request('GET', CLIENTS, { token: old })).status).toBe(200);
    await service.request('DELETE', `${CLIENTS}/${inum}`, { token });
    const body = { inum, redirectUris: [], grantTypes: ['client_credentials'], scopes: [scope] };
    await service.request('POST', CLIENTS, { token, body });
    service.clock.advance(1_001);
    expect((await service.request('GET', CLIENTS, { token: old })).status).toBe(401);
  });
});

describe('the last administrator', () => {
  it('cannot be deleted, deactivated or stripped, until there is another', async () => {
    const alone = await startService();
    try {
      const bearer = await alone.adminToken();
      const path = `${CLIENTS}/${alone.admin.clientId}`;
      const merge = (body: object): Promise<TestReply> =>
        alone.request('PATCH', path, {
          token: bearer,
          headers: { 'Content-Type': 'application/merge-patch+json' },
          body,
        });
      const statuses = async (): Promise<number[]> => [
        (await alone.request('DELETE', path, { token: bearer })).status,
        (await alone.request('POST', `${path}/deactivate`, { token: bearer })).status,
        (await merge({ scopes: [] })).status,
        (await merge({ disabled: true })).status,
        (await merge({ grantTypes: [] })).status,
        (await merge({ expirationDate: '2020-01-01T00:00:00' })).status,
        (await merge({ expirationDate: '2100-01-01T00:00:00' })).status,
        (await merge({ tokenEndpointAuthMethod: 'tls_client_auth' })).status,
        (await merge({ clientSecretExpiresAt: '2020-01-01T00:00:00' })).status,
        (
          await alone.request('POST', `${path}/secret`, {
            token: bearer,
            body: { clientSecretExpiresAt: '2020-01-01T00:00:00' },
          })
        ).status,
      ];
      expect(await statuses()).toEqual(Array.from({ length: 10 }, () => 409));
      const scopes = Object.keys(ADMINISTRATION_SCOPES);
      const second = { redirectUris: [], grantTypes: ['client_credentials'], scopes };
      const { body } = await alone.request('POST', CLIENTS, { token: bearer, body: { ...second, disabled: true } });
      expect((await alone.request('DELETE', path, { token: bearer })).status).toBe(409);
      await alone.request('POST', `${CLIENTS}/${body.inum}/activate`, { token: bearer });
      // One that cannot get tokens is no administrator, whatever its scopes.
      for (const useless of [
        { grantTypes: [] },
        { tokenEndpointAuthMethod: 'none' },
        { expirationDate: '2100-01-01T00:00:00' },
      ]) {
        const headers = { 'Content-Type': 'application/merge-patch+json' };
        await alone.request('PATCH', `${CLIENTS}/${body.inum}`, { token: bearer, headers, body: useless });
        expect((await alone.request('DELETE', path, { token: bearer })).status).toBe(409);
        const useful = {
          grantTypes: ['client_credentials'],
          tokenEndpointAuthMethod: 'client_secret_basic',
          expirationDate: null,
        };
        await alone.request('PATCH', `${CLIENTS}/${body.inum}`, { token: bearer, headers, body: useful });
      }
      expect((await alone.request('DELETE', path, { token: bearer })).status).toBe(204);
    } finally {
      await alone.stop();
    }
  });

  it('does not leave it to one that could not undo it', async () => {
    const alone = await startService();
    const bearer = await alone.adminToken();
    const deactivate = (inum: string): Promise<TestReply> =>
      alone.request('POST', `${CLIENTS}/${inum}/deactivate`, { token: bearer });
    const body = {
      inum: 'writer',
      redirectUris: [],
      grantTypes: ['client_credentials'],
      scopes: [`${P}clients.write`],
    };
    await alone.request('POST', CLIENTS, { token: bearer, body });
    const refused = await deactivate(alone.admin.clientId);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining('all the administration scopes'),
    ]);
    expect((await deactivate('writer')).status).toBe(200);
    await alone.stop();
  });

  it('is not lost when the last two are deactivated at the same moment', async () => {
    const pair = await startService();
    try {
      const bearer = await pair.adminToken();
      const scopes = Object.keys(ADMINISTRATION_SCOPES);
      const body = { inum: randomUUID(), redirectUris: [], grantTypes: ['client_credentials'], scopes };
      await pair.request('POST', CLIENTS, { token: bearer, body });
      const replies = await Promise.all(
        [pair.admin.clientId, body.inum].map((inum) =>
          pair.request('POST', `${CLIENTS}/${inum}/deactivate`, { token: bearer }),
        ),
      );
      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409]);
    } finally {
      await pair.stop();
    }
  });
});

describe('from registration to removal', () => {
  it('a client gets tokens exactly while it may', async () => {
    const scope = `${P}clients.readonly`;
    const { body } = await service.request('POST', CLIENTS, {
      token,
      body: { redirectUris: [], grantTypes: ['client_credentials'], scopes: [scope] },
    });
    const path = `${CLIENTS}/${body.inum}`;
    const tryToken = (secret: string): Promise<TestReply> =>
      service.request('POST', '/jans-auth/restv1/token', {
        headers: basic(body.inum, secret),
        form: { grant_type: 'client_credentials' },
      });

    const bearer = await tokenOf(body.inum, body.clientSecret);
    expect((await service.request('GET', CLIENTS, { token: bearer })).status).toBe(200);
    await service.idle();
    const used = await service.request('GET', path, { token });
    expect(used.body.lastAccessTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(used.headers.get('etag')).toBe('"1-1"');

    await service.request('POST', `${path}/deactivate`, { token });
    expect((await tryToken(body.clientSecret)).status).toBe(401);
    service.clock.advance(1_001);
    expect((await service.request('GET', CLIENTS, { token: bearer })).status).toBe(401);

    await service.request('POST', `${path}/activate`, { token });
    expect((await tryToken(body.clientSecret)).status).toBe(200);

    const rotated = await service.request('POST', `${path}/secret`, { token, body: { overlapSeconds: 60 } });
    expect((await tryToken(body.clientSecret)).status).toBe(200);
    expect((await tryToken(rotated.body.clientSecret)).status).toBe(200);
    service.clock.advance(61_000);
    expect((await tryToken(body.clientSecret)).status).toBe(401);
    expect((await tryToken(rotated.body.clientSecret)).status).toBe(200);

    token = await service.adminToken();
    await service.request('DELETE', path, { token });
    expect((await tryToken(rotated.body.clientSecret)).status).toBe(401);
  });
});
