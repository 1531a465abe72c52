import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { selfSignedCertificate } from '../support/certificate.ts';
import { SignJWT, UnsecuredJWT } from 'jose';
import { newClientKey } from '../support/issuer.ts';
import { startKeyServer, type KeyServer } from '../support/key-server.ts';
import { editable, initialToken, manage, register, registered, REGISTER, TOKENS } from '../support/registration.ts';
import { caller, type Caller } from '../support/registry.ts';
import { rawRequest, requestOf } from '../support/raw-request.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { issuersFile, newPublisher } from '../support/software-statements.ts';

const SCRIPTS = '/jans-config-api/api/v1/config/scripts';
const WEB = { redirect_uris: ['https://client.example/cb'], client_name: 'Shop' };

const directory = newPublisher('https://directory.example');
const other = newPublisher(directory.issuer, newClientKey('policy'));

let documents: KeyServer;
let service: TestService;
let token: string;
let scripts: Caller;

beforeAll(async () => {
  documents = await startKeyServer();
  documents.publish(JSON.stringify({ blocked: ['Bad shop'] }));
  service = await startService({
    env: {
      REGISTRATION: 'open',
      FETCH_ALLOW: documents.host,
      TRUST_PROXY: '127.0.0.1',
      CLIENT_CERT_HEADER: 'X-Client-Cert',
      SOFTWARE_STATEMENT_ISSUERS_FILE: issuersFile([{ issuer: directory.issuer, jwks: { keys: [directory.key.jwk] } }]),
    },
    fetchCa: documents.ca,
  });
  token = await service.adminToken();
  scripts = caller(service, SCRIPTS, token, { scriptType: 'client_registration', programmingLanguage: 'javascript' });
});
afterAll(async () => {
  await service.stop();
  await documents.stop();
});

let count = 0;

/** Has these scripts as the only ones for the time of `task`. */
async function withScripts<T>(texts: readonly (string | object)[], task: (inums: string[]) => Promise<T>): Promise<T> {
  const inums: string[] = [];
  for (const [level, text] of texts.entries()) {
    count += 1;
    const members = typeof text === 'string' ? { script: text } : text;
    const made = await scripts.create({ name: `policy ${count}`, level, enabled: true, ...members });
    expect([made.status, made.text]).toEqual([201, expect.anything()]);
    inums.push(made.body.inum as string);
  }
  service.clock.advance(1_000);
  try {
    return await task(inums);
  } finally {
    for (const inum of inums) await scripts.remove(inum);
    service.clock.advance(1_000);
  }
}

const create = (body: string): string => `function createClient(ctx) { ${body} }`;
const withScript = <T>(script: string | object, task: (inum: string) => Promise<T>): Promise<T> =>
  withScripts([script], ([inum = '']) => task(inum));

const scriptError = async (inum: string): Promise<unknown> =>
  (await service.request('GET', `${SCRIPTS}/inum/${inum}`, { token })).body.scriptError;

const errorOf = ({ status, body }: TestReply): readonly unknown[] => [status, body.error, body.error_description];

/** What a script has logged last. */
const told = (): string => service.logLines.findLast((line) => line.includes('a script says')) ?? '';

const FAILED = [400, 'invalid_client_metadata', 'the registration policy failed'];

describe('a policy', () => {
  it('lets a client pass, refuses it, or says why', async () => {
    const script = create(`
      if (ctx.client.client_name === 'Nameless') return false;
      if (ctx.client.client_name === 'Wrong') ctx.refuse('invalid_redirect_uri', 'not "here"');
      return true;`);
    await withScript(script, async (inum) => {
      expect((await register(service, WEB)).status).toBe(201);
      const nameless = await register(service, { ...WEB, client_name: 'Nameless' });
      expect(errorOf(nameless)).toEqual([
        400,
        'invalid_client_metadata',
        'the registration policy refuses this client',
      ]);
      const wrong = await register(service, { ...WEB, client_name: 'Wrong' });
      expect(errorOf(wrong)).toEqual([400, 'invalid_redirect_uri', "not 'here'"]);
      expect(await scriptError(inum)).toBeUndefined();
    });
    expect((await register(service, { ...WEB, client_name: 'Nameless' })).status).toBe(201);
  });

  it('holds at once in the process that it was written in, and tells the first fault of each text', async () => {
    await withScript(create('return true'), async (inum) => {
      expect((await register(service, WEB)).status).toBe(201);
      for (const fault of ['one', 'two']) {
        await scripts.merge(inum, { script: create(`throw new Error('${fault}')`) });
        expect(errorOf(await register(service, WEB))).toEqual(FAILED);
        expect(await scriptError(inum)).toMatchObject({ stackTrace: expect.stringContaining(`Error: ${fault}`) });
      }
      await scripts.merge(inum, { enabled: false });
      expect((await register(service, WEB)).status).toBe(201);
    });
  });

  it('changes a client by the rules of registration, and is asked once for each proposal', async () => {
    const script = create(`
      ctx.log('asked');
      ctx.client.contacts = ['admin@client.example'];
      ctx.client['client_name#de'] = 'Laden';
      delete ctx.client.logo_uri;
      return true;`);
    await withScript(script, async () => {
      const { metadata } = await registered(service, { ...WEB, logo_uri: 'https://client.example/logo' });
      expect(metadata).toMatchObject({ contacts: ['admin@client.example'], 'client_name#de': 'Laden' });
      expect(metadata).not.toHaveProperty('logo_uri');
      expect(service.logLines.filter((line) => line.includes('a script says')).length).toBe(1);
    });
  });

  it('is asked in the order of levels, and the first that refuses ends it', async () => {
    const first = create('ctx.client.client_name += " 1"; return true');
    const second = create('ctx.client.client_name += " 2"; return ctx.client.client_name === "Shop 1 2"');
    await withScripts([first, 'let nothing', second], async () => {
      expect((await registered(service, WEB)).metadata.client_name).toBe('Shop 1 2');
      expect((await register(service, { ...WEB, client_name: 'Other' })).status).toBe(400);
    });
  });

  it('judges changes of a registration by updateClient', async () => {
    const client = await registered(service, WEB);
    await withScript('function updateClient(ctx) { return ctx.client.client_name !== "Bad" }', async () => {
      expect((await manage(service, 'PUT', client, { ...editable(client), client_name: 'Good' })).status).toBe(200);
      expect((await manage(service, 'PUT', client, { ...editable(client), client_name: 'Bad' })).status).toBe(400);
      expect((await manage(service, 'GET', client)).body.client_name).toBe('Good');
    });
  });

  it.each([
    ['throws', create('null.x'), /TypeError/],
    ['answers nothing', create(''), /returned undefined instead of true or false/],
    ['answers nonsense', create('return "true"'), /returned a value of type string/],
    ['answers a function', create('return () => true'), /returned a function/],
    ['leaves no client', create('ctx.client = 1; return true'), /no object/],
    [
      'nests a client deeply',
      create('let a = []; for (let i = 0; i < 99; i++) a = [a]; ctx.client.contacts = a; return true'),
      /nested/,
    ],
    ['sets what administrators set', create('ctx.client.trusted_client = true; return true'), /trusted_client/],
    ['sets what the server sets', create('ctx.client.client_id = "mine"; return true'), /client_id/],
    [
      'sets what is not allowed',
      create('ctx.client.redirect_uris = ["http://client.example/"]; return true'),
      /redirect_uris/,
    ],
    ['sets what has another form', create('ctx.client.contacts = "x"; return true'), /contacts/],
    ['loops', create('for (;;);'), /it took/],
    ['takes all memory', create('const a = []; for (;;) a.push(new Uint8Array(1 << 20))'), /it took/],
    [
      'searches in megabytes',
      create('const s = "a".repeat(4e6); for (let i = 0; i < 2000; i++) s.indexOf("b" + i)'),
      /it took/,
    ],
    ['never settles', create('return new Promise(() => {})'), /never settles/],
    ['refuses with nonsense', create('ctx.refuse({})'), /no code/],
  ])('fails where it %s, and the record says when and why', async (_what, script, what) => {
    await withScript(script, async (inum) => {
      expect(errorOf(await register(service, WEB))).toEqual(FAILED);
      const error = await scriptError(inum);
      expect(error).toMatchObject({ stackTrace: expect.stringMatching(what) });
      const line = service.logLines.findLast((text) => text.includes('a script failed')) ?? '';
      expect(line).toContain(inum);
      expect(line).toMatch(/requestId/);
    });
  });

  it('holds nobody else up, and is counted', async () => {
    await withScript(create('for (;;);'), async () => {
      const hostile = Promise.all(Array.from({ length: 4 }, () => register(service, WEB)));
      const beside = await Promise.all(
        Array.from({ length: 20 }, () => service.request('GET', '/jans-config-api/api/v1/health/live')),
      );
      expect(new Set(beside.map(({ status }) => status))).toEqual(new Set([200]));
      expect((await hostile).map(errorOf)).toEqual(Array(4).fill(FAILED));
    });
    await withScript(create('return false'), () => register(service, WEB));
    const { text } = await service.request('GET', '/metrics', { token });
    for (const outcome of ['failed', 'refused'])
      expect(text).toMatch(
        new RegExp(`clientele_script_duration_seconds_count\\{function="createClient",outcome="${outcome}"\\} [1-9]`),
      );
  });
});

describe('what a policy is told', () => {
  it('is the request without anything secret', async () => {
    const client = await registered(service, WEB);
    const script = `function updateClient(ctx) {
      const text = JSON.stringify([ctx.request, ctx.client]);
      for (let at = 0; at < text.length; at += 400) ctx.log(text.slice(at, at + 400));
      return true;
    }`;
    await withScript(script, async () => {
      const headers = { 'X-Api-Key': 'its-own-key', 'X-Colour': 'blue', Cookie: 'visit=1234' };
      const path = `${REGISTER}?client_id=${client.id}`;
      const body = { ...editable(client), client_secret: client.secret };
      expect((await service.request('PUT', path, { token: client.token, headers, body })).status).toBe(200);
      const lines = service.logLines.filter((line) => line.includes('a script says')).join();
      for (const shown of ['blue', 'PUT', '127.0.0.1', client.id]) expect(lines).toContain(shown);
      for (const secret of [client.secret, client.token, 'its-own-key', 'visit=']) expect(lines).not.toContain(secret);
      expect(lines).not.toContain('registration_access_token');
    });
  });

  it('is the certificate that a proxy has seen', async () => {
    const { cert } = selfSignedCertificate();
    await withScript(create('ctx.log(ctx.certificate?.subject.CN ?? "none"); return true'), async () => {
      const der = cert.replace(/-----[A-Z ]+-----|\s/g, '');
      for (const value of [encodeURIComponent(cert), `:${der}:`]) {
        const headers = { 'X-Client-Cert': value };
        expect((await service.request('POST', REGISTER, { headers, body: WEB })).status).toBe(201);
        expect(told()).toContain('clientele test');
      }
      const pem = encodeURIComponent(cert);
      for (const value of ['nonsense%', ':bm8gY2VydGlmaWNhdGU=:', `${pem}, ${pem}`, pem + pem, pem.slice(0, -40)]) {
        const reply = await service.request('POST', REGISTER, { headers: { 'X-Client-Cert': value }, body: WEB });
        expect([reply.status, reply.body.error]).toEqual([400, 'invalid_request']);
        expect(reply.body.error_description).toMatch(/^header:x-client-cert holds no certificate that can be read/);
      }
      await service.request('POST', REGISTER, { headers: { 'X-Client-Cert': '' }, body: WEB });
      expect(told()).toContain('none');
      // Loopback is more than the address that is trusted: from this one anybody could send such a header.
      const from = { localAddress: '127.0.0.2' };
      const headers = { 'Content-Type': 'application/json', 'X-Client-Cert': `:${der}:`, 'X-Colour': 'blue' };
      const lines = service.logLines.length;
      const stranger = await rawRequest(service.url, requestOf(`POST ${REGISTER}`, headers, JSON.stringify(WEB)), from);
      expect(stranger.status).toBe(201);
      expect(service.logLines.slice(lines).find((line) => line.includes('a script says'))).toContain('none');
    });
  });

  it('are its properties, of which hidden ones are never shown', async () => {
    const properties = [
      { value1: 'colour', value2: 'blue' },
      { value1: 'password', value2: 'sesame-open', hide: true },
    ];
    const script = create(
      'ctx.log(ctx.properties.colour + ctx.properties.password); throw new Error(ctx.properties.password)',
    );
    await withScript({ script, configurationProperties: properties }, async (inum) => {
      expect(errorOf(await register(service, WEB))).toEqual(FAILED);
      expect(told()).toContain('blue********');
      expect(JSON.stringify(await scriptError(inum))).toContain('********');
      expect(service.logLines.join()).not.toContain('sesame-open');
    });
  });

  it('are documents of the hosts that it names', async () => {
    const script = `async function createClient(ctx) {
      const { blocked } = await ctx.fetchJson('${documents.url}');
      return !blocked.includes(ctx.client.client_name);
    }`;
    const fetchHosts = [{ value1: 'fetch_hosts', value2: documents.host }];
    await withScript({ script, configurationProperties: fetchHosts }, async () => {
      expect((await register(service, WEB)).status).toBe(201);
      expect((await register(service, { ...WEB, client_name: 'Bad shop' })).status).toBe(400);
    });
    await withScript(script, async (inum) => {
      expect(errorOf(await register(service, WEB))).toEqual(FAILED);
      expect(await scriptError(inum)).toMatchObject({ stackTrace: expect.stringContaining('not among those') });
    });
  });
});

describe('scopes', () => {
  it('are given as its record says, and no others', async () => {
    const script = create('ctx.client.scope += " phone address"; return true');
    const grant = [{ value1: 'grant_scopes', value2: 'phone' }];
    const scopes = async (): Promise<string[]> => (await registered(service, WEB)).metadata.scope.split(' ');
    const before = await scopes();
    const tried = async (inum: string): Promise<string[] | undefined> => {
      const { body } = await service.request('POST', `${SCRIPTS}/${inum}/test`, {
        token,
        body: { request: { body: WEB } },
      });
      return (body.changes as { scope?: string }).scope?.split(' ').sort();
    };
    await withScript(script, async (inum) => {
      expect(await scopes()).toEqual(before);
      expect(await tried(inum)).toBeUndefined();
    });
    await withScript({ script, configurationProperties: grant }, async (inum) => {
      expect((await scopes()).sort()).toEqual([...before, 'phone'].sort());
      expect(await tried(inum)).toEqual([...before, 'phone'].sort());
      expect((await registered(service, { ...WEB, scope: 'openid address' })).metadata.scope).toBe('openid phone');
    });
  });
});

describe('replies', () => {
  it('are edited where people read', async () => {
    const script = `
      const edit = (ctx) => { ctx.client.client_uri = 'https://client.example/' + ctx.request.method; return true };
      const modifyPostResponse = edit, modifyPutResponse = edit, modifyReadResponse = edit;`;
    await withScript(script, async () => {
      const client = await registered(service, WEB);
      expect(client.metadata.client_uri).toBe('https://client.example/POST');
      expect((await manage(service, 'PUT', client, editable(client))).body.client_uri).toBe(
        'https://client.example/PUT',
      );
      expect((await manage(service, 'GET', client)).body.client_uri).toBe('https://client.example/GET');
    });
  });

  it('are sent as they are where it fails or sets anything else', async () => {
    const script = 'function modifyPostResponse(ctx) { ctx.client.redirect_uris = []; return true }';
    await withScript(script, async (inum) => {
      expect((await registered(service, WEB)).metadata.redirect_uris).toEqual(WEB.redirect_uris);
      expect(await scriptError(inum)).toMatchObject({ stackTrace: expect.stringContaining('redirect_uris') });
    });
    await withScript('function modifyPostResponse(ctx) { ctx.client.client_name = "x"; return false }', async () =>
      expect((await registered(service, WEB)).metadata.client_name).toBe('Shop'),
    );
  });
});

describe('keys for software statements', () => {
  const jwks = JSON.stringify({ keys: [other.key.jwk] });
  const keys = `const getSoftwareStatementJwks = (ctx) => ctx.statement.iss === '${directory.issuer}' ? ${jwks} : null`;

  it('are added for issuers that are approved', async () => {
    const statement = await other.statement({ client_name: 'Stated' });
    const body = { ...WEB, software_statement: statement };
    expect((await register(service, body)).body.error).toBe('invalid_software_statement');
    await withScript(keys, async () => {
      expect((await registered(service, body)).metadata.client_name).toBe('Stated');
      expect((await registered(service, { ...WEB, software_statement: await directory.statement() })).id).toBeDefined();
    });
  });

  it('are shared secrets for the same, which has to be long', async () => {
    const secret = 'a-secret-that-has-enough-bytes-in-it';
    const signed = (issuer: string) =>
      new SignJWT({ iss: issuer }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
    const body = { ...WEB, software_statement: await signed(directory.issuer) };
    const foreign = { ...WEB, software_statement: await signed('https://elsewhere.example') };
    const script = (text: string): string => `function getSoftwareStatementHmacSecret(ctx) { return '${text}' }`;
    expect((await register(service, body)).body.error).toBe('invalid_software_statement');
    await withScript(script(secret.slice(0, 20)), async () =>
      expect((await register(service, body)).body.error).toBe('invalid_software_statement'),
    );
    await withScript(script(secret), async () => {
      expect((await register(service, body)).status).toBe(201);
      expect((await register(service, foreign)).body.error).toBe('unapproved_software_statement');
    });
  });
});

describe('a signed request', () => {
  const software = newClientKey('software');
  const secret = 'a-secret-that-has-enough-bytes-in-it';
  const keys = `function getDcrJwks(ctx) {
    if (ctx.request.body.client_name === 'Refused') ctx.refuse('access_denied', 'not this software');
    return ctx.statement.software_id === 'shop' ? ${JSON.stringify({ keys: [software.jwk] })} : null;
  }
  const getDcrHmacSecret = () => '${secret}';`;
  const claims = async (more: object = {}) => ({
    ...WEB,
    iss: 'shop',
    software_statement: await directory.statement({ software_id: 'shop' }),
    ...more,
  });
  const signed = async (more?: object, key: Parameters<SignJWT['sign']>[0] = software.privateKey): Promise<string> => {
    const alg = key instanceof Uint8Array ? 'HS256' : 'ES256';
    return new SignJWT({ ...(await claims(more)) }).setProtectedHeader({ alg }).sign(key);
  };
  type Signed = [raw: string, method?: string, path?: string, bearer?: string];
  const sendTo = (to: typeof service, [raw, method = 'POST', path = REGISTER, bearer]: Signed): Promise<TestReply> =>
    to.request(method, path, {
      raw,
      headers: { 'Content-Type': 'application/jwt' },
      ...(bearer !== undefined && { token: bearer }),
    });
  const send = (...request: Signed): Promise<TestReply> => sendTo(service, request);
  const INVALID = [400, 'invalid_client_metadata', 'the signed request is not valid'];

  it('is verified by the keys of a script, for issuers of statements that are approved', async () => {
    expect(errorOf(await send(await signed()))).toEqual(INVALID);
    await withScript(keys, async () => {
      const made = await send(await signed());
      expect([made.status, made.body.client_name, made.body.iss]).toEqual([201, 'Shop', undefined]);
      expect((await send(await signed({}, new TextEncoder().encode(secret)))).status).toBe(201);
      const { client_id: id, registration_access_token: own } = made.body;
      const changed = await signed({ client_id: id, client_name: 'Renamed' });
      const put = await send(changed, 'PUT', `${REGISTER}?client_id=${id}`, own as string);
      expect([put.status, put.body.client_name]).toEqual([200, 'Renamed']);
      expect(errorOf(await send(await signed({ client_name: 'Refused' })))).toEqual([
        400,
        'access_denied',
        'not this software',
      ]);
    });
  });

  it('is verified by the keys in its statement where no script has any', async () => {
    const jwks = { keys: [software.jwk] };
    const statement = await directory.statement({ jwks });
    expect((await send(await signed({ software_statement: statement }))).status).toBe(201);
  });

  it.each([
    ['another key', () => signed({}, newClientKey().privateKey)],
    ['a time that is over', () => signed({ exp: 1 })],
    ['another server', () => signed({ aud: 'https://elsewhere.example' })],
    ['no statement', () => signed({ software_statement: undefined })],
    ['another software', async () => signed({ software_statement: await directory.statement({ software_id: 'x' }) })],
    ['no signature', async () => new UnsecuredJWT(await claims()).encode()],
  ])('is refused with %s', async (_what, text) => {
    await withScript(keys, async () => expect(errorOf(await send(await text()))).toEqual(INVALID));
  });

  it('is what a deployment may want of everybody, for whom and until when', async () => {
    const file = issuersFile([{ issuer: directory.issuer, jwks: { keys: [directory.key.jwk] } }]);
    const env = { REGISTRATION: 'open', REGISTRATION_SIGNED: 'required', SOFTWARE_STATEMENT_ISSUERS_FILE: file };
    const strict = await startService({ env });
    try {
      const software_statement = await directory.statement({ jwks: { keys: [software.jwk] } });
      const both = { software_statement, aud: strict.url, exp: Math.floor(strict.clock.now() / 1_000) + 60 };
      const sendStrict = async (more: object, method = 'POST', path = REGISTER, bearer?: string): Promise<TestReply> =>
        sendTo(strict, [await signed({ ...both, ...more }), method, path, bearer]);
      const unsigned = 'send the metadata as a signed JWT (application/jwt)';
      expect(errorOf(await register(strict, { ...WEB, software_statement }))[2]).toBe(unsigned);
      for (const less of [{ aud: undefined }, { exp: undefined }, { exp: both.exp + 3_600 }])
        expect(errorOf(await sendStrict(less))[2]).toMatch(/needs exp, .* and aud/);
      expect(errorOf(await sendStrict({ aud: 'https://elsewhere.example' }))).toEqual(INVALID);
      const made = await sendStrict({});
      expect([made.status, made.text]).toEqual([201, expect.anything()]);
      const { client_id: id, registration_access_token: own } = made.body as Record<string, string>;
      const path = `${REGISTER}?client_id=${id}`;
      const put = await strict.request('PUT', path, { token: own ?? '', body: editable({ metadata: made.body }) });
      expect(errorOf(put)[2]).toBe(unsigned);
      expect((await sendStrict({ client_id: id }, 'PUT', path, own)).status).toBe(200);
    } finally {
      await strict.stop();
    }
  });

  it('is what an initial access token may want, for whom and until when, and scripts are told', async () => {
    const script = `function createClient(ctx) { ctx.log('signed: ' + ctx.request.signed); return true }`;
    const { token: bearer, ...shown } = await initialToken(service, { signed: true, uses: 9 });
    expect(shown).toMatchObject({ signed: true });
    await withScripts([keys, script], async () => {
      expect(errorOf(await register(service, WEB, bearer))).toEqual([
        400,
        'invalid_client_metadata',
        'send the metadata as a signed JWT (application/jwt)',
      ]);
      const soon = Math.floor(service.clock.now() / 1_000) + 60;
      const both = { aud: service.url, exp: soon };
      const needed = `the signed request needs exp, in an hour at most, and aud, which is ${service.url}`;
      for (const less of [{}, { aud: service.url }, { exp: soon }, { ...both, exp: soon + 3_600 }]) {
        const [status, , description] = errorOf(await send(await signed(less), 'POST', REGISTER, bearer));
        expect([status, description]).toEqual([400, needed]);
      }
      const made = await send(await signed(both), 'POST', REGISTER, bearer);
      expect([made.status, told()]).toEqual([201, expect.stringContaining('signed: true')]);
      const { client_id: id, registration_access_token: own } = made.body as Record<string, string>;
      const client = { metadata: made.body };
      const path = `${REGISTER}?client_id=${id}`;
      await service.request('DELETE', `${TOKENS}/${shown.id}`, { token });
      const unsigned = await service.request('PUT', path, { token: own ?? '', body: editable(client) });
      expect(errorOf(unsigned)[2]).toContain('signed JWT');
      const put = await send(await signed({ ...both, client_id: id }), 'PUT', path, own);
      expect(put.status).toBe(200);
      expect((await register(service, WEB)).status).toBe(201);
      expect(told()).toContain('signed: false');
    });
  });

  it('is a JWT with metadata in it, and for registrations only', async () => {
    expect((await send('no.jwt')).body.error).toBe('invalid_client_metadata');
    const other = await send(await signed(), 'POST', CLIENTS, token);
    expect([other.status, other.headers.get('accept')]).toEqual([415, 'application/json']);
    const text = await service.request('POST', REGISTER, { raw: 'x', headers: { 'Content-Type': 'text/plain' } });
    expect([text.status, text.headers.get('accept')]).toEqual([415, 'application/json, application/jwt']);
    const wrong = await send(await signed({ redirect_uris: 7 }));
    expect(wrong.body.error).toBe('invalid_redirect_uri');
  });
});

describe('the certificate of a client', () => {
  const { cert } = selfSignedCertificate();
  const headers = { 'X-Client-Cert': encodeURIComponent(cert) };
  const by = (expression: string): string => `function isCertValidForClient(ctx) { return ${expression} }`;

  it('is judged where it is to authenticate by it, by the script with the highest level that has the function', async () => {
    const client = await registered(service, WEB);
    // The built-in issuer takes none, so that only administrators have clients authenticate so elsewhere.
    const patch = { tokenEndpointAuthMethod: 'tls_client_auth', attributes: { tlsClientAuthSubjectDn: 'CN=test' } };
    const type = { 'Content-Type': 'application/merge-patch+json' };
    const patched = await service.request('PATCH', `${CLIENTS}/${client.id}`, { token, body: patch, headers: type });
    expect(patched.status).toBe(200);
    const { body: metadata } = await manage(service, 'GET', client);
    const put = (more: object = {}, sent: Record<string, string> = headers): Promise<TestReply> =>
      service.request('PUT', `${REGISTER}?client_id=${client.id}`, {
        token: client.token,
        headers: sent,
        body: { ...editable({ metadata }), ...more },
      });
    const asked = by("ctx.certificate.subject.CN === 'clientele test' && ctx.client.client_name === 'Shop'");
    await withScripts([by('false'), asked, '// isCertValidForClient is not here'], async () => {
      expect((await put()).body).toMatchObject({ client_name: 'Shop' });
      const refused = [400, 'invalid_client_metadata', 'the registration policy refuses this client'];
      expect(errorOf(await put({ client_name: 'Other' }))).toEqual(refused);
      // Without a certificate there is none to judge.
      expect((await put({ client_name: 'Other' }, {})).status).toBe(200);
    });
    await withScript(by('ctx.client.client_name = "x"'), async () => expect(errorOf(await put())).toEqual(FAILED));
  });
});

describe('the Config-API', () => {
  const script = `
    function judge(ctx) {
      if (ctx.client.client_name === 'Bad') ctx.refuse('access_denied', 'not this name');
      ctx.client.contacts = ['admin@client.example'];
      ctx.client['client_name#fr'] = 'Boutique';
      if (ctx.client.client_name === 'Broken') ctx.client.redirect_uris = ['nonsense'];
      return true;
    }
    const createClient = judge, updateClient = judge;`;
  const standing = { script, configurationProperties: [{ value1: 'config_api', value2: 'true' }] };
  const members = { redirectUris: ['https://client.example/cb'] };

  it('is judged where the script says so', async () => {
    const clients = caller(service, CLIENTS, token, members);
    await withScript(standing, async (inum) => {
      const refused = await clients.create({ clientName: 'Bad' });
      expect([refused.status, refused.body.errors]).toEqual([
        400,
        [{ pointer: '', detail: 'not this name', rule: 'policy' }],
      ]);
      const made = await clients.create({ displayName: 'Shop' });
      expect([made.status, made.text]).toEqual([201, expect.anything()]);
      expect(made.body).toMatchObject({
        contacts: ['admin@client.example'],
        clientNameLocalized: { values: { fr: 'Boutique', '': 'Shop' } },
      });
      const patched = await clients.merge(made.body.inum as string, { clientName: 'Shop 2', contacts: null });
      expect(patched.body).toMatchObject({ clientName: 'Shop 2', contacts: ['admin@client.example'] });
      expect((await clients.merge(made.body.inum as string, { clientName: 'Bad' })).status).toBe(400);
      expect((await clients.replace({ ...made.body, clientName: 'Bad', displayName: 'Bad' })).status).toBe(400);
      const broken = await clients.create({ clientName: 'Broken' });
      expect(broken.body.errors).toMatchObject([{ detail: 'the registration policy failed', rule: 'policy' }]);
      expect(await scriptError(inum)).toMatchObject({ stackTrace: expect.stringContaining('redirectUris') });
    });
  });

  it('is not judged otherwise', async () => {
    const clients = caller(service, CLIENTS, token, members);
    await withScript(script, async () => expect((await clients.create({ clientName: 'Bad' })).status).toBe(201));
  });
});

describe('a script of the catalog', () => {
  /** Has a script of the catalog, as it is, with these properties. */
  async function withCatalog<T>(name: string, properties: Record<string, string>, task: () => Promise<T>): Promise<T> {
    const { body } = await service.request('GET', `${SCRIPTS}/catalog`, { token });
    const { script } = (body as { name: string; script: string }[]).find((entry) => entry.name === name) ?? {};
    const configurationProperties = Object.entries(properties).map(([value1, value2]) => ({ value1, value2 }));
    return withScript({ script, configurationProperties }, task);
  }

  it('keeps redirect URIs on its hosts, whoever writes the client', async () => {
    await withCatalog('redirect-hosts', { hosts: '*.client.example', config_api: 'true' }, async () => {
      expect(errorOf(await register(service, WEB))).toEqual([
        400,
        'invalid_redirect_uri',
        expect.stringContaining('https://client.example/cb'),
      ]);
      const within = await registered(service, { ...WEB, redirect_uris: ['https://a.client.example/cb'] });
      const body = { ...editable(within), redirect_uris: ['https://evil.example/cb'] };
      expect((await manage(service, 'PUT', within, body)).status).toBe(400);
      const written = { redirectUris: ['https://evil.example/cb'] };
      expect((await service.request('POST', CLIENTS, { token, body: written })).status).toBe(400);
    });
  });

  it('wants a software statement', async () => {
    await withCatalog('require-software-statement', { issuers: directory.issuer }, async () => {
      expect((await register(service, WEB)).body.error).toBe('invalid_software_statement');
      const client = await registered(service, { ...WEB, software_statement: await directory.statement() });
      expect((await manage(service, 'PUT', client, editable(client))).status).toBe(200);
    });
  });

  it('gives default and fixed values', async () => {
    const properties = { defaults: '{"contacts": ["iam@client.example"]}', fixed: '{"require_pkce": true}' };
    await withCatalog('default-values', properties, async () => {
      const { metadata } = await registered(service, { ...WEB, require_pkce: false });
      expect(metadata).toMatchObject({ contacts: ['iam@client.example'], require_pkce: true });
      const contacts = ['own@client.example'];
      expect((await registered(service, { ...WEB, contacts })).metadata.contacts).toEqual(contacts);
    });
  });

  it('makes clients of the FAPI 2.0 profile', async () => {
    await withCatalog('fapi2-client', {}, async () => {
      expect((await register(service, WEB)).body.error_description).toContain('token_endpoint_auth_method');
      const jwks = { keys: [newClientKey('fapi').jwk] };
      const client = await registered(service, { ...WEB, token_endpoint_auth_method: 'private_key_jwt', jwks });
      expect(client.metadata).toMatchObject({
        require_pkce: true,
        require_pushed_authorization_requests: true,
        dpop_bound_access_tokens: true,
        id_token_signed_response_alg: 'PS256',
      });
      expect((await manage(service, 'PUT', client, editable(client))).status).toBe(200);
    });
  });

  it('registers for open banking', async () => {
    const claims = { software_id: 'clientele test', org_id: 'clientele test', software_roles: ['AISP'] };
    const software_statement = await directory.statement({ ...claims, software_redirect_uris: WEB.redirect_uris });
    const jwks = { keys: [newClientKey('tpp').jwk] };
    const body = { ...WEB, software_statement, token_endpoint_auth_method: 'private_key_jwt', jwks };
    const properties = {
      ...{ statement_issuers: directory.issuer, grant_scopes: 'phone', roles: '{"AISP": "phone", "PISP": "address"}' },
      ...{ certificate_organisation: 'CN', signing_alg: 'ES256' },
    };
    await withCatalog('open-banking', properties, async () => {
      expect((await register(service, body)).body.error_description).toBe('a client certificate is needed');
      const headers = { 'X-Client-Cert': encodeURIComponent(selfSignedCertificate().cert) };
      const made = await service.request('POST', REGISTER, { headers, body });
      expect([made.status, made.body.scope.split(' ').sort()]).toEqual([201, ['openid', 'phone']]);
      expect(made.body).toMatchObject({ software_id: 'clientele test', id_token_signed_response_alg: 'ES256' });
      const elsewhere = { ...body, redirect_uris: ['https://client.example/other'] };
      expect((await service.request('POST', REGISTER, { headers, body: elsewhere })).body.error).toBe(
        'invalid_redirect_uri',
      );
    });
  });
});

describe('a trial', () => {
  const script = create(`
    if (ctx.client.client_name === 'Bad') ctx.refuse('access_denied', 'not this name');
    if (ctx.client.client_name === 'Broken') ctx.client.redirect_uris = ['nonsense'];
    ctx.log(ctx.properties.colour + ctx.request.headers['x-colour'] + ctx.request.address + ctx.certificate?.subject.CN);
    ctx.client.contacts = ['admin@client.example'];
    return true;`);
  const configurationProperties = [
    { value1: 'colour', value2: 'blue' },
    { value1: 'password', value2: 'sesame-open', hide: true },
  ];
  const stored = { script, configurationProperties, enabled: false };
  const post = (path: string, body: object, bearer = token): Promise<TestReply> =>
    service.request('POST', `${SCRIPTS}/${path}`, { token: bearer, body });

  it('tells what a script decides, and saves nothing', async () => {
    await withScript(stored, async (inum) => {
      const before = (await service.request('GET', `${SCRIPTS}/inum/${inum}`, { token })).text;
      const request = {
        body: WEB,
        address: '10.1.2.3',
        headers: { 'x-colour': ' red ', authorization: 'Bearer x' },
        certificate: selfSignedCertificate().cert,
      };
      const passed = await post(`${inum}/test`, { request });
      expect(passed.body).toEqual({
        decision: 'passed',
        changes: { contacts: ['admin@client.example'] },
        log: ['blue red 10.1.2.3clientele test'],
        milliseconds: expect.any(Number),
      });
      const refused = await post(`${inum}/test`, { request: { body: { ...WEB, client_name: 'Bad' } } });
      expect(refused.body).toMatchObject({
        decision: 'refused',
        error: { error: 'access_denied', description: 'not this name' },
      });
      const broken = await post(`${inum}/test`, { request: { body: { ...WEB, client_name: 'Broken' } } });
      expect(broken.body).toMatchObject({
        decision: 'failed',
        error: { description: expect.stringContaining('redirect_uris') },
      });
      const missing = await post(`${inum}/test`, { request: { method: 'PUT', body: WEB } });
      expect(missing.body.decision).toBe('missing');
      const bad = await post(`${inum}/test`, { request: { body: { redirect_uris: ['x'] } } });
      expect([bad.status, bad.body.errors[0].pointer]).toEqual([400, '/request/body/redirect_uris/0']);
      expect((await service.request('GET', `${SCRIPTS}/inum/${inum}`, { token })).text).toBe(before);
      expect((await post('nobody/test', { request: {} })).status).toBe(404);
    });
  });

  it('never has hidden properties where a text or properties are brought', async () => {
    await withScript(stored, async (inum) => {
      const tell = create(
        'ctx.log([...ctx.properties.password ?? "none"].join("-") + ctx.properties.colour); return true',
      );
      const given = await post(`${inum}/test`, {
        request: {},
        client: {},
        script: tell,
        properties: { colour: 'red' },
      });
      expect(given.body.log).toEqual(['n-o-n-ered']);
      await scripts.merge(inum, { script: tell });
      const other = await post(`${inum}/test`, { request: {}, client: {}, properties: { colour: 'red' } });
      expect(other.body.log).toEqual(['n-o-n-ered']);
    });
  });

  it('runs over the clients that there are, as a task whose progress can be read', async () => {
    const clients = caller(service, CLIENTS, token, { redirectUris: ['https://client.example/cb'] });
    for (const clientName of ['Bad', 'Bad', 'Shop'])
      await clients.create({ clientName, description: 'for the replay' });
    await withScript(stored, async (inum) => {
      const begun = await post(`${inum}/replay`, { pattern: 'for the replay', limit: 10 });
      expect([begun.status, begun.body.done]).toEqual([202, 0]);
      const address = begun.headers.get('location') ?? '';
      await service.tasks.runner.run();
      const { body } = await service.request('GET', address, { token });
      expect(body).toMatchObject({ state: 'done', done: 3, total: 3, passed: 0, changed: 1, refused: 2, failed: 0 });
      expect(body.reasons).toEqual(
        expect.arrayContaining([
          {
            decision: 'refused',
            reason: 'not this name',
            clients: 2,
            examples: [expect.any(String), expect.any(String)],
          },
          { decision: 'changed', reason: 'contacts', clients: 1, examples: [expect.any(String)] },
        ]),
      );
      const which = { filter: 'clientName eq "BAD" and not (description sw "other")', pattern: 'for the replay' };
      const found = (await post(`${inum}/replay`, which)).headers.get('location') ?? '';
      await service.tasks.runner.run();
      expect((await service.request('GET', found, { token })).body).toMatchObject({
        state: 'done',
        done: 2,
        refused: 2,
      });
      // What cannot be asked is told at once.
      const wrong = await post(`${inum}/replay`, { filter: 'colour eq "red"', fieldValuePair: 'colour' });
      expect([wrong.status, wrong.body.errors.map((fault: { pointer: string }) => fault.pointer)]).toEqual([
        400,
        ['/fieldValuePair', '/filter'],
      ]);
      const writer = await service.adminToken('https://jans.io/oauth/config/scripts.write');
      expect((await post(`${inum}/replay`, {}, writer)).status).toBe(403);
      expect((await service.request('GET', `${SCRIPTS}/other/replay/${body.id}`, { token })).status).toBe(404);
      const one = () => post(`${inum}/replay`, { limit: 1 });
      expect((await Promise.all(Array.from({ length: 20 }, one))).map(({ status }) => status)).not.toContain(409);
      const refused = await one();
      expect([refused.status, refused.body.type]).toEqual([409, 'urn:clientele:problem:too-many-runs']);
      await service.tasks.runner.run();
      expect((await one()).status).toBe(202);
      await service.tasks.runner.run();
    });
  });
});
