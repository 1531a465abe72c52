import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { afterEachRead } from '../support/interleaving.ts';
import { startKeyServer, type KeyServer } from '../support/key-server.ts';
import { editable, initialToken, manage, register, registered, TOKENS } from '../support/registration.ts';
import { caller, SCOPES, type Caller } from '../support/registry.ts';
import { countingScrypts } from '../support/scrypts.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { recordStatements } from '../support/statements.ts';

let sector: KeyServer;
let service: TestService;
let admin: string;
let clients: Caller;
beforeAll(async () => {
  sector = await startKeyServer();
  service = await startService({ env: { FETCH_ALLOW: sector.host }, fetchCa: sector.ca });
  admin = await service.adminToken();
  clients = caller(service, CLIENTS, admin, { redirectUris: ['https://a.example/cb'] });
});
afterAll(async () => {
  await service.stop();
  await sector.stop();
});

let count = 0;
const describeAnew = (inum: string) => async (): Promise<void> => {
  count += 1;
  expect((await clients.merge(inum, { description: `Change ${count}` })).status).toBe(200);
};

const expectChanging = (reply: TestReply): void => {
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([409, '1']);
  expect(reply.body.type).toBe('urn:clientele:problem:client-changing');
};

type Write = (inum: string) => Promise<TestReply>;
const post = (path: string, inum: string): Promise<TestReply> =>
  service.request('POST', `${CLIENTS}/${inum}/${path}`, { token: admin });
const WRITES: [string, Write][] = [
  ['a patch', (inum) => clients.merge(inum, { organization: 'Ours' })],
  ['a replacement', (inum) => clients.replace({ inum, redirectUris: ['https://a.example/cb'], organization: 'Ours' })],
  ['a deactivation', (inum) => post('deactivate', inum)],
  ['a rotation of the secret', (inum) => post('secret', inum)],
  ['a removal', (inum) => clients.remove(inum)],
];

describe('a client that others change while a write is prepared:', () => {
  it.each(WRITES)('%s is made again from what they have made', async (_what, write) => {
    const { inum } = await clients.created();
    const others = afterEachRead(service, inum, describeAnew(inum), 3);
    const reply = await write(inum);
    others.end();
    expect([Math.floor(reply.status / 100), others.reads]).toEqual([2, 4]);
  });

  it.each(WRITES)('%s ends with 409 after four times, and changes nothing', async (_what, write) => {
    const { inum } = await clients.created();
    const others = afterEachRead(service, inum, describeAnew(inum));
    const reply = await write(inum);
    others.end();
    expectChanging(reply);
    expect(others.reads).toBe(4);
    const { body, headers } = await clients.read(inum);
    expect([body.organization, body.disabled, headers.get('etag')]).toEqual([undefined, false, '"5-0"']);
  });

  it('a patch keeps what they have changed, and tells what it tests from it', async () => {
    const { inum } = await clients.created({ description: 'First' });
    const others = afterEachRead(service, inum, describeAnew(inum), 1);
    const merged = await clients.merge(inum, { organization: 'Ours' });
    others.end();
    expect(merged.body).toMatchObject({ organization: 'Ours', description: `Change ${count}` });
    const again = afterEachRead(service, inum, describeAnew(inum), 1);
    const test = { op: 'test', path: '/description', value: `Change ${count}` };
    const tested = await clients.patch(inum, [test, { op: 'remove', path: '/organization' }]);
    again.end();
    expect([tested.status, tested.body.type]).toEqual([409, 'urn:clientele:problem:test-failed']);
    expect(tested.headers.get('retry-after')).toBeNull();
  });

  it('what was meant for one version is refused with 412', async () => {
    const { inum } = await clients.created();
    const others = afterEachRead(service, inum, describeAnew(inum), 1);
    const reply = await clients.merge(inum, { organization: 'Ours' }, { 'If-Match': '"1-0"' });
    others.end();
    expect([reply.status, others.reads]).toEqual([412, 2]);
  });

  it('and remove is not there any more', async () => {
    const { inum } = await clients.created();
    const others = afterEachRead(service, inum, () => clients.remove(inum), 1);
    const reply = await clients.merge(inum, { organization: 'Ours' });
    others.end();
    expect([reply.status, reply.body.type]).toEqual([404, 'urn:clientele:problem:client-not-found']);
  });

  it('a secret is compared and hashed once', async () => {
    const { inum } = await clients.created({ clientSecret: 'chosen-by-a-person' });
    const others = afterEachRead(service, inum, describeAnew(inum), 3);
    const clientSecret = 'chosen-by-another';
    const { reply, scrypts } = await countingScrypts(() => clients.merge(inum, { clientSecret }));
    others.end();
    expect([reply.status, scrypts, others.reads]).toEqual([200, 2, 4]);
    expect(reply.body.description).toBe(`Change ${count}`);
  });

  it('a registration is planned again from it, and fetches once', async () => {
    const [one, two] = ['https://one.example/cb', 'https://two.example/cb'];
    sector.publish(JSON.stringify([one, two]));
    const { token } = await initialToken(service);
    const client = await registered(service, {}, token);
    sector.duringNext(() => clients.merge(client.id, { persistClientAuthorizations: true }));
    const fetches = sector.fetches;
    const more = { redirect_uris: [one, two], subject_type: 'pairwise', sector_identifier_uri: sector.url };
    const reply = await manage(service, 'PUT', client, { ...editable(client), ...more });
    expect([reply.status, sector.fetches - fetches]).toEqual([200, 1]);
    const { body } = await clients.read(client.id);
    expect(body).toMatchObject({ persistClientAuthorizations: true, redirectUris: [one, two] });
  });

  it.each(['PUT', 'DELETE'] as const)('a registration that is overtaken at each %s is told so', async (method) => {
    const { token } = await initialToken(service);
    const client = await registered(service, {}, token);
    const others = afterEachRead(service, client.id, describeAnew(client.id));
    const reply = await manage(service, method, client, method === 'PUT' ? editable(client) : undefined);
    others.end();
    expect([reply.status, reply.headers.get('retry-after'), others.reads]).toEqual([409, '1', 4]);
    expect(reply.body.error_description).toMatch(/^others change it again and again/);
    expect((await manage(service, 'GET', client)).status).toBe(200);
  });
});

describe('a registration', () => {
  it('whose scope is removed meanwhile goes without it, and uses its token once', async () => {
    const scopes = caller(service, SCOPES, admin);
    const scope = (await scopes.create({ id: 'short-lived' })).body as { inum: string };
    const { id, token } = await initialToken(service, { scopes: ['short-lived'], uses: 5 });
    const uris = ['https://one.example/cb', 'https://two.example/cb'];
    sector.publish(JSON.stringify(uris));
    sector.duringNext(() => scopes.remove(scope.inum));
    const body = { redirect_uris: uris, subject_type: 'pairwise', sector_identifier_uri: sector.url };
    const reply = await register(service, { ...body, scope: 'openid short-lived' }, token);
    expect([reply.status, reply.body.scope]).toEqual([201, 'openid']);
    const { usesLeft } = (await service.request('GET', `${TOKENS}/${id}`, { token: admin })).body as {
      usesLeft: number;
    };
    expect(usesLeft).toBe(4);
  });

  it('reads its token once and uses it once', async () => {
    const { token } = await initialToken(service);
    const statements = [recordStatements(service), recordStatements(service, 'writer')];
    expect((await register(service, { redirect_uris: ['https://a.example/cb'] }, token)).status).toBe(201);
    const queries = [...new Set(statements.flat())].map(({ query }) => query.replaceAll(/["`]/g, ''));
    const ofToken = queries.filter((query) => query.includes('initial_access_tokens'));
    expect(ofToken.map((query) => query.split(' ')[0])).toEqual(['SELECT', 'UPDATE']);
    // Nothing is planned twice: with BEGIN, COMMIT and, on MariaDB, what TypeORM reads back.
    expect(queries.length).toBeLessThanOrEqual(21);
  });
});
