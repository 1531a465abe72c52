import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { foundations } from '../../api/compose.ts';
import { idempotency, senderOf, type Idempotency } from '../../api/shared/idempotency/idempotency.ts';
import { incarnationIn } from '../../api/shared/incarnation.ts';
import { keyRing, newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { newClient } from '../support/clients.ts';
import { claimsOf, tokenOf } from '../support/issuer.ts';
import { caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const HOUR = 3_600_000;
const WRITE = 'https://jans.io/oauth/config/openid/clients.write';
const READ = 'https://jans.io/oauth/config/openid/clients.readonly';

let service: TestService;
let token: string;
/** The same database as another process has it. */
let database: Database;
let work: TestService['work'];

beforeAll(async () => {
  service = await startService();
  database = await openDatabase(service.ground.config.databaseUrl);
  ({ work } = foundations({ ...service.ground, database }));
});
afterAll(async () => {
  await database.close();
  await service.stop();
});
beforeEach(async () => {
  token = await service.adminToken();
});

const newKey = (): string => randomBytes(24).toString('base64url');
const body = { clientName: 'Once', redirectUris: [], grantTypes: ['client_credentials'] };

const post = (key: string, more: object = {}, as = token): Promise<TestReply> =>
  caller(service, CLIENTS, as, body).create(more, { 'Idempotency-Key': key });

const named = async (name: string): Promise<number> =>
  (await service.request('GET', `${CLIENTS}?fieldValuePair=clientName=${name}`, { token })).body
    .totalEntriesCount as number;

const scopesOf = (jwt: string): Set<string> => new Set(String(claimsOf(jwt)['scope']).split(' '));

interface Elsewhere {
  readonly done: Promise<unknown>;
  readonly end: () => void;
}

interface Attempt {
  readonly key: string;
  readonly content: object;
  readonly reply?: object;
  /** Fails with this when everything is done. */
  readonly failure?: string;
}

/** The same request at another replica: it has begun when this resolves, and is done when it is told to `end`. */
async function elsewhere(at: Idempotency, { key, content, reply = {}, failure }: Attempt): Promise<Elsewhere> {
  const [begun, ending] = [signal(), signal()];
  const request = {
    header: key,
    operation: 'post-oauth-openid-client',
    sender: senderOf({
      issuer: service.ground.config.issuer,
      clientId: service.admin.clientId,
      scopes: scopesOf(token),
      incarnation: incarnationIn(String(claimsOf(token)['jti'])),
    }),
    content: [{}, {}, 'application/json', { ...body, ...content }],
  };
  const done = at.once(request, async (keep) => {
    begun.give();
    await ending.given;
    const kept = await work.write(async (stores) => {
      await stores.settings.set(key, 'done');
      return keep(stores, { status: 201, body: reply });
    });
    if (failure !== undefined) throw new Error(failure);
    return kept;
  });
  done.catch(() => begun.give());
  await begun.given;
  return { done, end: ending.give };
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}

const replica = (): Idempotency => idempotency({ ...service.ground, work });

describe('a request with an idempotency key', () => {
  it('gets the same reply again, the secret included, and nothing is done twice', async () => {
    const key = randomUUID();
    const first = await post(key, { clientName: 'twice' });
    expect([first.status, first.body.clientSecret]).toEqual([201, expect.stringMatching(/^[\w-]{43}$/)]);
    service.clock.advance(HOUR);
    token = await service.adminToken();
    for (const header of [key, `"${key}"`]) {
      const again = await post(header, { clientName: 'twice' });
      expect([again.status, again.text]).toEqual([201, first.text]);
      for (const name of ['etag', 'location', 'content-type', 'cache-control'])
        expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
    }
    expect(await named('twice')).toBe(1);
    const audit = await service.database.reader.query<object[]>(
      `SELECT id FROM audit_records WHERE inum = '${first.body.inum}'`,
    );
    expect(audit).toHaveLength(1);
  });

  it('may write the members of its body in another order, and nothing else', async () => {
    const key = newKey();
    const first = await post(key, { clientName: 'order' });
    const headers = { 'Idempotency-Key': key, 'Content-Type': 'application/json' };
    const raw = '{ "grantTypes": ["client_credentials"], "redirectUris": [], "clientName": "order" }';
    expect((await service.request('POST', CLIENTS, { token, headers, raw })).text).toBe(first.text);

    const other = await post(key, { clientName: 'another' });
    expect([other.status, other.body.type]).toEqual([422, 'urn:clientele:problem:idempotency-key-reused']);
    expect(other.text).not.toContain(first.body.inum);
    expect(await named('another')).toBe(0);
  });

  it('is done once, however many arrive together', async () => {
    const key = newKey();
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(key, { clientName: 'together' })));
    const created = replies.filter((reply) => reply.status === 201);
    const waiting = replies.filter((reply) => reply.status !== 201);
    expect(new Set(created.map((reply) => reply.text)).size).toBe(1);
    for (const reply of waiting) {
      expect([reply.status, reply.body.type]).toEqual([409, 'urn:clientele:problem:request-in-progress']);
      expect(reply.headers.get('retry-after')).toBe('1');
    }
    expect(await named('together')).toBe(1);
    expect((await post(key, { clientName: 'together' })).text).toBe(created[0]?.text);
  });

  it('is 409 while another replica is at it, and answers what that one has kept', async () => {
    const key = newKey();
    const client = await newClient(service);
    const other = await elsewhere(replica(), { key, content: { clientName: 'elsewhere' }, reply: client });
    expect((await post(key, { clientName: 'elsewhere' })).status).toBe(409);
    other.end();
    await other.done;
    const reply = await post(key, { clientName: 'elsewhere' });
    expect([reply.status, reply.body]).toEqual([201, client]);
  });

  it('is free a minute after a process that died with it, and what that one did late is undone', async () => {
    const key = newKey();
    const other = await elsewhere(replica(), { key, content: {} });
    expect((await post(key, { clientName: 'dead' })).status).toBe(409);
    // Not before: a request that only takes long must not be done a second time.
    service.clock.advance(55_000);
    expect((await post(key, { clientName: 'dead' })).status).toBe(409);
    service.clock.advance(6_000);
    token = await service.adminToken();
    const reply = await post(key, { clientName: 'dead' });
    expect(reply.status).toBe(201);
    other.end();
    await expect(other.done).rejects.toThrow('request-in-progress');
    expect(await service.work.read(({ settings }) => settings.get(key))).toBeUndefined();
    expect((await post(key, { clientName: 'dead' })).text).toBe(reply.text);
  });

  it('that failed after it was done is not done again', async () => {
    const key = newKey();
    const client = await newClient(service);
    const other = await elsewhere(replica(), { key, content: { clientName: 'lost' }, reply: client, failure: 'lost' });
    other.end();
    await expect(other.done).rejects.toThrow('lost');
    const reply = await post(key, { clientName: 'lost' });
    expect([reply.status, reply.body]).toEqual([201, client]);
  });

  it('that fails does not use the key up', async () => {
    const key = newKey();
    const taken = (await newClient(service)).inum;
    expect((await post(key, { inum: taken })).status).toBe(409);
    expect((await post(key, { clientName: 'mended', grantTypes: ['magic'] })).status).toBe(400);
    expect((await post(key, { clientName: 'mended', scopes: ['no-such-scope'] })).status).toBe(400);
    expect((await post(key, { clientName: 'mended' })).status).toBe(201);
  });

  it('says nothing to another caller who knows the key', async () => {
    const key = newKey();
    const first = await post(key, { clientName: 'mine' });
    const other = await tokenOf(service, await newClient(service, { scopes: [WRITE] }));
    const reply = await post(key, { clientName: 'mine' }, other);
    expect([reply.status, reply.body.inum === first.body.inum]).toEqual([201, false]);
    const reader = await tokenOf(service, await newClient(service, { scopes: [READ] }));
    expect((await post(key, { clientName: 'mine' }, reader)).status).toBe(403);
    expect((await service.request('POST', CLIENTS, { headers: { 'Idempotency-Key': key }, body })).status).toBe(401);
  });

  it('says nothing to a caller that was made under the id of another', async () => {
    const key = newKey();
    const members = { inum: 'made-again', scopes: [WRITE] };
    const first = await post(key, { clientName: 'before' }, await tokenOf(service, await newClient(service, members)));
    expect((await service.request('DELETE', `${CLIENTS}/made-again`, { token })).status).toBe(204);
    service.clock.advance(1_000);
    const reply = await post(key, { clientName: 'before' }, await tokenOf(service, await newClient(service, members)));
    expect([reply.status, reply.body.inum === first.body.inum]).toEqual([201, false]);
  });

  it('says nothing to the same caller with other scopes', async () => {
    const key = newKey();
    const [client, first] = [await newClient(service, { scopes: [WRITE, READ] }), { clientName: 'less' }];
    const both = await post(key, first, await tokenOf(service, client));
    const [less, again] = [await tokenOf(service, client, { scope: WRITE }), await tokenOf(service, client)];
    const reply = await post(key, first, less);
    expect([reply.status, reply.body.inum === both.body.inum]).toEqual([201, false]);
    expect((await post(key, first, again)).text).toBe(both.text);
  });

  it('belongs to the client of one issuer, whatever ids another one gives out', () => {
    const caller = { clientId: 'the-same', scopes: new Set([WRITE]) };
    const at = (issuer: string): string => senderOf({ ...caller, issuer });
    expect(at('https://one.example')).not.toBe(at('https://two.example'));
    expect(at('https://one.example')).toBe(at('https://one.example'));
  });

  it('has forgotten its reply after a day, and a sweep has removed it', async () => {
    const key = newKey();
    const first = await post(key, { clientName: 'yesterday' });
    service.clock.advance(24 * HOUR - 2_000);
    token = await service.adminToken();
    expect((await post(key, { clientName: 'yesterday' })).text).toBe(first.text);
    service.clock.advance(2_000);
    const second = await post(key, { clientName: 'yesterday' });
    expect([second.status, second.body.inum === first.body.inum]).toEqual([201, false]);

    const rows = async (): Promise<number> =>
      (await service.database.reader.query<object[]>('SELECT id FROM idempotent_requests')).length;
    service.clock.advance(25 * HOUR);
    token = await service.adminToken();
    const late = newKey();
    await post(late);
    await Promise.all([service.sweep(), replica().sweep(), replica().sweep()]);
    expect(await rows()).toBe(1);
    expect((await post(late)).status).toBe(201);
  });
});

describe('an idempotency key that is no secret', () => {
  it.each([
    ['empty', ''],
    ['short', 'abcDEF123456789012345'],
    ['of other characters', 'a b'.repeat(10)],
    ['quoted on one side', `"${'aB3-_x'.repeat(4)}`],
    ['of too few digits', '12345678901234567890123456789012345678'],
    ['half a UUID', '0e5c4f60-9c53-4f0e-9c53'],
    ['a UUID of the time', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
    ['words', 'my-idempotency-key-0001'],
    ['too few letters of one case', 'ABCDEFGHIJKLMNOPQRSTUV23'],
    ['one character', 'x'.repeat(40)],
    ['too long', 'aB3-_x'.repeat(22)],
  ])('because it is %s is refused with the rule', async (_what, key) => {
    const reply = await post(key, { clientName: 'weak' });
    expect([reply.status, reply.body.errors]).toEqual([
      400,
      [expect.objectContaining({ parameter: 'header:idempotency-key', detail: expect.stringContaining('random') })],
    ]);
    if (key !== '') expect(reply.text).not.toContain(key);
    expect(await named('weak')).toBe(0);
  });

  it.each([
    ['22 letters and digits', 'kJ8xQ2mVb5TzR7wYcN4dHs'],
    ['25 letters and digits of one case', 'k3j8xq2mvb5tzr7wycn4dhs6p'],
    ['a UUID', randomUUID()],
    ['32 hexadecimal digits', randomBytes(16).toString('hex')],
    ['39 digits', '314159265358979323846264338327950288419'],
  ])('does not stop %s', async (_what, key) => {
    expect((await post(key)).status).toBe(201);
  });
});

describe('a kept reply', () => {
  it('is not told by its row, not even to who has the key ring', async () => {
    const key = newKey();
    const { body: client } = await post(key, { clientName: 'sealed' });
    const rows = await service.database.reader.query<Record<string, string>[]>('SELECT * FROM idempotent_requests');
    for (const row of rows) {
      const text = JSON.stringify(row);
      for (const secret of [key, client.clientSecret, client.inum]) expect(text).not.toContain(secret);
    }
    const { id = '', reply = '' } = rows.find((row) => row['reply']) ?? {};
    const place = { purpose: 'idempotency', row: id, column: 'idempotent_requests.reply' };
    expect(() => service.ground.ring.decrypt(reply, place)).toThrow();
    expect(() => service.ground.ring.decrypt(reply, { ...place, secret: newKey() })).toThrow();
  });

  it('is lost with the encryption key that it is under, which is told and does nothing', async () => {
    const key = newKey();
    const attempt = { key, content: { clientName: 'under the old key' } };
    const old = await elsewhere(replica(), attempt);
    old.end();
    await old.done;
    const ring = keyRing(newKeyRingSpec().replace('k1:', 'k2:'));
    const other = await elsewhere(idempotency({ ...service.ground, ring, work }), attempt);
    await expect(other.done).rejects.toThrow('reply-lost');
  });
});
