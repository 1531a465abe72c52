import { scryptSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundations } from '../../api/compose.ts';
import { caller, type Caller } from '../support/registry.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, () => token, { redirectUris: [], grantTypes: ['client_credentials'] });
});
afterAll(() => service.stop());

const rotate = (inum: string, body?: object): Promise<TestReply> =>
  service.request('POST', `${CLIENTS}/${inum}/secret`, { token, ...(body && { body }) });
const works = async (inum: string, secret: string): Promise<boolean> =>
  (
    await service.request('POST', '/jans-auth/restv1/token', {
      headers: basic(inum, secret),
      form: { grant_type: 'client_credentials' },
    })
  ).status === 200;

/** How the secrets of a client are kept. */
const kept = (inum: string): Promise<{ kind: string; value: string }[]> =>
  service.work.read(async (stores) => (await stores.secrets.of(inum)).map(({ kind, value }) => ({ kind, value })));

describe('a secret', () => {
  it('is made, of 256 bits, shown once and kept as a digest', async () => {
    const { body } = await clients.create();
    expect(body.clientSecret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await works(body.inum, body.clientSecret)).toBe(true);
    const [secret] = await kept(body.inum);
    expect(secret?.kind).toBe('sha256');
    expect(secret?.value).not.toContain(body.clientSecret);
    const read = await clients.read(body.inum);
    expect(read.text).not.toContain(body.clientSecret);
    expect((await clients.list({ limit: '200' })).text).not.toContain('clientSecret');
  });

  it('may be chosen, and is kept under scrypt then', async () => {
    const { body } = await clients.create({ clientSecret: 'chosen: + / % and more'.replaceAll(' ', '-') });
    expect(await works(body.inum, body.clientSecret)).toBe(true);
    expect(await works(body.inum, `${body.clientSecret}x`)).toBe(false);
    expect((await kept(body.inum))[0]?.kind).toBe('scrypt');
  });

  it.each(['short', 'with space in it', 'ümlaut-secret', 'x'.repeat(257)])('is refused as %j', async (clientSecret) => {
    const reply = await clients.create({ clientSecret });
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].pointer).toBe('/clientSecret');
    expect(reply.text).not.toContain(clientSecret);
  });

  it.each(['none', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'])(
    'is not made for %s',
    async (tokenEndpointAuthMethod) => {
      const { body } = await clients.create({ tokenEndpointAuthMethod });
      expect(body).not.toHaveProperty('clientSecret');
      expect(await kept(body.inum)).toEqual([]);
    },
  );

  it('is kept by PUT when left out, replaced when sent, and not touched when the same is sent', async () => {
    const { body } = await clients.create();
    const first = body.clientSecret as string;
    const { clientSecret: _secret, ...rest } = body;
    await clients.replace({ ...rest, description: 'x' });
    expect(await works(body.inum, first)).toBe(true);
    const same = await clients.replace({ ...rest, clientSecret: first });
    expect(same.body).not.toHaveProperty('clientSecret');
    expect((await kept(body.inum))[0]?.kind).toBe('sha256');
    const next = await clients.replace({ ...rest, clientSecret: 'another-secret' });
    expect(next.body.clientSecret).toBe('another-secret');
    expect(await works(body.inum, first)).toBe(false);
    expect(await works(body.inum, 'another-secret')).toBe(true);
  });

  it.each([
    ['kept as the digest of a made one', {}],
    ['kept as the digest of a chosen one', { clientSecret: 'chosen-by-the-caller' }],
    ['kept in clear', { tokenEndpointAuthMethod: 'client_secret_jwt' }],
  ])('is neither replaced nor shown nor noted when a change brings the one there is: %s', async (_how, members) => {
    const { body, headers } = await clients.create(members);
    const before = await kept(body.inum);
    const put = await clients.replace(body);
    const patched = await clients.merge(body.inum, { clientSecret: body.clientSecret });
    for (const reply of [put, patched]) {
      expect([reply.status, reply.headers.get('etag')]).toEqual([200, headers.get('etag')]);
      expect(reply.body).not.toHaveProperty('clientSecret');
    }
    expect(await kept(body.inum)).toEqual(before);
    const next = await clients.replace({ ...body, clientSecret: 'y'.repeat(64) });
    expect(next.body.clientSecret).toBe('y'.repeat(64));
  });

  it('tells nobody who may not change the client whether it is right', async () => {
    const scopes = ['https://jans.io/oauth/config/openid/clients.admin'];
    const { body } = await clients.create({ scopes, clientSecret: 'of-a-client-with-rights' });
    const writer = await service.adminToken('https://jans.io/oauth/config/openid/clients.write');
    const reply = await service.request('PUT', CLIENTS, { token: writer, body });
    expect(reply.status).toBe(403);
  });

  it('is kept with the parameters of its digest, and an earlier digest is renewed when the secret is used', async () => {
    const { body } = await clients.create({ clientSecret: 'chosen-by-the-caller' });
    const [{ value } = { value: '' }] = await kept(body.inum);
    expect(value).toMatch(/^\$scrypt\$ln=\d+,r=\d+,p=\d+\$[\w-]{22}\$[\w-]{43}$/);
    const set = (digest: string): Promise<unknown> =>
      service.database.writer.query(`UPDATE client_secrets SET value = '${digest}' WHERE inum = '${body.inum}'`);
    const hash = scryptSync('chosen-by-the-caller', Buffer.alloc(16), 32, { N: 1_024, r: 8, p: 1 }).toString(
      'base64url',
    );
    const weak = `$scrypt$ln=10,r=8,p=1$${'A'.repeat(22)}$${hash}`;
    for (const earlier of [value.split('$').slice(3).join('.'), weak]) {
      await set(earlier);
      service.clock.advance(61_000);
      expect(await works(body.inum, 'not-the-right-one')).toBe(false);
      expect(await works(body.inum, 'chosen-by-the-caller')).toBe(true);
      await service.idle();
      expect((await kept(body.inum))[0]?.value).toMatch(/^\$scrypt\$ln=14,r=8,p=1\$/);
      expect(await works(body.inum, 'chosen-by-the-caller')).toBe(true);
    }
    token = await service.adminToken();
  });

  it('can be replaced by patches, and its clear value is no part of the client', async () => {
    const { body } = await clients.create();
    expect(
      (await clients.patch(body.inum, [{ op: 'test', path: '/clientSecret', value: body.clientSecret }])).status,
    ).toBe(409);
    expect(
      (await clients.patch(body.inum, [{ op: 'replace', path: '/clientSecret', value: 'patched-secret' }])).body
        .clientSecret,
    ).toBe('patched-secret');
    expect(await works(body.inum, 'patched-secret')).toBe(true);
  });

  it.each([
    ['a merge patch', 'application/merge-patch+json', { description: 'x', clientSecret: null }],
    ['an empty text', 'application/merge-patch+json', { description: 'x', clientSecret: '' }],
    ['a JSON Patch', 'application/json-patch+json', [{ op: 'remove', path: '/clientSecret' }]],
  ])('stays when %s takes it out', async (_what, type, patch) => {
    const { body } = await clients.create();
    const headers = { 'Content-Type': type };
    const reply = await service.request('PATCH', `${CLIENTS}/${body.inum}`, { token, headers, body: patch });
    expect([reply.status, reply.body.clientSecret]).toEqual([200, undefined]);
    expect(await works(body.inum, body.clientSecret)).toBe(true);
  });

  it('is not made by a change that has nothing to do with it', async () => {
    const { body } = await clients.create();
    const { clientSecret: _secret, ...rest } = body;
    await service.database.writer.query(`DELETE FROM client_secrets WHERE inum = '${body.inum}'`);
    expect((await clients.merge(body.inum, { description: 'x' })).body.clientSecret).toBeUndefined();
    expect((await clients.replace(rest)).body.clientSecret).toBeUndefined();
    expect(await kept(body.inum)).toEqual([]);
  });

  it('goes when no method uses it any more, and comes when one does', async () => {
    const { body } = await clients.create();
    await clients.merge(body.inum, { tokenEndpointAuthMethod: 'none' });
    expect(await kept(body.inum)).toEqual([]);
    const back = await clients.merge(body.inum, { tokenEndpointAuthMethod: 'client_secret_post' });
    expect(back.body.clientSecret).toMatch(/^[\w-]{43}$/);
  });
});

describe('a secret that is needed in clear', () => {
  it.each([
    ['client_secret_jwt', { tokenEndpointAuthMethod: 'client_secret_jwt' }],
    ['an HMAC algorithm', { idTokenSignedResponseAlg: 'HS256' }],
    ['symmetric encryption', { attributes: { introspectionEncryptedResponseAlg: 'A256KW' } }],
  ])('is encrypted for %s', async (_what, members) => {
    const { body } = await clients.create(members);
    const [secret] = await kept(body.inum);
    expect(secret?.kind).toBe('encrypted');
    expect(secret?.value).not.toContain(body.clientSecret);
  });

  it.each([
    { tokenEndpointAuthMethod: 'client_secret_jwt' },
    { idTokenSignedResponseAlg: 'HS512' },
    { attributes: { introspectionEncryptedResponseAlg: 'A256KW' } },
  ])('is made long enough for every hash: %j', async (members) => {
    const { body } = await clients.create(members);
    expect(body.clientSecret).toMatch(/^[A-Za-z0-9_-]{64}$/);
    expect((await rotate(body.inum)).body.clientSecret).toMatch(/^[A-Za-z0-9_-]{64}$/);
  });

  it('is as long as the hash of the stated algorithm, whoever chooses it and wherever', async () => {
    const short = 'x'.repeat(63);
    const members = { tokenEndpointAuthMethod: 'client_secret_jwt', tokenEndpointAuthSigningAlg: 'HS512' };
    const { inum, clientSecret } = (await clients.create(members)).body;
    const replies = [
      await clients.create({ ...members, clientSecret: short }),
      await clients.replace({ inum, ...members, clientSecret: short }),
      await clients.merge(inum, { clientSecret: short }),
      await rotate(inum, { clientSecret: short }),
    ];
    for (const { status, body } of replies) {
      const fault = { pointer: '/clientSecret', rule: 'secret-is-a-key', detail: expect.stringMatching(/64/) };
      expect([status, body.errors]).toEqual([400, [expect.objectContaining(fault)]]);
    }
    const checked = await service.request('POST', `${CLIENTS}/validate`, {
      token,
      body: { ...members, clientSecret: short },
    });
    expect(checked.body.errors).toEqual(replies[0]?.body.errors);
    expect((await clients.merge(inum, { clientSecret: 'x'.repeat(64) })).status).toBe(200);
    expect((await kept(inum)).length).toBe(1);
    expect(clientSecret).toHaveLength(64);
  });

  it('that is too short for an algorithm is refused when the algorithm comes, and goes on where it was', async () => {
    const secret = 'x'.repeat(40);
    const jwt = { tokenEndpointAuthMethod: 'client_secret_jwt', tokenEndpointAuthSigningAlg: 'HS256' };
    const { inum } = (await clients.create({ ...jwt, clientSecret: secret })).body;
    const longer = await clients.merge(inum, { tokenEndpointAuthSigningAlg: 'HS384' });
    expect([longer.status, longer.body.errors[0].pointer]).toEqual([400, '/clientSecret']);
    const renewed = await clients.merge(inum, { tokenEndpointAuthSigningAlg: 'HS384', clientSecret: null });
    expect([renewed.status, renewed.body.clientSecret]).toEqual([200, expect.stringMatching(/^[\w-]{64}$/)]);
    // As it was before there was the rule.
    const { body: older } = await clients.create({ ...jwt, clientSecret: secret });
    const text = JSON.stringify(older).replace('"HS256"', '"HS512"').replace(`,"clientSecret":"${secret}"`, '');
    await service.database.writer.query(`UPDATE clients SET document = ? WHERE inum = '${older.inum}'`, [text]);
    const path = `${CLIENTS}/${older.inum}`;
    const stored = (await service.request('GET', path, { token })).body;
    expect(stored.tokenEndpointAuthSigningAlg).toBe('HS512');
    expect((await clients.replace({ ...stored, description: 'x' })).status).toBe(200);
    const same = await clients.replace({ ...stored, clientSecret: secret });
    expect([same.status, same.body.clientSecret]).toEqual([200, undefined]);
    const { warnings } = (await service.request('POST', `${CLIENTS}/validate`, { token, body: stored })).body;
    const advice = {
      pointer: '/clientSecret',
      rule: 'secret-is-a-key',
      detail: expect.stringMatching(/^should .*rotate/),
    };
    expect(warnings).toContainEqual(expect.objectContaining(advice));
  });

  it('must be given anew when only its digest is kept', async () => {
    const { body } = await clients.create();
    const refused = await clients.merge(body.inum, { tokenEndpointAuthMethod: 'client_secret_jwt' });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0]).toMatchObject({ pointer: '/clientSecret', rule: 'clear-secret-needed' });
    expect(
      (await clients.merge(body.inum, { tokenEndpointAuthMethod: 'client_secret_jwt', clientSecret: null })).status,
    ).toBe(200);
    expect((await kept(body.inum))[0]?.kind).toBe('encrypted');
  });
});

describe('rotation', () => {
  it('replaces the secret at once', async () => {
    const { body } = await clients.create();
    const reply = await rotate(body.inum);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('etag')).toBe('"2-0"');
    expect(await works(body.inum, body.clientSecret)).toBe(false);
    expect(await works(body.inum, reply.body.clientSecret)).toBe(true);
  });

  it('keeps the old secret for the overlap, and no longer', async () => {
    const { body } = await clients.create();
    const reply = await rotate(body.inum, { overlapSeconds: 3600, clientSecret: 'the-next-secret' });
    expect(reply.body.clientSecret).toBe('the-next-secret');
    expect(reply.body.previousSecretExpiresAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(await works(body.inum, body.clientSecret)).toBe(true);
    expect(await works(body.inum, 'the-next-secret')).toBe(true);
    service.clock.advance(3_601_000);
    expect(await works(body.inum, body.clientSecret)).toBe(false);
    expect(await works(body.inum, 'the-next-secret')).toBe(true);
    token = await service.adminToken();
  });

  it('gives the new secret an end', async () => {
    const { body } = await clients.create();
    const end = new Date(service.clock.now() + 60_000).toISOString().slice(0, 19);
    const reply = await rotate(body.inum, { clientSecretExpiresAt: end });
    expect(reply.body.clientSecretExpiresAt).toBe(end);
    expect(await works(body.inum, reply.body.clientSecret)).toBe(true);
    service.clock.advance(61_000);
    expect(await works(body.inum, reply.body.clientSecret)).toBe(false);
    token = await service.adminToken();
  });

  it('never lengthens the life of a secret that ends sooner', async () => {
    const end = new Date(service.clock.now() + 60_000).toISOString().slice(0, 19);
    const { body } = await clients.create({ clientSecretExpiresAt: end });
    const reply = await rotate(body.inum, { overlapSeconds: 3600 });
    expect(reply.body.previousSecretExpiresAt).toBe(end);
    service.clock.advance(61_000);
    expect(await works(body.inum, body.clientSecret)).toBe(false);
    expect(await works(body.inum, reply.body.clientSecret)).toBe(true);
    token = await service.adminToken();
  });

  it('keeps two earlier secrets at most', async () => {
    const { body } = await clients.create();
    const secrets = [body.clientSecret as string];
    for (let count = 0; count < 3; count += 1) {
      secrets.push((await rotate(body.inum, { overlapSeconds: 3600 })).body.clientSecret as string);
    }
    const alive = await Promise.all(secrets.map((secret) => works(body.inum, secret)));
    expect(alive).toEqual([false, true, true, true]);
  });

  it.each([
    { overlapseconds: 60 },
    { overlapSeconds: -1 },
    { overlapSeconds: 604_801 },
    { overlapSeconds: 'x' },
    { clientSecret: 'short' },
    { clientSecretExpiresAt: '2031-02-30T00:00:00' },
  ])('refuses %j', async (request) => {
    const { body } = await clients.create();
    expect((await rotate(body.inum, request)).status).toBe(400);
    expect(await works(body.inum, body.clientSecret)).toBe(true);
  });

  it('is refused where no method uses a secret, and for unknown clients', async () => {
    const { body } = await clients.create({ tokenEndpointAuthMethod: 'none' });
    expect((await rotate(body.inum)).status).toBe(409);
    expect((await rotate('nobody')).status).toBe(404);
  });
});

describe('the end of a secret', () => {
  it('that a patch sets is the end of every secret of the client', async () => {
    const { body } = await clients.create();
    const next = (await rotate(body.inum, { overlapSeconds: 3600 })).body.clientSecret as string;
    const past = new Date(service.clock.now() - 1_000).toISOString().slice(0, 19);
    await clients.merge(body.inum, { clientSecretExpiresAt: past });
    expect([await works(body.inum, body.clientSecret), await works(body.inum, next)]).toEqual([false, false]);
    await clients.merge(body.inum, { clientSecretExpiresAt: null });
    expect(await works(body.inum, next)).toBe(true);
  });
});

describe('a ciphertext', () => {
  it('goes when its clear value is not needed any more, and the secret goes on to work', async () => {
    const { body } = await clients.create({ tokenEndpointAuthMethod: 'client_secret_jwt' });
    await clients.merge(body.inum, { tokenEndpointAuthMethod: 'client_secret_basic' });
    expect((await kept(body.inum))[0]?.kind).toBe('scrypt');
    expect(await works(body.inum, body.clientSecret)).toBe(true);
  });

  it('is good for its own row only', async () => {
    const { body } = await clients.create({ tokenEndpointAuthMethod: 'client_secret_jwt' });
    const [secret] = await service.work.read((stores) => stores.secrets.of(body.inum));
    const { codec } = foundations(service.ground);
    if (secret === undefined) throw new Error('there is no secret');
    expect(codec.reveal(body.inum, secret)).toBe(body.clientSecret);
    expect(() => codec.reveal('another', secret)).toThrow();
    expect(() => codec.reveal(body.inum, { ...secret, id: 'another' })).toThrow();
  });
});

describe('CLIENT_SECRETS=recoverable', () => {
  it('shows nobody the secret of a client that has more rights', async () => {
    const other = await startService({ env: { CLIENT_SECRETS: 'recoverable' } });
    try {
      const admin = await other.adminToken();
      const write = 'https://jans.io/oauth/config/openid/clients.write';
      const scopes = [write, 'https://jans.io/oauth/config/openid/clients.admin'];
      const body = { inum: 'powerful', redirectUris: [], grantTypes: ['client_credentials'], scopes };
      const created = await other.request('POST', CLIENTS, { token: admin, body });
      const path = `${CLIENTS}/powerful`;
      expect((await other.request('GET', path, { token: admin })).body.clientSecret).toBe(created.body.clientSecret);
      const writer = await other.adminToken(write);
      expect((await other.request('GET', path, { token: writer })).body).not.toHaveProperty('clientSecret');
    } finally {
      await other.stop();
    }
  });

  it('shows the secret to those who may write clients, one client at a time', async () => {
    const other = await startService({ env: { CLIENT_SECRETS: 'recoverable' } });
    try {
      const writer = await other.adminToken();
      const reader = await other.adminToken('https://jans.io/oauth/config/openid/clients.readonly');
      const { body } = await other.request('POST', CLIENTS, { token: writer, body: { redirectUris: [] } });
      const path = `${CLIENTS}/${body.inum}`;
      const shown = await other.request('GET', path, { token: writer });
      expect([shown.body.clientSecret, shown.headers.get('cache-control')]).toEqual([body.clientSecret, 'no-store']);
      const headers = { 'If-None-Match': shown.headers.get('etag') ?? '' };
      const known = await other.request('GET', path, { token: writer, headers });
      expect([known.status, known.headers.get('cache-control')]).toEqual([304, 'no-store']);
      const hidden = await other.request('GET', path, { token: reader });
      expect([hidden.body.clientSecret, hidden.headers.get('cache-control')]).toEqual([undefined, 'private, no-cache']);
      expect((await other.request('GET', CLIENTS, { token: writer })).text).not.toContain(body.clientSecret);
      const read = shown.body;
      const merge = { 'Content-Type': 'application/merge-patch+json' };
      for (const again of [
        await other.request('PUT', CLIENTS, { token: writer, body: read }),
        await other.request('PATCH', path, { token: writer, headers: merge, body: read }),
      ]) {
        expect([again.status, again.headers.get('etag')]).toEqual([200, '"1-0"']);
      }
      const [row] = await other.work.read((stores) => stores.secrets.of(body.inum));
      expect(row?.kind).toBe('encrypted');
    } finally {
      await other.stop();
    }
  });
});
