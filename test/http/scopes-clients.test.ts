import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timestamp } from '../../api/shared/clock.ts';
import { completeScope } from '../../api/scopes/scope.document.ts';
import { fill } from '../../scripts/seed/fill.ts';
import { databaseKind } from '../support/database.ts';
import { caller, pointersOf, SCOPES, type Caller } from '../support/registry.ts';
import { basic, CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { recordStatements, type Statement } from '../support/statements.ts';

const P = 'https://jans.io/oauth/config/';

let service: TestService;
let token: string;
let scopes: Caller;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  scopes = caller(service, SCOPES, token);
  clients = caller(service, CLIENTS, token);
});
afterAll(() => service.stop());

const scope = (id: string, more: object = {}): Promise<TestReply['body']> => scopes.created({ id, ...more });
const client = (ids: string[], more: object = {}): Promise<TestReply['body']> =>
  clients.created({ redirectUris: [], grantTypes: ['client_credentials'], scopes: ids, ...more });
const tokenOf = (inum: string, secret: string): Promise<TestReply> =>
  service.request('POST', '/jans-auth/restv1/token', {
    headers: basic(inum, secret),
    form: { grant_type: 'client_credentials' },
  });
/** Who may do this and nothing else. */
async function callerWith(ids: string[]): Promise<string> {
  const { inum, clientSecret } = await client(ids);
  return (await tokenOf(inum, clientSecret)).body.access_token;
}

describe('a client refers to scopes', () => {
  it('by id or DN, each once, and never by anything else', async () => {
    const { inum, dn } = await scope('refer.one');
    const { scopes: kept } = await client(['refer.one', dn, 'refer.one', 'openid']);
    expect(kept).toEqual([dn, 'inum=F0C4,ou=scopes,o=jans']);
    const wrong = [
      'refer.none',
      inum,
      'inum=NOPE,ou=scopes,o=jans',
      `inum=${inum},ou=attributes,o=jans`,
      'REFER.ONE',
      'refer .one',
    ];
    const reply = await clients.create({ redirectUris: [], scopes: ['openid', ...wrong] });
    expect([reply.status, reply.body.message]).toEqual([400, `Invalid scope in request -> [${wrong.join(', ')}]`]);
    expect(pointersOf(reply)).toEqual(wrong.map((_id, index) => `/scopes/${index + 1}`));
    const absent = await clients.create({ redirectUris: [], scopes: ['', null] });
    expect([absent.status, pointersOf(absent)]).toEqual([400, ['/scopes/0', '/scopes/1']]);
  });

  it('and two editors who add different ones at the same moment both succeed', async () => {
    const added = await Promise.all(['a', 'b', 'c', 'd'].map((name) => scope(`edited.${name}`)));
    const { inum } = await client(['openid']);
    const replies = await Promise.all(
      added.map(({ id }) => clients.patch(inum, [{ op: 'add', path: '/scopes/-', value: id }])),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { body } = await clients.read(inum);
    expect([...body.scopes].sort()).toEqual(['inum=F0C4,ou=scopes,o=jans', ...added.map(({ dn }) => dn)].sort());
  });
});

describe('a scope that is renamed', () => {
  it('is not given under its former name, also to who has had it a moment ago, and another one is that has the name now', async () => {
    const { inum, dn } = await scope('given.first');
    for (const written of ['given.first', dn]) expect((await client([written])).scopes).toEqual([dn]);
    expect((await scopes.merge(inum, { id: 'given.second' })).status).toBe(200);
    const gone = await clients.create({ redirectUris: [], scopes: ['openid', 'given.first'] });
    expect([gone.status, pointersOf(gone)]).toEqual([400, ['/scopes/1']]);
    expect((await client([dn, 'given.second'])).scopes).toEqual([dn]);
    const other = await scope('given.first');
    expect((await client(['given.first', 'given.second'])).scopes).toEqual([other.dn, dn]);
  });

  it('is not given when it is gone', async () => {
    const { inum } = await scope('given.away');
    const { inum: had } = await client(['given.away']);
    expect((await clients.remove(had)).status).toBe(204);
    expect((await scopes.remove(inum)).status).toBe(204);
    const reply = await clients.create({ redirectUris: [], scopes: ['given.away', 'openid'] });
    expect([reply.status, pointersOf(reply)]).toEqual([400, ['/scopes/0']]);
  });

  it('stays with its clients, and stands in their next token under its new id', async () => {
    const { inum, dn } = await scope('old.name');
    const { inum: id, clientSecret } = await client(['old.name']);
    expect((await tokenOf(id, clientSecret)).body.scope).toBe('old.name');
    expect((await scopes.patch(inum, [{ op: 'replace', path: '/id', value: 'new.name' }])).status).toBe(200);
    expect((await clients.read(id)).body.scopes).toEqual([dn]);
    expect((await tokenOf(id, clientSecret)).body.scope).toBe('new.name');
    expect((await clients.list({ fieldValuePair: 'scopes=new.name' })).body.totalEntriesCount).toBe(1);
    expect((await clients.list({ fieldValuePair: 'scopes=old.name' })).status).toBe(400);
    expect((await scopes.create({ id: 'old.name' })).status).toBe(201);
    expect((await tokenOf(id, clientSecret)).body.scope).toBe('new.name');
  });
});

describe('a scope that is taken from a client', () => {
  it('is missing from its next token', async () => {
    await scope('kept.here');
    const { dn } = await scope('taken.away');
    const { inum, clientSecret, scopes: both } = await client(['kept.here', 'taken.away']);
    expect((await tokenOf(inum, clientSecret)).body.scope.split(' ').sort()).toEqual(['kept.here', 'taken.away']);
    await clients.patch(inum, [{ op: 'remove', path: `/scopes/${both.indexOf(dn)}` }]);
    expect((await tokenOf(inum, clientSecret)).body.scope).toBe('kept.here');
  });
});

describe('a scope that ends', () => {
  it('is in no token that is issued afterwards', async () => {
    await scope('stays');
    const end = timestamp(service.clock.now() + 60_000);
    const { inum: ending } = await scope('ends', { expirationDate: end });
    const { inum, clientSecret } = await client(['stays', 'ends']);
    expect((await tokenOf(inum, clientSecret)).body.scope).toBe('ends stays');
    service.clock.advance(61_000);
    expect((await tokenOf(inum, clientSecret)).body.scope).toBe('stays');
    await scopes.merge(ending, { expirationDate: null });
    expect((await tokenOf(inum, clientSecret)).body.scope).toBe('ends stays');
  });
});

describe('deleting a scope that clients have', () => {
  it('is refused with their number, and takes it from all of them with force', async () => {
    const { inum, dn } = await scope('doomed');
    const made = [await client(['doomed']), await client(['openid', 'doomed']), await client(['openid'])];
    const refused = await scopes.remove(inum);
    expect([refused.status, refused.body.type, refused.body.detail]).toEqual([
      409,
      'urn:clientele:problem:in-use',
      'this scope is in use by 2 clients; force=true takes it from them',
    ]);
    expect((await scopes.remove(inum, '?force=false')).status).toBe(409);
    expect((await scopes.remove(inum, '?force=perhaps')).status).toBe(400);
    expect((await scopes.remove(inum, '?force=true')).status).toBe(204);
    const after = await Promise.all(made.map((one) => clients.read(one.inum)));
    expect(after.map(({ body }) => body.scopes)).toEqual([
      [],
      ['inum=F0C4,ou=scopes,o=jans'],
      ['inum=F0C4,ou=scopes,o=jans'],
    ]);
    expect(after.map(({ headers }) => headers.get('etag'))).toEqual(['"2-0"', '"2-0"', '"1-0"']);
    expect((await clients.replace({ ...made[0], clientSecret: undefined, scopes: [dn] })).status).toBe(400);
    const audit = await service.database.reader.query<{ inum: string; changed: string }[]>(
      'SELECT inum, changed FROM audit_records WHERE operation = ? AND inum IN (?, ?, ?)',
      ['delete-oauth-scopes-by-inum', ...made.map((one) => one.inum as string)],
    );
    expect(audit.map((row) => [row.inum, row.changed]).sort()).toEqual(
      made
        .slice(0, 2)
        .map((one) => [one.inum, '["scopes"]'])
        .sort(),
    );
    expect((await tokenOf(made[0].inum, made[0].clientSecret)).body).not.toHaveProperty('scope');
  });

  it('needs a token that may change each of them', async () => {
    const { inum } = await scope('shared');
    const plain = await client(['shared']);
    const { inum: writer } = await client(['shared', `${P}openid/clients.write`]);
    const remover = caller(service, SCOPES, await callerWith([`${P}scopes.delete`]));
    const refused = await remover.remove(inum, '?force=true');
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining(`${P}openid/clients.write`)]);
    expect((await clients.read(plain.inum)).body.scopes).toHaveLength(1);
    expect((await clients.read(writer)).body.scopes).toHaveLength(2);
    expect((await scopes.read(inum)).status).toBe(200);
    await clients.remove(writer);
    expect((await remover.remove(inum, '?force=true')).status).toBe(204);
  });

  it('leaves no client behind that got the scope at that moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { inum } = await scope(`fleeting.${round}`);
      const { inum: id } = await client(['openid']);
      const [removed, added, made] = await Promise.all([
        scopes.remove(inum, '?force=true'),
        clients.patch(id, [{ op: 'add', path: '/scopes/-', value: `fleeting.${round}` }]),
        clients.create({ redirectUris: [], scopes: [`fleeting.${round}`] }),
      ]);
      expect(removed.status).toBe(204);
      expect([200, 400]).toContain(added.status);
      expect([201, 400]).toContain(made.status);
      expect((await clients.read(id)).body.scopes).toEqual(['inum=F0C4,ou=scopes,o=jans']);
      if (made.status === 201) expect((await clients.read(made.body.inum)).body.scopes).toEqual([]);
    }
  });

  it('takes it from up to a thousand at once, and from more not at all', async () => {
    const { inum, dn } = await scope('popular');
    const { body } = await clients.read((await client(['popular'])).inum);
    const copies = Array.from({ length: 1_000 }, (_unused, index) => `copy-${index}`);
    const documentOf = (id: string) => ({
      ...body,
      inum: id,
      dn: `inum=${id},ou=clients,o=jans`,
      baseDn: `inum=${id},ou=clients,o=jans`,
    });
    await service.work.write((stores) => stores.corridor.fill(copies.map(documentOf)));
    const refused = await scopes.remove(inum, '?force=true');
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'this scope is in use by 1001 clients, and at most 1000 lose one at once',
    ]);
    expect((await clients.list({ fieldValuePair: 'scopes=popular' })).body.totalEntriesCount).toBe(1_001);
    await clients.remove(body.inum);
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const began = performance.now();
    expect((await scopes.remove(inum, '?force=true')).status).toBe(204);
    const took = performance.now() - began;
    delays.disable();
    // Others have their turn meanwhile.
    expect(delays.max / 1_000_000).toBeLessThan(took / 2);
    const first = await clients.read('copy-0');
    expect([first.body.scopes, first.headers.get('etag')]).toEqual([[], '"2-0"']);
    const left = await service.database.reader.query<{ number: number }[]>(
      'SELECT COUNT(*) AS number FROM clients WHERE document LIKE ?',
      [`%${dn}%`],
    );
    expect(Number(left[0]?.number)).toBe(0);
  });
});

describe('who may write scopes', () => {
  it('gains no rights over clients by it', async () => {
    const bearer = await callerWith([`${P}scopes.admin`]);
    const writer = caller(service, SCOPES, bearer);
    const made = await writer.create({ id: 'made.by.writer' });
    expect(made.status).toBe(201);
    expect((await writer.merge(made.body.inum, { id: `${P}write-all` })).status).toBe(400);
    expect((await writer.merge(made.body.inum, { id: `${P}openid/openid-write` })).status).toBe(400);
    expect((await caller(service, CLIENTS, bearer).create({ redirectUris: [] })).status).toBe(403);
    const mixed = await callerWith([`${P}openid/clients.write`, `${P}scopes.write`]);
    const refused = await caller(service, CLIENTS, mixed).create({ redirectUris: [], scopes: [`${P}scopes.delete`] });
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining(`${P}scopes.delete`)]);
    expect(
      (await caller(service, CLIENTS, mixed).create({ redirectUris: [], scopes: [`${P}scopes.write`] })).status,
    ).toBe(201);
  });
});

describe('a scope with its clients', () => {
  it('shows them as they are read, and none of their secrets', async () => {
    const { inum, id } = await scope('shown');
    const made = [];
    for (let number = 0; number < 12; number += 1)
      made.push(await client(['shown'], { inum: `shown-${String(number).padStart(2, '0')}` }));
    const at = `${SCOPES}/${inum}?withAssociatedClients=true`;
    const one = await service.request('GET', at, { token });
    expect(one.headers.get('etag')).toBeNull();
    expect(one.body.clients).toHaveLength(12);
    expect(one.body).not.toHaveProperty('moreClients');
    expect(one.body.clients[3]).toEqual((await clients.read('shown-03')).body);
    const listed = await scopes.list({ fieldValuePair: `id=${id}`, withAssociatedClients: 'true' });
    expect(listed.body.entries[0].clients.map((each: { inum: string }) => each.inum)).toEqual(
      made.slice(0, 10).map((each) => each.inum),
    );
    expect(listed.body.entries[0].moreClients).toBe(true);
    for (const { clientSecret } of made) {
      expect(one.text).not.toContain(clientSecret);
      expect(listed.text).not.toContain(clientSecret);
    }
    expect(one.text + listed.text).not.toMatch(/clientSecret"|registrationAccessToken/);
    expect((await scopes.read(inum)).body).not.toHaveProperty('clients');
    await scope('lonely');
    const lonely = await scopes.list({ fieldValuePair: 'id=lonely', withAssociatedClients: 'true' });
    expect(lonely.body.entries[0].clients).toEqual([]);
  });

  it('shows the client that made a spontaneous scope', async () => {
    const { inum } = await scope('transaction:7', { scopeType: 'spontaneous' });
    const maker = service.admin.clientId;
    const { body } = await service.request('GET', `${SCOPES}/${inum}?withAssociatedClients=true`, { token });
    expect(body.clients.map((each: { inum: string }) => each.inum)).toEqual([maker]);
  });

  it('shows no more than their names to those who may not read clients', async () => {
    const { inum } = await scope('for-readers', { scopeType: 'oauth' });
    const user = await client(['for-readers'], { clientName: 'Shown', displayName: 'Shown', disabled: true });
    const reader = await service.adminToken('https://jans.io/oauth/config/scopes.readonly');
    const one = await service.request('GET', `${SCOPES}/${inum}?withAssociatedClients=true`, { token: reader });
    const list = `${SCOPES}?fieldValuePair=id=for-readers&withAssociatedClients=true`;
    const listed = await service.request('GET', list, { token: reader });
    for (const { clients } of [one.body, listed.body.entries[0]]) {
      expect(clients).toEqual([
        { inum: user.inum, dn: user.dn, clientName: 'Shown', displayName: 'Shown', disabled: true },
      ]);
    }
    const full = await service.request('GET', `${SCOPES}/${inum}?withAssociatedClients=true`, { token });
    expect(full.body.clients[0]).toHaveProperty('grantTypes');
  });
});

describe('secrets that are kept recoverable', () => {
  it('are not shown with a scope either', async () => {
    const other = await startService({ env: { CLIENT_SECRETS: 'recoverable' } });
    try {
      const bearer = await other.adminToken();
      const made = await caller(other, CLIENTS, bearer).create({ redirectUris: [], scopes: ['openid'] });
      expect(made.body.clientSecret).toEqual(expect.any(String));
      const reply = await other.request('GET', `${SCOPES}/F0C4?withAssociatedClients=true`, { token: bearer });
      expect(reply.body.clients).toHaveLength(1);
      expect(reply.text).not.toMatch(/clientSecret"/);
    } finally {
      await other.stop();
    }
  });
});

describe('with very many clients', () => {
  let statements: Statement[];

  beforeAll(async () => {
    await fill(service.work, { count: 3_000, seed: 5, onProgress: () => undefined });
    await service.database.writer.query(
      databaseKind() === 'mariadb' ? 'ANALYZE TABLE clients, client_scopes, client_activity, scopes' : 'ANALYZE',
    );
    statements = recordStatements(service);
  });

  it('a page of scopes with their clients reads only what it shows', async () => {
    statements.length = 0;
    const reply = await scopes.list({ limit: '200', withAssociatedClients: 'true' });
    const shown = reply.body.entries.map((entry: { clients: unknown[] }) => entry.clients.length);
    expect(Math.max(...shown)).toBe(10);
    expect(reply.body.entries.find((entry: { id: string }) => entry.id === 'openid').moreClients).toBe(true);
    // However many scopes there are: the page, its total, the scopes, who has them, those clients, and two for the token.
    expect(statements.length).toBeLessThanOrEqual(7);
    for (const { query, parameters } of [...statements]) {
      expect([query.slice(0, 200), await readsAllClients(query, parameters)]).toEqual([query.slice(0, 200), []]);
    }
  });

  it('one scope with its clients reads only what it shows', async () => {
    statements.length = 0;
    const reply = await service.request('GET', `${SCOPES}/F0C4?withAssociatedClients=true`, { token });
    expect(reply.body.clients).toHaveLength(200);
    expect(reply.body.moreClients).toBe(true);
    for (const { query, parameters } of [...statements]) {
      expect([query.slice(0, 200), await readsAllClients(query, parameters)]).toEqual([query.slice(0, 200), []]);
    }
  });

  /** The steps of a plan that read all clients, or all pairs of clients and scopes, or sort them. */
  async function readsAllClients(query: string, parameters: unknown): Promise<string[]> {
    const select = query.replace(/^SET STATEMENT .* FOR /, '');
    if (databaseKind() === 'sqlite') {
      const steps = await service.database.writer.query<{ detail: string }[]>(
        `EXPLAIN QUERY PLAN ${select}`,
        parameters as string[],
      );
      return steps
        .map(({ detail }) => detail)
        .filter((detail) => /^SCAN (c|a|client)/.test(detail) && !/scopes c/.test(select))
        .concat(
          steps
            .map(({ detail }) => detail)
            .filter((detail) => /client_scopes/.test(select) && /TEMP B-TREE/.test(detail)),
        );
    }
    const steps = await service.database.writer.query<{ table: string; type: string; Extra: string | null }[]>(
      `EXPLAIN ${select}`,
      parameters as string[],
    );
    return steps
      .filter(
        ({ table, type, Extra }) =>
          /^(c|a|client_\w+)$/.test(table) && (type === 'ALL' || type === 'index' || /filesort/.test(Extra ?? '')),
      )
      .filter(() => !/scopes c/.test(select))
      .map((step) => JSON.stringify(step));
  }
});

describe('very many scopes of one maker', () => {
  it('are refused as an array, and paged as a list', async () => {
    const at = timestamp(service.clock.now());
    await service.work.write(async (stores) => {
      for (let number = 0; number <= 1_000; number += 1) {
        await stores.scopes.insert(
          completeScope({ id: `many.${number}`, creatorId: 'busy' }, `MANY${number}`, at.slice(0, 19)),
          at,
        );
      }
    });
    const refused = await service.request('GET', `${SCOPES}/creator/busy`, { token });
    expect([refused.status, refused.body.detail]).toEqual([400, expect.stringContaining('more than 1000')]);
    const page = await scopes.list({ fieldValuePair: 'creatorId=busy', limit: '200' });
    expect(page.body).toMatchObject({ entriesCount: 200, totalEntriesCount: 1_001 });
    await scopes.remove('MANY0');
    expect((await service.request('GET', `${SCOPES}/creator/busy`, { token })).body).toHaveLength(1_000);
  });
});
