import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { act, change, newClient, remove, type TestClient } from '../support/clients.ts';
import {
  assertionOf,
  INTROSPECTION,
  refusalReason,
  REFUSED,
  REVOKE,
  TOKEN,
  tokenOf,
  withAssertion,
  withBasic,
  withPost,
} from '../support/issuer.ts';
import { countingScrypts } from '../support/scrypts.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let client: TestClient;

beforeAll(async () => {
  service = await startService();
  client = await newClient(service, { scopes: ['https://jans.io/oauth/config/openid/clients.readonly'] });
});
afterAll(() => service.stop());

/** Refused without saying why; the log says it. */
/** What somebody who has the secret is told of a method that the client does not have. */
function expectTold(reply: TestReply, methods: string): void {
  const error_description = `the secret is right, and the client authenticates with ${methods}`;
  expect([reply.status, reply.body]).toEqual([401, { error: 'invalid_client', error_description }]);
  expect(refusalReason(service)).toContain('is not a method of the client');
}

function expectRefused(reply: TestReply, reason: string): void {
  expect([reply.status, reply.body]).toEqual([401, REFUSED]);
  expect(refusalReason(service)).toContain(reason);
}

describe('client_secret_basic', () => {
  it('gets a token, which no cache may keep', async () => {
    const reply = await withBasic(service, client);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
  });

  it('is refused with a wrong secret, and challenged', async () => {
    const reply = await withBasic(service, { ...client, clientSecret: 'wrong-secret' });
    expectRefused(reply, 'no live secret matches');
    expect(reply.headers.get('www-authenticate')).toBe(`Basic realm="${service.url}"`);
  });

  it('form-decodes both parts', async () => {
    const clientSecret = 'a:b+c/d%25e&f=g';
    const { inum } = await newClient(service, { inum: 'odd~client._-', clientSecret });
    expect((await withBasic(service, { inum, clientSecret })).status).toBe(200);
    expect((await withBasic(service, { inum, clientSecret: 'a:b+c/d%e&f=g' })).status).toBe(401);
  });

  it.each([
    ['a secret that is not form-encoded', `Basic ${Buffer.from('someone:100%').toString('base64')}`],
    ['text that is not base64', 'Basic ***'],
    ['nothing after the scheme', 'Basic'],
    ['no colon', `Basic ${Buffer.from('someone').toString('base64')}`],
  ])('is malformed with %s', async (_name, Authorization) => {
    const reply = await service.request('POST', TOKEN, {
      headers: { Authorization },
      form: { grant_type: 'client_credentials' },
    });
    expect([reply.status, reply.body.error]).toEqual([400, 'invalid_request']);
  });

  it('is not the Bearer scheme', async () => {
    const headers = { Authorization: `Bearer ${await service.adminToken()}` };
    const reply = await service.request('POST', TOKEN, { headers, form: { grant_type: 'client_credentials' } });
    expectRefused(reply, 'no such client');
    expect(reply.headers.get('www-authenticate')).toMatch(/^Basic /);
  });
});

describe('the method is one of the record', () => {
  it('so that a client for Basic is refused with Post, and told so only when it has the secret', async () => {
    expectTold(await withPost(service, client), 'client_secret_basic');
    const guess = await withPost(service, { ...client, clientSecret: 'wrong-secret' });
    expectRefused(guess, 'client_secret_post is not a method of the client');
    const { inum } = await newClient(service, { disabled: true, clientSecret: 'chosen-by-a-person' });
    expectRefused(await withPost(service, { inum, clientSecret: 'chosen-by-a-person' }), 'disabled');
  });

  it('so that a client for Post is refused with Basic', async () => {
    const poster = await newClient(service, { tokenEndpointAuthMethod: 'client_secret_post' });
    expect((await withPost(service, poster)).status).toBe(200);
    const refused = await withBasic(service, poster);
    expectTold(refused, 'client_secret_post');
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic /);
    const wrong = await withPost(service, { ...poster, clientSecret: 'wrong-secret' });
    expectRefused(wrong, 'no live secret matches');
    expect(wrong.headers.get('www-authenticate')).toBeNull();
  });

  it('additional methods included', async () => {
    const attributes = { additionalTokenEndpointAuthMethods: ['client_secret_post'] };
    const both = await newClient(service, { attributes });
    expect((await withBasic(service, both)).status).toBe(200);
    expect((await withPost(service, both)).status).toBe(200);
  });

  it('so that a confidential client is not served on its name alone', async () => {
    const form = { grant_type: 'client_credentials', client_id: client.inum };
    expectRefused(await service.request('POST', TOKEN, { form }), 'none is not a method of the client');
  });

  it('and a public client is known by its name, but has nothing to get a token with', async () => {
    const form = { client_id: (await newClient(service, { tokenEndpointAuthMethod: 'none' })).inum };
    const reply = await service.request('POST', TOKEN, { form: { ...form, grant_type: 'client_credentials' } });
    expect([reply.status, reply.body.error]).toEqual([400, 'unauthorized_client']);
    expect((await service.request('POST', INTROSPECTION, { form: { ...form, token: 'x' } })).body).toEqual(REFUSED);
    expect((await service.request('POST', REVOKE, { form: { ...form, token: 'x' } })).status).toBe(200);
  });

  it('and a client for TLS is not served with anything', async () => {
    const { inum } = await newClient(service, { tokenEndpointAuthMethod: 'tls_client_auth' });
    expectRefused(await withBasic(service, { inum, clientSecret: 'anything-goes' }), 'is not a method of the client');
  });
});

describe('a request', () => {
  it.each<[string, [string, string][], boolean]>([
    ['in two ways', [['client_secret', 'x-secret-x']], true],
    ['for two clients', [['client_id', 'somebody']], true],
    [
      'with a repeated client_id',
      [
        ['client_id', 'a'],
        ['client_id', 'a'],
        ['client_secret', 'x'],
      ],
      false,
    ],
    [
      'with a repeated scope',
      [
        ['scope', 'a'],
        ['scope', 'b'],
      ],
      true,
    ],
    ['with two grants', [['grant_type', 'authorization_code']], true],
    ['without authentication', [], false],
    [
      'with an assertion of another type',
      [
        ['client_assertion', 'a.b.c'],
        ['client_assertion_type', 'saml'],
      ],
      false,
    ],
  ])('%s is malformed', async (_name, form, hasBasic) => {
    const reply = await service.request('POST', TOKEN, {
      headers: hasBasic ? basic(client.inum, client.clientSecret) : {},
      form: [['grant_type', 'client_credentials'], ...form],
    });
    expect([reply.status, reply.body.error]).toEqual([400, 'invalid_request']);
  });

  it('may repeat grant_type with one value, as the command line of Janssen does', async () => {
    const form: [string, string][] = [
      ['grant_type', 'client_credentials'],
      ['scope', ''],
      ['grant_type', 'client_credentials'],
    ];
    const reply = await service.request('POST', TOKEN, { headers: basic(client.inum, client.clientSecret), form });
    expect(reply.status).toBe(200);
  });

  it('with a JSON body is refused', async () => {
    const body = { grant_type: 'client_credentials', client_id: client.inum };
    const reply = await service.request('POST', TOKEN, { headers: basic(client.inum, client.clientSecret), body });
    expect([reply.status, reply.body.error]).toEqual([415, 'invalid_request']);
  });
});

describe('what has ended', () => {
  it('is refused like what never was', async () => {
    const disabled = await newClient(service);
    await act(service, disabled.inum, 'deactivate');
    const deleted = await newClient(service);
    await remove(service, deleted.inum);
    const expired = await newClient(service, {
      expirationDate: wireTime(-60_000),
    });
    const stale = await newClient(service, {
      clientSecretExpiresAt: wireTime(-60_000),
    });
    expectRefused(await withBasic(service, disabled), 'disabled or expired');
    expectRefused(await withBasic(service, { ...disabled, clientSecret: 'wrong-secret' }), 'disabled or expired');
    expectRefused(await withBasic(service, expired), 'disabled or expired');
    expectRefused(await withBasic(service, stale), 'no live secret matches');
    expectRefused(await withBasic(service, deleted), 'there is no such client');
    expectRefused(
      await withBasic(service, { inum: 'nobody', clientSecret: 'whatever-it-is' }),
      'there is no such client',
    );
    expectRefused(
      await withBasic(service, { inum: 'no/body', clientSecret: 'whatever-it-is' }),
      'there is no such client',
    );
  });

  it('is not in the log when it is a secret in the place of the id', async () => {
    const mixedUp = { inum: client.clientSecret, clientSecret: client.inum };
    expectRefused(await withBasic(service, mixedUp), 'there is no such client');
    expect(service.logLines.join('\n')).not.toContain(client.clientSecret);
  });

  it('costs exactly one scrypt, whatever the reason, so that the time tells nothing', async () => {
    const disabled = await newClient(service);
    await act(service, disabled.inum, 'deactivate');
    const chosen = await newClient(service, { clientSecret: 'chosen-by-a-person' });
    const overlapping = await newClient(service, { clientSecret: 'first-by-a-person' });
    for (const clientSecret of ['second-by-a-person', 'third-by-a-person'])
      await rotate(overlapping.inum, clientSecret);
    const stale = await newClient(service, { clientSecretExpiresAt: wireTime(-60_000) });
    const signed = await newClient(service, { tokenEndpointAuthMethod: 'client_secret_jwt' });
    const key = Buffer.from('x'.repeat(32));
    const badAssertion = await assertionOf(service, signed.inum, { key, alg: 'HS256' });
    const wrong = 'wrong-secret';
    const refusals: Record<string, () => Promise<TestReply>> = {
      unknown: () => withBasic(service, { inum: 'nobody', clientSecret: wrong }),
      'impossible id': () => withBasic(service, { inum: 'no/body', clientSecret: wrong }),
      'wrong secret, made': () => withBasic(service, { ...client, clientSecret: wrong }),
      'wrong secret, three chosen that overlap': () => withBasic(service, { ...overlapping, clientSecret: wrong }),
      'wrong secret, chosen': () => withBasic(service, { ...chosen, clientSecret: wrong }),
      'expired secret': () => withBasic(service, stale),
      'disabled, right secret': () => withBasic(service, disabled),
      'disabled, wrong secret': () => withBasic(service, { ...disabled, clientSecret: wrong }),
      'other method': () => withPost(service, client),
      'other method, wrong secret': () => withPost(service, { ...client, clientSecret: wrong }),
      'other method, chosen': () => withPost(service, { ...chosen, clientSecret: 'chosen-by-a-person' }),
      'other method, chosen, wrong secret': () => withPost(service, { ...chosen, clientSecret: wrong }),
      'no secret': () =>
        service.request('POST', TOKEN, { form: { grant_type: 'client_credentials', client_id: client.inum } }),
      'bad assertion': () => withAssertion(service, badAssertion),
      'no assertion': () => withAssertion(service, 'garbage'),
    };
    for (const [name, refusal] of Object.entries(refusals)) {
      const waits = service.clock.waits.length;
      const { reply, scrypts } = await countingScrypts(refusal);
      expect([name, reply.status, scrypts, service.clock.waits.length - waits]).toEqual([name, 401, 1, 1]);
    }
    // Whatever is compared, it ends at the same time after it began, and whoever is let in does not wait.
    const waits = service.clock.waits.length;
    expect((await withBasic(service, client)).status).toBe(200);
    expect(service.clock.waits).toHaveLength(waits);
    expect((await countingScrypts(() => withBasic(service, client))).scrypts).toBe(0);
    for (const clientSecret of ['first-by-a-person', 'second-by-a-person', 'third-by-a-person'])
      expect((await withBasic(service, { ...overlapping, clientSecret })).status).toBe(200);
  });

  it('costs one scrypt also after secrets were chosen at the same moment', async () => {
    const { inum } = await newClient(service);
    const secrets = ['one-of-two-at-once', 'two-of-two-at-once'];
    await Promise.all(secrets.map((clientSecret) => rotate(inum, clientSecret)));
    for (const clientSecret of secrets) expect((await withBasic(service, { inum, clientSecret })).status).toBe(200);
    const guess = await countingScrypts(() => withBasic(service, { inum, clientSecret: 'wrong-secret' }));
    expect([guess.reply.status, guess.scrypts]).toEqual([401, 1]);
  });
});

async function rotate(inum: string, clientSecret: string): Promise<void> {
  const token = await service.adminToken();
  const body = { clientSecret, overlapSeconds: 600 };
  const reply = await service.request('POST', `${CLIENTS}/${inum}/secret`, { token, body });
  expect(reply.status).toBe(200);
}

const wireTime = (ahead: number): string => new Date(service.clock.now() + ahead).toISOString().slice(0, 19);

/** As other implementations have made them: test vectors of crypt_blowfish, RFC 6070, RFC 7914, Argon2 and passlib. */
const FOREIGN = [
  ['bcrypt', 'U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['bcrypt of today', 'U*U*', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
  ['PBKDF2 of long ago', 'password', '$pbkdf2-sha1$4096$c2FsdA$SwB5AbdlSJq.rUnZJvch0GWkKcE'],
  [
    'PBKDF2',
    'Password',
    '$pbkdf2-sha256$i=80000,l=64$TmFDbA$TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ',
  ],
  ['scrypt', 'password', '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E'],
  ['Argon2', 'password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
] as const;

describe('a secret that is known by its hash', () => {
  const kindsOf = async (inum: string): Promise<string[]> => {
    const rows = await service.database.reader.query<{ kind: string }[]>(
      'SELECT kind FROM client_secrets WHERE inum = ? ORDER BY sequence',
      [inum],
    );
    return rows.map(({ kind }) => kind);
  };

  it.each(FOREIGN)('goes on with %s, whose hash is replaced when it has matched', async (_what, secret, hash) => {
    const made = await newClient(service, { clientSecretHash: hash });
    expect(made).not.toHaveProperty('clientSecret');
    expect(made).not.toHaveProperty('clientSecretHash');
    const { inum } = made;
    const waits = service.clock.waits.length;
    expectRefused(await withBasic(service, { inum, clientSecret: `${secret}.` }), 'no live secret matches');
    expect(service.clock.waits).toHaveLength(waits + 1);
    expect(await kindsOf(inum)).toEqual(['imported']);
    expect((await withBasic(service, { inum, clientSecret: secret })).status).toBe(200);
    await service.idle();
    expect(await kindsOf(inum)).toEqual(['scrypt']);
    expect((await withBasic(service, { inum, clientSecret: secret })).status).toBe(200);
    expectRefused(await withBasic(service, { inum, clientSecret: `${secret}.` }), 'no live secret matches');
  });

  it('is compared in a line that has an end, and whoever comes after that is told to come again', async () => {
    const [, clientSecret, clientSecretHash] = FOREIGN[0];
    const clients = await Promise.all([1, 2].map(() => newClient(service, { clientSecretHash })));
    const many = clients.flatMap(({ inum }) => Array.from({ length: 15 }, () => ({ inum, clientSecret })));
    const replies = await Promise.all(many.map((one) => withBasic(service, one)));
    const late = replies.filter(({ status }) => status !== 200);
    expect([late.length > 0, replies.length - late.length >= 18]).toEqual([true, true]);
    for (const { status, body, headers } of late)
      expect([status, body.error, headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '2']);
    for (const { inum } of clients) expect((await withBasic(service, { inum, clientSecret })).status).toBe(200);
  });

  it('is added beside another, given to a client that there is, and replaced at once after that one was used', async () => {
    const [, secret, clientSecretHash] = FOREIGN[0];
    const first = await newClient(service);
    expect((await withBasic(service, first)).status).toBe(200);
    const added = await act(service, first.inum, 'secrets', { clientSecretHash, label: 'from elsewhere' });
    expect([added.status, added.body.clientSecret]).toEqual([201, undefined]);
    expect((await act(service, first.inum, 'secrets', { clientSecretHash })).status).toBe(400);
    for (const clientSecret of [secret, first.clientSecret])
      expect((await withBasic(service, { ...first, clientSecret })).status).toBe(200);
    await service.idle();
    expect(await kindsOf(first.inum)).toEqual(['sha256', 'scrypt']);
    const other = await newClient(service);
    await change(service, other.inum, { clientSecretHash });
    expect(await kindsOf(other.inum)).toEqual(['imported']);
    expectRefused(await withBasic(service, other), 'no live secret matches');
    const token = await service.adminToken();
    const [newest] = (await service.request('GET', `${CLIENTS}/${other.inum}/history`, { token })).body
      .entries as object[];
    expect(newest).toMatchObject({ changed: ['clientSecret'] });
  });

  it.each([
    ['too much bcrypt', { clientSecretHash: '$2b$14$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK' }],
    ['too many rounds', { clientSecretHash: FOREIGN[3][2].replace('i=80000', 'i=1000001') }],
    ['too much memory', { clientSecretHash: FOREIGN[5][2].replace('m=65536', 'm=1048576') }],
    ['no hash', { clientSecretHash: '$nothing$that$anybody$knows' }],
    ['a secret as well', { clientSecretHash: FOREIGN[0][2], clientSecret: 'the-secret-itself' }],
    [
      'what the secret is the key of',
      { clientSecretHash: FOREIGN[0][2], tokenEndpointAuthMethod: 'client_secret_jwt' },
    ],
  ])('is not taken with %s', async (_what, members) => {
    const token = await service.adminToken();
    const body = { redirectUris: [], grantTypes: ['client_credentials'], ...members };
    const reply = await service.request('POST', CLIENTS, { token, body });
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, '/clientSecretHash']);
  });
});

describe('a change is seen on the next call', () => {
  it('of the secret: both work during the overlap, then only the new one', async () => {
    const rotating = await newClient(service);
    const rotated = (await act(service, rotating.inum, 'secret', { overlapSeconds: 3_600 })).body as TestClient;
    expect((await withBasic(service, rotating)).status).toBe(200);
    expect((await withBasic(service, rotated)).status).toBe(200);
    service.clock.advance(3_601_000);
    expectRefused(await withBasic(service, rotating), 'no live secret matches');
    expect((await withBasic(service, rotated)).status).toBe(200);
  });

  it('of the secret without an overlap', async () => {
    const rotating = await newClient(service);
    const rotated = (await act(service, rotating.inum, 'secret')).body as TestClient;
    expectRefused(await withBasic(service, rotating), 'no live secret matches');
    expect((await withBasic(service, rotated)).status).toBe(200);
  });

  it('of the scopes, the state and the existence of the client', async () => {
    const changing = await newClient(service, { scopes: ['openid'] });
    expect((await withBasic(service, changing)).body.scope).toBe('openid');
    await change(service, changing.inum, { scopes: ['openid', 'email'] });
    expect((await withBasic(service, changing)).body.scope).toBe('email openid');
    await act(service, changing.inum, 'deactivate');
    expect((await withBasic(service, changing)).status).toBe(401);
    await act(service, changing.inum, 'activate');
    expect(await tokenOf(service, changing)).toEqual(expect.any(String));
    await remove(service, changing.inum);
    expect((await withBasic(service, changing)).status).toBe(401);
  });
});
