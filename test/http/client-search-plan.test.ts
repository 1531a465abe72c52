import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { textIndex } from '../../api/search/text/text-index.store.ts';
import { timestamp } from '../../api/shared/clock.ts';
import { databaseKind } from '../support/database.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { recordStatements, type Statement } from '../support/statements.ts';
import { fill } from '../../scripts/seed/fill.ts';

const onMariadb = databaseKind() === 'mariadb' ? it : it.skip;

let service: TestService;
let token: string;
let statements: Statement[];

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  await fill(service.work, { count: 4_000, seed: 7, onProgress: () => undefined });
  const { body } = await service.request('GET', `${CLIENTS}?limit=200`, { token });
  await service.work.write(async (stores) => {
    for (const [index, { inum }] of (body.entries as { inum: string }[]).entries()) {
      await stores.clients.noteUse(inum, timestamp(service.clock.now() - index * 60_000));
    }
  });
  if (databaseKind() === 'mariadb')
    await service.database.writer.query('ANALYZE TABLE clients, client_scopes, client_activity, client_values');
  else await service.database.writer.query('ANALYZE');
  statements = recordStatements(service);
});
afterAll(() => service.stop());

type Body = TestReply['body'];

const ask = (parameters: Record<string, string>): Promise<TestReply> =>
  service.request('GET', `${CLIENTS}?${new URLSearchParams(parameters).toString()}`, { token });

const inumsOf = (found: readonly Body[]): string[] => found.map(({ inum }) => inum as string);

const known = new Map<string, Promise<Body[]>>();

/** Every match. Nothing is written meanwhile, so that what was found once is known. */
function everything(parameters: Record<string, string>): Promise<Body[]> {
  const query = JSON.stringify(parameters);
  const found = known.get(query) ?? pages(parameters);
  known.set(query, found);
  return found;
}

/** Every match, page by page. */
async function pages(parameters: Record<string, string>): Promise<Body[]> {
  const found: Body[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await ask({ ...parameters, limit: '200', ...(cursor !== undefined && { cursor }) });
    found.push(...(body.entries as Body[]));
    cursor = body.nextCursor as string | undefined;
  } while (cursor !== undefined);
  return found;
}

/** The steps of a plan that read a whole table or a whole index of clients. */
async function fullScans(query: string, parameters: unknown): Promise<string[]> {
  if (databaseKind() === 'sqlite') {
    const steps = await service.database.writer.query<{ detail: string }[]>(
      `EXPLAIN QUERY PLAN ${query}`,
      parameters as string[],
    );
    return steps.map((step) => step.detail).filter((detail) => /^SCAN (c|a|k|client)/.test(detail));
  }
  const select = query.replace(/^SET STATEMENT .* FOR /, '');
  const steps = await service.database.writer.query<{ table: string; type: string; key: string | null }[]>(
    `EXPLAIN ${select}`,
    parameters as string[],
  );
  return steps
    .filter(({ table, type }) => /^(c|a|k)$/.test(table) && (type === 'ALL' || type === 'index'))
    .map((step) => JSON.stringify(step));
}

describe('a filter', () => {
  it.each([
    'inum=nobody',
    'applicationType=native',
    'disabled=true',
    'scopes=phone',
    'softwareId=software-7',
    'expirationDate=2037-01-15T00:00:00',
    'clientIdIssuedAt=2030-01-01',
    'clientSecretExpiresAt=2030-01-01',
    'lastAccessTime=2020-01-01T00:00:00',
    ...['createdAt=2020-01-01', 'updatedAt=2020-01-01', 'registrationMethod=open', 'registeredBy=nobody'],
    'clientName=Acme portal 1',
    'contacts=owner-7@example.com',
    'contacts=owner-7@example.com,grantTypes=authorization_code,description!=x',
    'redirectUris=https://portal-0.example.com/callback',
    'redirectUris.host=portal-0.example.com',
    'tokenEndpointAuthMethod=client_secret_post',
    'grantTypes=authorization_code',
    'accessTokenLifetime=300',
    'attributes.additionalAudience=nobody',
    'customAttributes.tier=gold',
  ])('on %s finds its page and its total through an index', async (pair) => {
    statements.length = 0;
    expect((await ask({ fieldValuePair: pair })).status).toBe(200);
    const searches = statements.filter(({ query }) => query.includes('clients c'));
    // A page that is not full tells the total as well.
    expect(searches.length).toBeGreaterThanOrEqual(1);
    for (const { query, parameters } of searches)
      expect([query, await fullScans(query, parameters)]).toEqual([query, []]);
  });
});

describe('a filter that many clients meet', () => {
  // Of 4,000: more than are looked at one after the other, and none of them in an order of the table of values.
  it.each([
    ['grantTypes=authorization_code', (client: Body) => client['grantTypes'].includes('authorization_code')],
    [
      'grantTypes=authorization_code,responseTypes=code,disabled=false',
      (client: Body) => client['grantTypes'].includes('authorization_code') && !client['disabled'],
    ],
    [
      'tokenEndpointAuthMethod=client_secret_basic',
      (client: Body) => client['tokenEndpointAuthMethod'] === 'client_secret_basic',
    ],
    [
      'redirectUris.host=portal-0.example.com',
      (client: Body) => client['redirectUris']?.[0] === 'https://portal-0.example.com/callback',
    ],
  ])('%s finds them in every order', async (pair, meets) => {
    for (const sortBy of ['inum', 'displayName']) {
      const all = await everything({ sortBy });
      const expected = all.filter(meets).map(({ inum }) => inum);
      expect(expected.length).toBeGreaterThan(5);
      expect((await everything({ sortBy, fieldValuePair: pair })).map(({ inum }) => inum)).toEqual(expected);
      const { body } = await ask({ sortBy, fieldValuePair: pair, limit: '1', startIndex: '1' });
      expect([body.totalEntriesCount, body.entries[0].inum]).toEqual([expected.length, expected[1]]);
    }
  });
});

describe('a page by cursor', () => {
  it.each(['inum', 'displayName', 'createdAt', 'updatedAt'])(
    'in the order of %s goes on where the last one ended, through an index',
    async (sortBy) => {
      const first = await service.request('GET', `${CLIENTS}?limit=20&sortBy=${sortBy}`, { token });
      statements.length = 0;
      await service.request('GET', `${CLIENTS}?limit=20&sortBy=${sortBy}&cursor=${first.body.nextCursor}`, { token });
      const [page] = statements.filter(({ query }) => query.includes('ORDER BY'));
      expect(await fullScans(page?.query ?? '', page?.parameters)).toEqual([]);
      if (databaseKind() === 'sqlite') return;
      const select = (page?.query ?? '').replace(/^SET STATEMENT .* FOR /, '');
      const [step] = await service.database.writer.query<{ type: string; Extra: string }[]>(
        `EXPLAIN ${select}`,
        page?.parameters as string[],
      );
      expect(step?.type).toBe('range');
      expect(step?.Extra).not.toContain('filesort');
    },
  );
});

/** The steps of a plan that sort more than what has the same value. */
async function sorts(query: string, parameters: unknown): Promise<string[]> {
  const select = query.replace(/^SET STATEMENT .* FOR /, '');
  const isSqlite = databaseKind() === 'sqlite';
  const steps = await service.database.writer.query<{ detail?: string; Extra?: string }[]>(
    `EXPLAIN ${isSqlite ? 'QUERY PLAN ' : ''}${select}`,
    parameters as string[],
  );
  return steps
    .map(({ detail, Extra }) => detail ?? Extra ?? '')
    .filter((step) => /filesort|temporary|USE TEMP B-TREE FOR ORDER BY/.test(step));
}

describe('the order of a date, which some clients have', () => {
  it.each(['expirationDate', 'clientIdIssuedAt', 'clientSecretExpiresAt', 'lastAccessTime', 'softwareId'])(
    '%s is read from an index, from one end to the other',
    async (sortBy) => {
      const all = await everything({ sortBy });
      const present = all.filter((client) => client[sortBy] !== undefined).length;
      expect(new Set(all.map(({ inum }) => inum)).size).toBe(4_001);
      for (const sortOrder of ['ascending', 'descending']) {
        const ordered = sortOrder === 'ascending' ? all : [...all].reverse();
        const border = sortOrder === 'ascending' ? present : all.length - present;
        statements.length = 0;
        for (const startIndex of [0, Math.max(0, border - 2), border, border + 2, all.length - 3]) {
          const { body } = await ask({ sortBy, sortOrder, startIndex: String(startIndex), limit: '5' });
          const inums = (body.entries as { inum: string }[]).map(({ inum }) => inum);
          expect(inums).toEqual(ordered.slice(startIndex, startIndex + 5).map(({ inum }) => inum));
        }
        const pages = statements.filter(({ query }) => query.includes('ORDER BY') && query.includes('clients c'));
        // Of what SQLite does in a process of its own nothing is seen here.
        if (databaseKind() === 'mariadb') expect(pages.length).toBeGreaterThanOrEqual(5);
        for (const { query, parameters } of pages) expect([query, await sorts(query, parameters)]).toEqual([query, []]);
      }
    },
  );
});

describe('a page far into all clients', () => {
  it('is the one that its place says', async () => {
    const all = await everything({});
    for (const [sortOrder, ordered] of [
      ['ascending', all],
      ['descending', [...all].reverse()],
    ] as const) {
      const { body } = await ask({ sortOrder, startIndex: '3500', limit: '3' });
      const inums = (body.entries as { inum: string }[]).map(({ inum }) => inum);
      expect([body.totalEntriesCount, inums]).toEqual([4_001, ordered.slice(3_500, 3_503).map(({ inum }) => inum)]);
    }
  });
});

describe('terms in another order than that of ids', () => {
  // Without a name, and with names that differ beyond what is sorted by.
  beforeAll(async () => {
    const long = `portal ${'long '.repeat(120)}`;
    for (const clientName of [undefined, undefined, `${long}b`, `${long}a`]) {
      const body = { clientName, description: 'Of the portal', redirectUris: ['https://portal.example/'] };
      expect((await service.request('POST', CLIENTS, { token, body })).status).toBe(201);
    }
    known.clear();
  });

  it.each(['portal', 'acme', 'acme,portal', 'zürich bahn', 'portal,mobile,billing,reports,gateway,wallet', 'of'])(
    '%s find the same, however many they match',
    async (pattern) => {
      const all = await everything({ sortBy: 'displayName' });
      const folded = pattern.split(',');
      const expected = all.filter((client) =>
        folded.some((term) =>
          [client['displayName'], client['description'], client['inum']].some((text) =>
            ((text as string | undefined) ?? '').toLowerCase().includes(term),
          ),
        ),
      );
      expect(expected.length).toBeGreaterThan(50);
      const found = await everything({ sortBy: 'displayName', pattern });
      expect(inumsOf(found)).toEqual(inumsOf(expected));
      const turned = await everything({ sortBy: 'displayName', sortOrder: 'descending', pattern });
      expect(inumsOf(turned)).toEqual(inumsOf(expected).reverse());
      const { body } = await ask({ sortBy: 'displayName', pattern, limit: '1' });
      expect(body.totalEntriesCount).toBe(expected.length);
      for (const sortBy of ['displayName', 'inum']) {
        const ordered = inumsOf(await everything({ sortBy })).filter((inum) => inumsOf(expected).includes(inum));
        const startIndex = expected.length - 3;
        const { body: last } = await ask({ sortBy, pattern, limit: '5', startIndex: String(startIndex) });
        expect([last.totalEntriesCount, inumsOf(last.entries as Body[])]).toEqual([
          expected.length,
          ordered.slice(startIndex),
        ]);
      }
    },
  );
});

describe('names that begin alike', () => {
  it('are all found by a cursor, however many bytes they differ after', async () => {
    const inums: string[] = [];
    for (const end of ['b', 'a', 'c']) {
      const body = { clientName: `${'名'.repeat(400)}${end}`, redirectUris: ['https://long.example/'] };
      inums.push((await service.request('POST', CLIENTS, { token, body })).body.inum as string);
    }
    const found: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const parameters = { pattern: '名名名', sortBy: 'displayName', limit: '1', ...(cursor !== '' && { cursor }) };
      const { body } = await ask(parameters);
      found.push(...inumsOf(body.entries as Body[]));
      cursor = body.nextCursor as string | undefined;
    }
    const [second = '', first = '', third = ''] = inums;
    expect(found).toEqual([first, second, third]);
  });
});

describe('a term that hundreds have', () => {
  it.each(['staging', '(old)', '(old),wallet'])(
    '%s: finds them in the order of ids, some at a time',
    async (pattern) => {
      const all = inumsOf(await everything({})).sort();
      const names = new Map(
        (await everything({})).map((client) => [client.inum, JSON.stringify(client).toLowerCase()]),
      );
      const having = all.filter((inum) => pattern.split(',').some((term) => names.get(inum)?.includes(term)));
      expect([having.length > 500, having.length < 1_000]).toEqual([true, true]);
      statements.length = 0;
      const { body } = await ask({ pattern, limit: '3' });
      expect([body.totalEntriesCount, inumsOf(body.entries as Body[])]).toEqual([having.length, having.slice(0, 3)]);
      expect(inumsOf(await pages({ pattern }))).toEqual(having);
      expect(inumsOf(await pages({ pattern, sortOrder: 'descending' }))).toEqual([...having].reverse());
      const later = await ask({ pattern, limit: '3', startIndex: '490' });
      expect(inumsOf(later.body.entries as Body[])).toEqual(having.slice(490, 493));
      if (databaseKind() === 'sqlite') {
        const reading = statements.filter(({ query }) => /client_search/.test(query));
        const asked = reading.flatMap(({ parameters }) => parameters as string[]);
        const most = Math.max(...asked.map((parameter) => parameter.split(',').length));
        expect([most > 400, most < 520, reading.some(({ query }) => query.includes('MATCH'))]).toEqual([
          true,
          true,
          false,
        ]);
      }
    },
  );
});

describe('a term that many have, but not most', () => {
  it('finds what has it at this moment, however often it was asked for', async () => {
    // As many as would have what was found before remembered.
    await service.database.writer.query('UPDATE client_counts SET clients = clients * 10');
    const term = { pattern: 'number' };
    const before = await pages(term);
    expect(before.length).toBeGreaterThan(2_000);
    expect(inumsOf(before)).toEqual(inumsOf(before).sort());
    expect(inumsOf(await pages({ ...term, sortOrder: 'descending' }))).toEqual(inumsOf(before).reverse());
    const [first = '', second = '', ...others] = inumsOf(before);
    const page = async (parameters: Record<string, string>): Promise<[total: number, inums: string[]]> => {
      const { body } = await ask({ ...term, limit: '3', ...parameters });
      return [body.totalEntriesCount as number, inumsOf(body.entries as Body[])];
    };
    expect(await page({ startIndex: '150' })).toEqual([before.length, inumsOf(before).slice(150, 153)]);
    expect(await page({ startIndex: '150', fieldValuePair: 'applicationType=web,disabled=false' })).toEqual([
      expect.any(Number),
      expect.not.arrayContaining([first]),
    ]);

    const patch = (inum: string, description: string): Promise<TestReply> =>
      service.request('PATCH', `${CLIENTS}/${inum}`, {
        token,
        headers: { 'Content-Type': 'application/merge-patch+json' },
        body: { description },
      });
    expect((await patch(first, 'Gone')).status).toBe(200);
    // Each part of the term, and not the term.
    expect((await patch(second, 'A numb umber')).status).toBe(200);
    expect((await page({}))[1]).toEqual(others.slice(0, 3));
    expect((await page({ pattern: 'number,nobody' }))[1]).toEqual(others.slice(0, 3));
    const body = { inum: '0-new', clientName: 'One number more', redirectUris: ['https://new.example/'] };
    expect((await service.request('POST', CLIENTS, { token, body })).status).toBe(201);
    expect((await page({}))[1]).toEqual(['0-new', ...others.slice(0, 2)]);
    // The oldest total that is ever given.
    service.clock.advance(120_001);
    expect(await page({})).toEqual([before.length - 1, ['0-new', ...others.slice(0, 2)]]);
    expect(inumsOf(await pages(term))).toEqual(['0-new', ...others]);
  });

  onMariadb('finds them where the server cuts long texts', async () => {
    const { reader } = service.database;
    const runner = reader.createQueryRunner();
    const select = async <T>(text: string, parameters: readonly unknown[]): Promise<T[]> =>
      (await runner.query(text, [...parameters])) as T[];
    const ids = async (): Promise<number[]> => {
      const found = await textIndex(reader.manager).idsOf('number', { texts: 40_000, limit: 10, select });
      return [...found.ids];
    };
    const all = await ids();
    await runner.query('SET SESSION group_concat_max_len = 1024');
    expect(await ids()).toEqual(all);
    expect(all.length).toBeGreaterThan(2_000);
    await runner.query('SET SESSION group_concat_max_len = DEFAULT');
    await runner.release();
  });
});

describe('a total that is counted again while the one before is given', () => {
  const HEAVY = Array.from({ length: 8 }, (_unused, index) => `customAttributes.tier${index}!=nobody`).join(',');

  it.each([
    ['a filter', { fieldValuePair: HEAVY }],
    ['several terms', { pattern: 'umber,ing,ort,ill' }],
  ])('of %s takes nothing from the search itself, nor from the next one', async (_what, parameters) => {
    const asked = [
      { ...parameters, sortBy: 'tokenEndpointAuthMethod', limit: '2' },
      { ...parameters, sortBy: 'tokenEndpointAuthMethod', limit: '3', sortOrder: 'descending' },
    ];
    const answers = async (): Promise<unknown[][]> => {
      const replies: unknown[][] = [];
      for (const one of asked) {
        const { status, body } = await ask(one);
        replies.push([status, body.totalEntriesCount, (body.entries as Body[] | undefined)?.map(({ inum }) => inum)]);
      }
      return replies;
    };
    // As if it took long to count.
    let left = 20;
    const passing = setInterval(() => left-- > 0 && service.clock.advance(200), 1);
    const before = await answers();
    clearInterval(passing);
    expect(before.map(([status]) => status)).toEqual([200, 200]);
    token = await service.adminToken();
    service.clock.advance(70_000);
    expect(await answers()).toEqual(before);
    expect(await answers()).toEqual(before);
  });
});
