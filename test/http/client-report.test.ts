import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countedNow, countingFindings } from '../../api/clients/profiles/counting.ts';
import { rebuildingValues } from '../../api/clients/values/values-rebuild.ts';
import type { Json, Step } from '../../api/tasks/task.ts';
import { caller, inumsOf, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const REPORT = `${CLIENTS}/report`;
const IMPLICIT = { grantTypes: ['implicit'], responseTypes: ['token'], redirectUris: ['https://rp.example/cb'] };
const RULE = 'no-implicit-grant';

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, token);
});
afterAll(() => service.stop());

const report = (query = ''): Promise<TestReply> => service.request('GET', `${REPORT}?${query}`, { token });
interface Row {
  readonly rule: string;
  readonly severity: string;
  readonly clients: number;
  readonly enabled: number;
}
const rowOf = (reply: TestReply, id = RULE): Row | undefined => reply.body.rules.find(({ rule }: Row) => rule === id);
const numbers = async (query = ''): Promise<unknown[]> => {
  const reply = await report(query);
  return [reply.body.failing, reply.body.failingEnabled, rowOf(reply)?.clients, rowOf(reply)?.enabled];
};

async function run(kind: { step(state: Json | undefined, parameters: Json): Promise<Step<Json>> }): Promise<void> {
  for (let step = await kind.step(undefined, {}); !step.isDone;) step = await kind.step(step.state, {});
}

describe('a report', () => {
  it('counts what each write makes of clients, worst first', async () => {
    const before = await numbers('profile=oauth2.1');
    await clients.create({ ...IMPLICIT, inum: 'r-1', clientName: 'Old app' });
    await clients.create({ ...IMPLICIT, inum: 'r-2', disabled: true });
    expect(await numbers('profile=oauth2.1')).toEqual([2, 1, 2, 1].map((more, at) => Number(before[at]) + more));

    const reply = await report();
    expect(reply.body).toMatchObject({ profile: 'rfc9700', complete: true, clients: 3 });
    expect(Math.abs(Date.parse(`${reply.body.asOf}Z`) - service.clock.now())).toBeLessThan(60_000);
    const rows: Row[] = reply.body.rules;
    const worth = ({ severity, clients: n }: Row): number => Number(n > 0) * (severity === 'error' ? 1e9 : 1e6) + n;
    expect(rows.map(worth)).toEqual(rows.map(worth).sort((one, other) => other - one));

    await clients.merge('r-1', { grantTypes: ['authorization_code'], responseTypes: ['code'] });
    await service.request('POST', `${CLIENTS}/r-2/activate`, { token });
    expect(rowOf(await report())).toMatchObject({ clients: 1, enabled: 1 });
    await clients.remove('r-2');
    expect(rowOf(await report())).toMatchObject({ clients: 0, enabled: 0 });
  });

  it('has the clients of a rule a page at a time, those that are disabled last', async () => {
    for (const inum of ['p-3', 'p-1', 'p-2']) await clients.create({ ...IMPLICIT, inum });
    await clients.create({ ...IMPLICIT, inum: 'p-0', disabled: true });
    await clients.create({ ...IMPLICIT, inum: 'p-4', tokenEndpointAuthMethod: 'none' });
    const seen: string[] = [];
    let query = `rule=${RULE}&limit=2`;
    for (let page = await report(query); ; page = await report(query)) {
      seen.push(...inumsOf(page));
      expect(page.body.rules).toHaveLength(1);
      if (page.body.nextCursor === undefined) break;
      expect(page.headers.get('link')).toContain(`rule=${RULE}`);
      query = `rule=${RULE}&limit=2&cursor=${page.body.nextCursor}`;
    }
    expect([seen.length, [...seen].sort(), seen.at(-1)]).toEqual([5, ['p-0', 'p-1', 'p-2', 'p-3', 'p-4'], 'p-0']);

    const { body } = await report(`rule=${RULE}`);
    expect(body.entries.find(({ inum }: { inum: string }) => inum === 'p-1')).toEqual({
      inum: 'p-1',
      disabled: false,
      findings: [{ pointer: '/grantTypes', detail: expect.stringMatching(/^should not hold implicit/) }],
    });
  });

  it('is about the clients that a filter finds, which are counted now, and pages through them by their ids', async () => {
    for (const inum of ['f-3', 'f-1', 'f-2']) await clients.create({ ...IMPLICIT, inum, softwareId: 'found' });
    await clients.create({ ...IMPLICIT, inum: 'f-0', softwareId: 'found', disabled: true });
    await clients.create({ inum: 'f-4', softwareId: 'found', redirectUris: ['https://rp.example/cb'] });
    const found = `filter=${encodeURIComponent('softwareId eq "found" and not (inum eq "f-3")')}`;
    const { body } = await report(found);
    expect(body).toMatchObject({ clients: 4, complete: true });
    expect(await numbers(`${found}&profile=oauth2.1`)).toEqual([3, 2, 3, 2]);
    const seen: string[] = [];
    let query = `${found}&rule=${RULE}&limit=2`;
    for (let page = await report(query); ; page = await report(query)) {
      seen.push(...inumsOf(page));
      expect(rowOf(page)).toMatchObject({ clients: 3, enabled: 2 });
      if (page.body.nextCursor === undefined) break;
      query = `${found}&rule=${RULE}&limit=2&cursor=${page.body.nextCursor}`;
    }
    expect(seen).toEqual(['f-0', 'f-1', 'f-2']);
    expect((await report(`filter=inum eq "nobody"`)).body).toMatchObject({ clients: 0, failing: 0 });
  });

  it.each([
    ['filter=colour eq "red"', 'query:filter'],
    ['profile=pci', 'query:profile'],
    ['rule=fapi-pkce', 'query:rule'],
    ['colour=red', 'query:colour'],
    [`rule=${RULE}&cursor=x.y`, 'query:cursor'],
  ])('refuses %s', async (query, parameter) => {
    const reply = await report(query);
    expect([reply.status, reply.body.errors[0].parameter]).toEqual([400, parameter]);
  });
});

describe('where there are many clients', () => {
  it('a task counts them when something was written, and says when', async () => {
    const counting = countingFindings({ work: service.work, clock: service.clock, few: 0 });
    const counted = () => service.work.read((stores) => countedNow(stores, service.clock, 0));
    expect(await counted()).toMatchObject({ tally: {}, isComplete: false });
    await clients.create({ ...IMPLICIT, inum: 'm-0' });
    await run(counting);
    const first = await counted();
    const now = await service.work.read((stores) => countedNow(stores, service.clock));
    expect(first).toMatchObject({ tally: now.tally, isComplete: true });

    service.clock.advance(60_000);
    await run(counting);
    expect((await counted()).asOf).toBe(first.asOf);
    await clients.create({ ...IMPLICIT, inum: 'm-1' });
    expect((await counted()).tally).toEqual(first.tally);
    await run(counting);
    const { tally, asOf } = await counted();
    expect([tally[RULE]?.[0], asOf > first.asOf]).toEqual([Number(first.tally[RULE]?.[0]) + 1, true]);
  });
});

describe('after an upgrade that judges otherwise', () => {
  it('every client is judged again, and the report says that it is not complete until then', async () => {
    const before = rowOf(await report());
    await service.database.writer.query("DELETE FROM client_values WHERE property = 'findings'");
    await service.database.writer.query(
      "UPDATE client_value_properties SET rule = 'another' WHERE property = 'findings'",
    );
    const meanwhile = await report();
    expect([meanwhile.body.complete, rowOf(meanwhile)?.clients]).toEqual([false, 0]);
    await run(rebuildingValues({ work: service.work, log: service.ground.log }));
    const after = await report();
    expect([after.body.complete, rowOf(after)]).toEqual([true, before]);
  });
});
