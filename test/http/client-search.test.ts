import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compose } from '../../api/compose.ts';
import type { ClientDocument } from '../../api/clients/document/client.document.ts';
import { rebuildAnew, rebuildingValues } from '../../api/clients/values/values-rebuild.ts';
import { valuesOf } from '../../api/clients/document/client.values.ts';
import { timestamp } from '../../api/shared/clock.ts';
import { anyFilter, meets, written } from '../support/filter-oracle.ts';
import { holds } from '../support/properties.ts';
import { answer, type Filter, type Question } from '../support/search-oracle.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
const clients: Record<string, unknown>[] = [];

const WORDS = [
  'portal',
  'Portal',
  'report',
  'é',
  'É',
  'Ångström',
  'ﬁsh',
  '北京',
  'a%b',
  'a_b',
  '"quoted"',
  "o'k",
  'back\\slash',
  '👩‍👩‍👧',
  'ab',
  'x',
];
const word = fc.constantFrom(...WORDS);
// Longer than what an index keeps as it is, and alike up to their ends.
const longWord = word.map((text) => `${'ß'.repeat(90)} ${text}`);
const ADDRESSES = [
  'https://One.example/out',
  'https://one.example:8443/',
  'https://bücher.example/',
  'app.example:/out',
];
const phrase = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const date = fc.constantFrom(
  '2030-01-01T00:00:00',
  '2030-01-01T23:59:59',
  '2030-06-15T12:00:00',
  '2031-12-31T08:00:00',
);

const aClient = fc.record({
  clientName: maybe(phrase),
  description: maybe(phrase),
  applicationType: fc.constantFrom('web', 'native'),
  disabled: maybe(fc.boolean()),
  trustedClient: maybe(fc.boolean()),
  softwareId: maybe(
    fc.oneof(
      word,
      word.map((text) => text.repeat(60)),
    ),
  ),
  accessTokenLifetime: maybe(fc.integer({ min: 0, max: 20 })),
  expirationDate: maybe(date),
  clientIdIssuedAt: maybe(date),
  grantTypes: fc.subarray(['client_credentials', 'refresh_token', 'password']),
  contacts: maybe(fc.array(fc.oneof(word, longWord), { maxLength: 3 })),
  postLogoutRedirectUris: maybe(fc.subarray(ADDRESSES)),
  tokenEndpointAuthMethod: maybe(fc.constantFrom('client_secret_basic', 'client_secret_post')),
  scopes: fc.subarray(['openid', 'email', 'profile']),
  clientNameLocalized: maybe(fc.record({ values: fc.dictionary(fc.constantFrom('fr', 'de'), phrase, { minKeys: 1 }) })),
  customAttributes: maybe(
    fc.array(
      fc.record({
        name: fc.constantFrom('tier', 'it’s'),
        values: fc.array(fc.oneof(word, fc.integer({ min: 0, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 1 },
    ),
  ),
  attributes: fc.record({
    requirePar: maybe(fc.boolean()),
    parLifetime: maybe(fc.integer({ min: 0, max: 5 })),
    additionalAudience: maybe(fc.array(word, { maxLength: 2 })),
  }),
});

const equality = fc.constantFrom('=' as const, '!=' as const);
const anyOperator = fc.constantFrom(
  '=' as const,
  '!=' as const,
  '<' as const,
  '<=' as const,
  '>' as const,
  '>=' as const,
);
const filter = (
  names: string[],
  operator: fc.Arbitrary<Filter['operator']>,
  value: fc.Arbitrary<string>,
): fc.Arbitrary<Filter> => fc.record({ name: fc.constantFrom(...names), operator, value });
const method = fc.constantFrom('client_secret_basic', 'client_secret_post');
const bool = fc.constantFrom('true', 'false');
const aFilter = fc.oneof(
  filter(
    ['softwareId', 'description', 'clientName', 'displayName', 'inum'],
    anyOperator,
    fc.oneof(word, fc.constantFrom('c-005', '\u0001')),
  ),
  filter(
    ['softwareId'],
    equality,
    word.map((text) => text.repeat(60)),
  ),
  filter(['disabled', 'trustedClient', 'attributes.requirePar', 'deletable'], equality, bool),
  filter(['accessTokenLifetime', 'attributes.parLifetime'], anyOperator, fc.integer({ min: 0, max: 12 }).map(String)),
  filter(['expirationDate', 'clientIdIssuedAt'], anyOperator, date),
  filter(['contacts', 'attributes.additionalAudience'], equality, fc.oneof(word, longWord)),
  filter(['tokenEndpointAuthMethod', 'authenticationMethod', 'allAuthenticationMethods'], equality, method),
  filter(['postLogoutRedirectUris'], equality, fc.constantFrom(...ADDRESSES, 'https://one.example/out')),
  filter(
    ['postLogoutRedirectUris.host', 'redirectUris.host'],
    equality,
    fc.constantFrom('one.example', 'ONE.example', 'bücher.example', 'example', ''),
  ),
  filter(['grantTypes'], equality, fc.constantFrom('client_credentials', 'password', 'implicit')),
  filter(['applicationType'], anyOperator, fc.constantFrom('web', 'native')),
  filter(['scopes'], equality, fc.constantFrom('inum=F0C4,ou=scopes,o=jans', 'inum=764C,ou=scopes,o=jans')),
  filter(['clientNameLocalized'], equality, phrase),
  filter(
    ['customAttributes.tier', 'customAttributes.it’s'],
    equality,
    fc.oneof(word, fc.constantFrom('1', 'true', 'false')),
  ),
  filter(
    [
      'softwareId',
      'description',
      'accessTokenLifetime',
      'expirationDate',
      'contacts',
      'clientNameLocalized',
      'customAttributes.tier',
      'trustedClient',
    ],
    equality,
    fc.constant(''),
  ),
);
const aQuestion: fc.Arbitrary<Question> = fc.record({
  terms: fc.array(fc.oneof(word, fc.constantFrom('c-01', 'c-', 'PORTAL', 'ortal rep', 'l', 'fi', '京', '-1', 'zzz')), {
    maxLength: 2,
  }),
  filters: fc.array(aFilter, { maxLength: 3 }),
  sortBy: fc.constantFrom(
    'inum',
    'displayName',
    'clientName',
    'description',
    'softwareId',
    'disabled',
    'trustedClient',
    'accessTokenLifetime',
    'expirationDate',
    'clientIdIssuedAt',
    'clientSecretExpiresAt',
    'lastAccessTime',
    'applicationType',
    'attributes.parLifetime',
  ),
  descending: fc.boolean(),
});

const escaped = (text: string): string => text.replace(/[\\,]/g, '\\$&');
function queryOf({ terms, filters, sortBy, descending }: Question, more: Record<string, string> = {}): string {
  const pairs = filters.map(
    ({ name, operator, value }) => `${name.replace(/[\\,=!<>]/g, '\\$&')}${operator}${escaped(value)}`,
  );
  return new URLSearchParams({
    sortBy,
    limit: '200',
    ...(descending && { sortOrder: 'descending' }),
    ...(terms.length > 0 && { pattern: terms.join(',') }),
    ...(pairs.length > 0 && { fieldValuePair: pairs.join(',') }),
    ...more,
  }).toString();
}
const search = (query: string, headers: Record<string, string> = {}): Promise<TestReply> =>
  service.request('GET', `${CLIENTS}?${query}`, { token, headers });
/** What is read as far as the time goes is read in another way. */
const anyHeaders = fc.constantFrom<Record<string, string>[]>({}, { Prefer: 'partial-results' });
const inumsOf = (reply: TestReply): string[] => reply.body.entries.map((entry: { inum: string }) => entry.inum);

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  // A fixed seed: the same clients on each database, so that a failure on one can be looked at on the other.
  for (const [index, body] of fc.sample(aClient, { numRuns: 120, seed: 42 }).entries()) {
    const inum = `c-${String(index).padStart(3, '0')}`;
    const reply = await service.request('POST', CLIENTS, { token, body: { ...body, inum, redirectUris: [] } });
    if (reply.status !== 201) throw new Error(reply.text);
  }
  // Some of them change and go, so that what is searched has to follow.
  for (let index = 0; index < 120; index += 10) {
    const path = `${CLIENTS}/c-${String(index).padStart(3, '0')}`;
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    await service.request('PATCH', path, {
      token,
      headers,
      body: { clientName: `Renamed report ${index}`, softwareId: null, scopes: ['email'] },
    });
    if (index % 20 === 0) await service.request('DELETE', path, { token });
  }
  await service.idle();
  await service.work.write(async (stores) => {
    for (let index = 1; index < 120; index += 3)
      if (index % 20 !== 0) {
        const at = timestamp(service.clock.now() - (index % 7) * 60_000);
        await stores.clients.noteUse(`c-${String(index).padStart(3, '0')}`, at);
      }
  });
  const all = await search('limit=200');
  clients.push(...(all.body.entries as Record<string, unknown>[]));
});
afterAll(() => service.stop());

describe('a search', () => {
  it('answers what a plain filter over the documents answers', async () => {
    await holds(
      fc.asyncProperty(aQuestion, anyHeaders, async (question, headers) => {
        const reply = await search(queryOf(question), headers);
        expect([reply.status, reply.status === 200 ? inumsOf(reply) : reply.text]).toEqual([
          200,
          answer(clients, question),
        ]);
        expect(reply.body.totalEntriesCount).toBe(reply.body.entriesCount);
      }),
      200,
    );
  });

  it('answers a filter of any shape, also beside other parameters, as a plain evaluation does', async () => {
    const texts = fc.oneof(word, fc.constantFrom('PORTAL', 'ß', 'FI', '\u0001', '%', 'no such', '"'));
    await holds(
      fc.asyncProperty(anyFilter(texts, date), aQuestion, async (filter, question) => {
        const reply = await search(queryOf(question, { filter: written(filter) }));
        expect([reply.status, reply.status === 200 ? inumsOf(reply) : reply.text]).toEqual([
          200,
          answer(
            clients.filter((client) => meets(client, filter)),
            question,
          ),
        ]);
        expect(reply.body.totalEntriesCount).toBe(reply.body.entriesCount);
      }),
      300,
    );
  });

  it('is about values that follow every write', async () => {
    const rows = await valueRows();
    expect(rows.length).toBeGreaterThan(500);
    expect(rows).toEqual(await expectedRows());
  });

  it('gives the same pages by offset and by cursor', async () => {
    await holds(
      fc.asyncProperty(aQuestion, fc.integer({ min: 1, max: 30 }), anyHeaders, async (question, limit, headers) => {
        const expected = answer(clients, question);
        const byOffset: string[] = [];
        for (let start = 0; start <= expected.length; start += limit) {
          byOffset.push(
            ...inumsOf(await search(queryOf(question, { limit: String(limit), startIndex: String(start) }), headers)),
          );
        }
        const byCursor: string[] = [];
        let cursor: string | undefined;
        do {
          const reply = await search(queryOf(question, { limit: String(limit), ...(cursor && { cursor }) }), headers);
          byCursor.push(...inumsOf(reply));
          cursor = reply.body.nextCursor as string | undefined;
          if (cursor) expect(reply.headers.get('link')).toContain(`cursor=${encodeURIComponent(cursor)}`);
        } while (cursor !== undefined);
        expect([byOffset, byCursor]).toEqual([expected, expected]);
      }),
      40,
    );
  });

  it("takes Janssen's database names, names of scopes, and bare dates", async () => {
    const count = async (query: string): Promise<number> => (await search(query)).body.totalEntriesCount as number;
    expect(await count('fieldValuePair=jansAppTyp=web')).toBe(await count('fieldValuePair=applicationType=web'));
    expect(await count('fieldValuePair=clientId=c-001')).toBe(1);
    expect(await count('fieldValuePair=scopes=email')).toBe(
      await count('fieldValuePair=scopes=inum\\=764C\\,ou\\=scopes\\,o\\=jans'),
    );
    expect(inumsOf(await search('sortBy=displayName&limit=200'))).toEqual(
      inumsOf(await search('sortBy=clientName&limit=200')),
    );
    const onDay = clients.filter((client) => String(client['expirationDate']).startsWith('2030-01-01')).length;
    expect(await count('fieldValuePair=expirationDate=2030-01-01')).toBe(onDay);
    expect(await count('fieldValuePair=expirationDate>=2030-01-01,expirationDate<=2030-01-01')).toBe(onDay);
    expect(await count('fieldValuePair=expirationDate!=2030-01-01')).toBe(clients.length - onDay);
    const used = clients.filter((client) => client['lastAccessTime'] !== undefined).length;
    expect(await count('fieldValuePair=lastAccessTime>2020-01-01')).toBe(used);
    expect(await count('fieldValuePair=lastAccessTime>-1d')).toBe(used);
    expect(await count('fieldValuePair=lastAccessTime<-1d')).toBe(0);
    expect(await count('fieldValuePair=lastAccessTime!=never')).toBe(used);
    expect(await count('pattern=&fieldValuePair=&sortBy=')).toBe(clients.length);
  });

  it.each([
    ['fieldValuePair=colour=red', 'there is no field colour'],
    ['fieldValuePair=clientSecret=x', 'there is no field clientSecret'],
    ['fieldValuePair=applicationType', 'is not name, operator and value'],
    ['fieldValuePair=disabled=maybe', 'is true or false'],
    ['fieldValuePair=scopes=nope', 'there is no scope nope'],
    [`pattern=${'x'.repeat(257)}`, '256'],
    ['sortBy=colour', 'there is no field colour'],
    ['cursor=nonsense', 'is not a cursor'],
  ])('refuses %s', async (query, detail) => {
    const reply = await search(query);
    expect(reply.status).toBe(400);
    expect(reply.text).toContain(detail);
  });

  it('reports every parameter at fault together', async () => {
    const reply = await search('sortBy=colour&fieldValuePair=shape=round,disabled=maybe');
    expect(reply.body.errors).toHaveLength(3);
  });

  it('binds a cursor to its filter and its order, and not to its spelling', async () => {
    const { body } = await search('limit=2&fieldValuePair=applicationType=web');
    const cursor = body.nextCursor as string;
    expect((await search(`limit=5&cursor=${cursor}&fieldValuePair=jansAppTyp=web`)).status).toBe(200);
    for (const other of [
      'fieldValuePair=applicationType=native',
      'sortBy=displayName&fieldValuePair=applicationType=web',
      'pattern=x',
    ]) {
      const reply = await search(`cursor=${cursor}&${other}`);
      expect([other, reply.status]).toEqual([other, 400]);
    }
    expect((await search(`cursor=${cursor}&startIndex=0&fieldValuePair=applicationType=web`)).status).toBe(400);
  });

  it('visits by cursor everyone who was there throughout, while others come and go', async () => {
    const stay = clients.map((client) => client['inum'] as string);
    const seen: string[] = [];
    let cursor: string | undefined;
    let round = 0;
    do {
      const reply = await search(`limit=7&sortBy=displayName${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      seen.push(...inumsOf(reply));
      cursor = reply.body.nextCursor as string | undefined;
      round += 1;
      const names = [`!early ${round}`, `report ${round}`, `zz late ${round}`];
      await Promise.all(
        names.map((clientName, index) =>
          service.request('POST', CLIENTS, {
            token,
            body: { inum: `new-${round}-${index}`, clientName, redirectUris: [] },
          }),
        ),
      );
      if (round > 1) await service.request('DELETE', `${CLIENTS}/new-${round - 1}-0`, { token });
    } while (cursor !== undefined && round < 100);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((inum) => stay.includes(inum)).sort()).toEqual([...stay].sort());
  });
});

/** The rows of `client_values`, and those that the documents ask for. */
const valueRows = async (): Promise<string[]> =>
  sorted(await service.database.reader.query('SELECT property, value, inum FROM client_values'));
async function expectedRows(): Promise<string[]> {
  const documents = await service.database.reader.query<{ document: string }[]>('SELECT document FROM clients');
  return sorted(documents.flatMap(({ document }) => valuesOf(JSON.parse(document) as ClientDocument)));
}
const sorted = (rows: readonly { property: string; value: string; inum: string }[]): string[] =>
  rows.map(({ property, value, inum }) => JSON.stringify([property, value, inum])).sort();

describe('the values that clients are found by', () => {
  const run = (sql: string): Promise<unknown> => service.database.writer.query(sql);
  const count = async (query: string): Promise<unknown> => (await search(query)).body.totalEntriesCount;
  /** As before a version that is the first to keep the contacts and to look for hosts, and keeps locales no more. */
  const goBack = async (): Promise<void> => {
    for (const table of ['client_values', 'client_value_properties'])
      await run(`DELETE FROM ${table} WHERE property IN ('contacts', 'postLogoutRedirectUris.host')`);
    await run("INSERT INTO client_values (property, value, inum) VALUES ('locales', 'fr', 'many-1')");
    await run("INSERT INTO client_value_properties (property, rule) VALUES ('locales', '0 string')");
  };

  beforeAll(async () => {
    const [template] = await service.work.read(({ clients: store }) => store.byIds(['c-001']));
    const document = JSON.parse(template?.text ?? '') as ClientDocument;
    const many = Array.from({ length: 450 }, (_unused, index) => ({
      ...document,
      inum: `many-${index}`,
      contacts: [`${index % 3}@many.example`],
      postLogoutRedirectUris: ['https://many.example/out'],
    }));
    await service.work.write(({ corridor }) => corridor.fill(many));
  });

  it('are gathered step by step when another version has other ones; until then the documents answer', async () => {
    await goBack();
    expect(await count('fieldValuePair=contacts=1@many.example')).toBe(150);
    const host = await search('fieldValuePair=postLogoutRedirectUris.host=many.example');
    expect([host.status, host.headers.get('retry-after'), host.body.detail]).toEqual([
      503,
      '30',
      expect.stringContaining('postLogoutRedirectUris.host is gathered from all clients'),
    ]);
    const { tasks } = await compose(service.ground);
    const task = (): Promise<unknown> => tasks.service.find('rebuild-values');
    expect(await task()).toMatchObject({ state: 'waiting' });
    const steps: unknown[] = [];
    const ending = {
      ...service.ground.log,
      info: (message: string, fields = {}) => steps.push({ message, ...fields }),
    };
    const other = await compose({ ...service.ground, log: ending });
    await other.tasks.runner.run();
    expect(steps).toEqual([
      { message: 'values of clients gathered', clients: expect.any(Number), corrected: expect.any(Number) },
    ]);
    expect(await task()).toMatchObject({ state: 'waiting', progress: { done: expect.any(Number) } });
    expect(await valueRows()).toEqual(await expectedRows());
    expect(await count('fieldValuePair=contacts=1@many.example')).toBe(150);
    expect(await count('fieldValuePair=postLogoutRedirectUris.host=many.example')).toBe(450);
  });

  it('are gathered anew when an administrator asks for it, from where a pause or the end of a process has left it', async () => {
    const { tasks } = await compose(service.ground);
    await run("DELETE FROM client_values WHERE inum LIKE 'many-%'");
    await rebuildAnew({ work: service.work, tasks: tasks.service });
    expect(await count('fieldValuePair=contacts=1@many.example')).toBe(150);
    const first = rebuildingValues({ work: service.work, log: service.ground.log });
    const step = await first.step(undefined, {});
    expect(step).toMatchObject({ isDone: false, progress: { done: 200 } });
    await service.work.write(({ tasks: store }) =>
      store.change('rebuild-values', ['waiting'], {
        state: 'paused',
        ...(!step.isDone && { checkpoint: step.state }),
      }),
    );
    await tasks.runner.run();
    expect(await tasks.service.find('rebuild-values')).toMatchObject({ state: 'paused' });
    const before = (await valueRows()).length;
    await tasks.service.resume('rebuild-values');
    await tasks.runner.run();
    const rows = await valueRows();
    expect(rows.length).toBeGreaterThan(before);
    expect(rows).toEqual(await expectedRows());
    expect(await count('fieldValuePair=contacts=1@many.example')).toBe(150);
  });

  const patch = async (body: object): Promise<string[]> => {
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    expect((await service.request('PATCH', `${CLIENTS}/many-2`, { token, headers, body })).status).toBe(200);
    return (await valueRows()).filter((row) => row.endsWith('"many-2"]'));
  };
  const expected = async (): Promise<string[]> => (await expectedRows()).filter((row) => row.endsWith('"many-2"]'));

  it('take a value that is there already, as after a version that kept it in another way', async () => {
    await run("INSERT INTO client_values (property, value, inum) VALUES ('contacts', 'again@many.example', 'many-2')");
    expect(await patch({ contacts: ['again@many.example'] })).toEqual(await expected());
    expect(await count('fieldValuePair=contacts=again@many.example')).toBe(1);
  });

  it('become others, also where some were not there, together with the text and what has no value yet', async () => {
    const six = { contacts: ['b'], softwareVersion: '1', clientUri: 'https://b.example/', defaultAcrValues: ['1'] };
    expect(await patch({ ...six, description: 'The first text' })).toEqual(await expected());
    const others = { contacts: ['c'], softwareVersion: '2', clientUri: 'https://c.example/', defaultAcrValues: ['2'] };
    const more = { clientName: 'Many others', policyUri: 'https://c.example/policy', description: 'Another text' };
    expect(await patch({ ...others, ...more })).toEqual(await expected());
    await run("DELETE FROM client_values WHERE property IN ('contacts', 'description') AND inum = 'many-2'");
    expect(await patch({ contacts: ['d'], softwareVersion: '3', description: 'A third text' })).toEqual(
      await expected(),
    );
    expect(await count('pattern=a third text')).toBe(1);
  });
});
