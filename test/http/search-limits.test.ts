import { setTimeout as sleep } from 'node:timers/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { mariadbDialect } from '../../api/search/dialect.ts';
import { openSession } from '../../api/search/running/session.store.ts';
import { fill } from '../../scripts/seed/fill.ts';
import { databaseKind } from '../support/database.ts';
import { newClient } from '../support/clients.ts';
import { tokenOf } from '../support/issuer.ts';
import { recordStatements } from '../support/statements.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

/** Milliseconds, clients that are made, and how many of each there are: copies are made in a moment. */
const [BUDGET, SEEDED, TIMES] = [100, 1_250, 4];
const READER = 'https://jans.io/oauth/config/openid/clients.readonly';
const HEALTH = '/jans-config-api/api/v1/health';

let service: TestService;
let token: string;
let other: string;

beforeAll(async () => {
  service = await startService({ env: { SEARCH_BUDGET: String(BUDGET) } });
  await fill(service.work, { count: SEEDED, seed: 3, onProgress: () => undefined });
  await multiply(TIMES, '-');
  token = await service.adminToken();
  other = await tokenOf(service, await newClient(service, { scopes: [READER] }));
});
afterAll(() => service.stop());

/** Makes every client so many, as far as filters and orders look; copies have this sign in their ids. */
async function multiply(times: number, sign: string): Promise<void> {
  const { writer } = service.database;
  const joined = (...parts: string[]): string =>
    databaseKind() === 'sqlite' ? parts.join(' || ') : `CONCAT(${parts.join(', ')})`;
  const columns = (await writer.query<Record<string, unknown>[]>('SELECT * FROM clients LIMIT 1')).flatMap(Object.keys);
  const others = columns.filter((name) => name !== 'inum');
  for (let copy = 1; copy < times; copy += 1) {
    const id = joined('inum', `'${sign}${copy}'`);
    const from = (table: string): string => `FROM ${table} WHERE inum NOT LIKE '%${sign}_'`;
    const copied = others.map((name) => (name === 'document' ? `REPLACE(document, inum, ${id})` : name)).join(', ');
    await writer.query(`INSERT INTO clients (inum, ${others.join(', ')}) SELECT ${id}, ${copied} ${from('clients')}`);
    const values = 'INSERT INTO client_values (property, value, inum)';
    await writer.query(`${values} SELECT property, value, ${id} ${from('client_values')}`);
    await writer.query(`INSERT INTO client_search (inum, text) SELECT ${id}, text ${from('client_search')}`);
  }
  await writer.query(`UPDATE client_counts SET clients = clients * ${times}, writes = writes + 1`);
}

const query = (parameters: Record<string, string>): string =>
  `${CLIENTS}?${new URLSearchParams(parameters).toString()}`;
const filters = (count: number): string =>
  Array.from({ length: count }, (_unused, index) => `customAttributes.tier${index}!=nobody@x.example`).join(',');

/** More than the budget allows: 20 filters on custom attributes, over every client, in an order that no index has. */
const HEAVY = { fieldValuePair: filters(20), sortBy: 'tokenEndpointAuthMethod', limit: '1' };
/** The same in the order of ids, which is read in slices, from an entry on that comes after most of them. */
const SLICED = { fieldValuePair: filters(20), startIndex: '4900' };

const ask = (parameters: Record<string, string>, as = token): Promise<TestReply> =>
  service.request('GET', query(parameters), { token: as });

async function stopped(): Promise<number> {
  const { text } = await service.request('GET', '/metrics', { token });
  return Number(/^clientele_searches_stopped_total (\d+)$/m.exec(text)?.[1]);
}

/** Asks for `path` again and again while `task` runs; returns how often it was answered in the meantime. */
async function answeredMeanwhile(path: string, task: Promise<unknown>): Promise<number> {
  const waiting = { isOver: false };
  void task.finally(() => (waiting.isOver = true)).catch(() => undefined);
  for (let answers = 0; ; answers += 1) {
    expect((await service.request('GET', path, { token })).status).toBe(200);
    if (waiting.isOver) return answers;
  }
}

function expectStopped(reply: TestReply): void {
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5']);
  expect(reply.body).toMatchObject({
    detail: expect.stringMatching(/longer than 0\.1 s .* one filter with = on inum/),
  });
}

describe('a search that takes longer than its budget', () => {
  it.each([
    ['in an order without an index', HEAVY],
    ['in the order of ids', SLICED],
    [
      'with ten terms, twenty filters and an order without an index',
      { ...HEAVY, pattern: 'a,e,i,o,u,r,s,t,n,l', limit: '200' },
    ],
  ])('%s is stopped, counted, and answered with what to ask instead', async (_which, parameters) => {
    const before = await stopped();
    let asks = 0;
    // A machine with much else to do may be too late once.
    for (let answers = 0; answers === 0; asks += 1) {
      const asked = ask(parameters);
      answers = await answeredMeanwhile(`${HEALTH}/live`, asked);
      expectStopped(await asked);
    }
    expect((await stopped()) - before).toBe(asks);
    expect(service.logLines.filter((line) => line.includes('"message":"failed"')).at(-1)).not.toContain('x.example');
  });

  it('leaves the next one what it needs', async () => {
    for (let count = 0; count < 3; count += 1) expectStopped(await ask(HEAVY));
  });
});

describe('thirty such searches at once', () => {
  it('are answered or sent away, and nobody else waits for them', async () => {
    const again = async (): Promise<TestReply[]> => [await ask(HEAVY), await ask(HEAVY), await ask(HEAVY)];
    const many = Promise.all(Array.from({ length: 30 }, again));
    const paths = [`${HEALTH}/ready`, `${CLIENTS}/${service.admin.clientId}`];
    for (const answers of await Promise.all(paths.map((path) => answeredMeanwhile(path, many))))
      expect(answers).toBeGreaterThan(0);
    const replies = (await many).flat();
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([503]));
    const busy = replies.filter(({ headers }) => headers.get('retry-after') === '1');
    expect(busy.length).toBeGreaterThan(0);
    for (const { body } of busy) expect(body.detail).toMatch(/^2 searches .* under way: what has an index/);
  });

  it('of one caller do not keep another one out', async () => {
    const many = Promise.all(Array.from({ length: 30 }, () => ask(HEAVY)));
    await sleep(20);
    // It had its place, and its time.
    expectStopped(await ask(HEAVY, other));
    await many;
  });
});

describe('what is found through an index', () => {
  const places: readonly Record<string, string>[] = [
    { limit: '3' },
    { sortBy: 'displayName', sortOrder: 'descending' },
    { fieldValuePair: 'applicationType=native' },
    { fieldValuePair: 'scopes=phone' },
    { fieldValuePair: 'inum=nobody,contacts=x' },
    { fieldValuePair: 'contacts=nobody@x.example' },
    { fieldValuePair: 'grantTypes=authorization_code' },
    { fieldValuePair: 'description!=,contacts=nobody@x.example', sortBy: 'displayName' },
    { pattern: 'report' },
  ];

  it('needs no place', async () => {
    const waiting = { isOver: false };
    const again = async (): Promise<void> => {
      while (!waiting.isOver) await ask(HEAVY);
    };
    // So many that most of them are sent away.
    const many = Promise.all(Array.from({ length: 60 }, again));
    const some = await Promise.all(Array.from({ length: 10 }, () => ask(HEAVY)));
    const found: [object, string | null][] = [];
    for (const parameters of places) found.push([parameters, (await ask(parameters)).headers.get('retry-after')]);
    waiting.isOver = true;
    await many;
    expect(some.map(({ headers }) => headers.get('retry-after'))).toContain('1');
    // On a busy machine even these can take longer than the budget of this test.
    expect(found.filter(([, after]) => after === '1')).toEqual([]);
  });
});

const PARTIAL = { Prefer: 'partial-results' };

describe('with Prefer: partial-results', () => {
  const part = (parameters: Record<string, string>): Promise<TestReply> =>
    service.request('GET', query(parameters), { token, headers: PARTIAL });

  /** What a search finds, part by part, and how many of the parts were partial. */
  async function walk(parameters: Record<string, string>): Promise<{ inums: string[]; partial: number }> {
    const inums: string[] = [];
    let partial = 0;
    for (let next: Record<string, string> | undefined = parameters; next !== undefined;) {
      const reply = await part(next);
      // On a busy machine the time is over before anything has been looked at.
      if (reply.status === 503) {
        expectStopped(reply);
        continue;
      }
      expect([reply.status, reply.headers.get('preference-applied')]).toEqual([200, 'partial-results']);
      const { entries, isPartial, totalIsEstimate, nextCursor } = reply.body;
      inums.push(...entries.map(({ inum }: { inum: string }) => inum));
      if (isPartial === true) {
        partial += 1;
        expect([totalIsEstimate, typeof nextCursor]).toEqual([true, 'string']);
      }
      const { startIndex: _begun, ...same } = parameters;
      next = nextCursor === undefined ? undefined : { ...same, cursor: nextCursor };
    }
    return { inums, partial };
  }

  it.each<Record<string, string>>([{ startIndex: '4900' }, { sortBy: 'displayName', startIndex: '4900' }])(
    'a search goes on where its time was over: %j',
    async (place) => {
      const before = await stopped();
      const all = await walk({ ...place, limit: '200' });
      const { inums, partial } = await walk({ ...place, fieldValuePair: filters(20), limit: '200' });
      // The filters hold for every client.
      expect(inums).toEqual(all.inums);
      expect(inums.length).toBeGreaterThan(100);
      expect(partial).toBeGreaterThan(0);
      expect((await stopped()) - before).toBeGreaterThanOrEqual(partial);
    },
  );

  it('a page of all there is comes from its place, with none of those before it read', async () => {
    const statements = recordStatements(service);
    for (const sortBy of ['inum', 'displayName']) {
      const { body } = await part({ sortBy, startIndex: '4900', limit: '20' });
      expect([body.start, body.entries.length, body.isPartial]).toEqual([4900, 20, undefined]);
    }
    const pieces = statements.filter(({ query: text }) => /LIMIT 1 OFFSET/.test(text));
    expect(pieces).toEqual([]);
  });

  it('what has no order to stop in is stopped as before', async () => {
    expectStopped(await part(HEAVY));
  });
});

describe('the total of many matches', () => {
  it('is exact, or counted no further than quick counting goes where the caller prefers that', async () => {
    const filter = { fieldValuePair: 'grantTypes=authorization_code', limit: '2' };
    const few = (await ask(filter)).body.totalEntriesCount as number;
    await multiply(4, '~');
    service.clock.advance(60_000);
    const { body } = await ask(filter);
    expect([body.totalEntriesCount, body.totalIsEstimate, body.entries.length]).toEqual([few * 4, undefined, 2]);
    const quick = await service.request('GET', query(filter), { token, headers: PARTIAL });
    expect([quick.body.totalEntriesCount, quick.body.totalIsEstimate]).toEqual([10_000, true]);
    const sent = {
      clientName: 'One more',
      redirectUris: ['https://one-more.example/'],
      grantTypes: ['authorization_code'],
    };
    expect((await service.request('POST', CLIENTS, { token, body: sent })).status).toBe(201);
    expect((await ask(filter)).body.totalEntriesCount).toBe(few * 4);
    // The oldest that is ever given.
    service.clock.advance(120_000);
    expect((await ask(filter)).body.totalEntriesCount).toBe(few * 4 + 1);
  });
});

const onMariadb = databaseKind() === 'mariadb' ? describe : describe.skip;
const onSqlite = databaseKind() === 'sqlite' ? describe : describe.skip;

onMariadb('on MariaDB a search', () => {
  it('that somebody stops with KILL QUERY is 503, too', async () => {
    const connection = await createConnection(service.ground.config.databaseUrl);
    const asked = ask(HEAVY);
    let killed = 0;
    while (killed === 0) {
      const [running] = await connection.query<RowDataPacket[]>(
        "SELECT id FROM information_schema.processlist WHERE info LIKE '%max_statement_time%tier0%' AND id <> CONNECTION_ID()",
      );
      for (const { id } of running) await connection.query(`KILL QUERY ${Number(id)}`).then(() => (killed += 1));
    }
    expectStopped(await asked);
    await connection.end();
  });

  it('that goes on when its caller has gone ends with the process', async () => {
    const ended = new AbortController();
    const session = await openSession(service.database.reader, mariadbDialect, ended.signal);
    const counting = session.query('SELECT SLEEP(60) AS slept', [], 60_000);
    const stopped = expect(counting).rejects.toThrow('interrupted');
    await sleep(50);
    ended.abort();
    await stopped;
    await expect(session.query('SELECT 1', [], 1_000)).rejects.toMatchObject({ code: 'SQLITE_INTERRUPT' });
    await session.release();
  });

  it('holds one connection', async () => {
    let most = 0;
    const waiting = { isOver: false };
    const many = Promise.all(Array.from({ length: 10 }, () => ask(HEAVY))).finally(() => (waiting.isOver = true));
    const { connections } = service.database;
    while (!waiting.isOver) {
      const { open, idle } = connections?.() ?? { open: 0, idle: 0 };
      most = Math.max(most, open - idle);
      await sleep(1);
    }
    await many;
    // Two searches, and whoever looks at the token at that moment.
    expect(most).toBeLessThanOrEqual(4);
  });
});

/** The numbers of the processes that this one has started to read, by what the system has on them. */
const readingProcesses = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const ofUs = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[3] === String(process.pid);
        return ofUs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('reading-child') ? [Number(pid)] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });

onSqlite('on SQLite a search', () => {
  it('in slices and in another process finds the same', async () => {
    const calm = await startService();
    await fill(calm.work, { count: 1_800, seed: 4, onProgress: () => undefined });
    const bearer = await calm.adminToken();
    const page = async (parameters: Record<string, string>): Promise<TestReply['body']> =>
      (await calm.request('GET', query(parameters), { token: bearer })).body;
    const inums = ({ entries }: TestReply['body']): string[] => entries.map(({ inum }: { inum: string }) => inum);
    const walk = async (parameters: Record<string, string>): Promise<string[]> => {
      const found: string[] = [];
      for (let next: Record<string, string> | undefined = {}; next !== undefined;) {
        const body = await page({ ...parameters, limit: '200', ...next });
        found.push(...inums(body));
        next = body.nextCursor === undefined ? undefined : { cursor: body.nextCursor };
      }
      return found;
    };
    const filter = { fieldValuePair: 'grantTypes!=client_credentials,disabled=false' };
    const inOrder = await walk(filter);
    expect(inOrder.length).toBeGreaterThan(200);
    expect(inOrder).toEqual([...inOrder].sort());
    expect(await walk({ ...filter, sortOrder: 'descending' })).toEqual([...inOrder].reverse());
    expect((await walk({ ...filter, sortBy: 'accessTokenLifetime' })).sort()).toEqual(inOrder);
    // The service goes first.
    if (process.platform === 'linux') {
      const priorities = readingProcesses().map((pid) => getPriority(pid) - getPriority());
      expect([...new Set(priorities)]).toEqual([4]);
    }
    const late = await page({ ...filter, startIndex: '150', limit: '2' });
    expect([late.totalEntriesCount, inums(late)]).toEqual([inOrder.length, inOrder.slice(150, 152)]);
    await calm.stop();
  });
});
