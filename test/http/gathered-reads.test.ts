import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newClient, remove, type TestClient } from '../support/clients.ts';
import { claimsOf, TOKEN } from '../support/issuer.ts';
import { head, rawRequests, requestOf, type RawReply } from '../support/raw-request.ts';
import { basic, CLIENTS, startService, type TestService } from '../support/service.ts';
import { recordStatements } from '../support/statements.ts';

// What comes in one piece is begun in one turn of the event loop.

const SCOPES = ['openid', 'email', 'profile', 'address', 'phone', 'offline_access'];

let service: TestService;
let token: string;
let clients: TestClient[];

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = [];
  for (const scope of SCOPES) clients.push(await newClient(service, { scopes: [scope], clientName: `Of ${scope}` }));
});
afterAll(() => service.stop());

const inTurn = (requests: readonly string[]): Promise<RawReply[]> =>
  rawRequests(
    service.url,
    requests.map((text, index) => (index < requests.length - 1 ? text.replace('Connection: close\r\n', '') : text)),
  );
const getting = (inum: string): string => head(`GET ${CLIENTS}/${inum}`, { Authorization: `Bearer ${token}` });
const asking = ({ inum, clientSecret }: TestClient): string =>
  requestOf(
    `POST ${TOKEN}`,
    { ...basic(inum, clientSecret), 'Content-Type': 'application/x-www-form-urlencoded' },
    'grant_type=client_credentials',
  );

/** The fewest statements on a table of some tries: what was sent in one piece may be read in two. */
async function fewestOn(table: string, task: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  while (taken.length < 12 && !taken.includes(1)) {
    const statements = recordStatements(service);
    await task();
    taken.push(statements.filter(({ query }) => query.toLowerCase().replaceAll(/["`]/g, '').includes(table)).length);
  }
  return Math.min(...taken);
}

describe('requests that come together', () => {
  it('get each their own client, or none, with one statement', async () => {
    const gone = await newClient(service);
    await remove(service, gone.inum);
    const inums = [...clients.map(({ inum }) => inum), gone.inum, clients[0]?.inum ?? ''];
    const replies = await inTurn(inums.map(getting));
    expect(replies.map(({ status }) => status)).toEqual([...clients.map(() => 200), 404, 200]);
    const served = replies.filter(({ status }) => status === 200);
    expect(served.map(({ text }) => (JSON.parse(text) as { inum: string }).inum)).toEqual(
      inums.filter((inum) => inum !== gone.inum),
    );
    expect(await fewestOn('from clients c', () => inTurn(inums.map(getting)))).toBe(1);
  });

  it('get each a token with their own scopes, by their own secrets, with three statements', async () => {
    const [first, second] = clients;
    const wrong = { ...first, clientSecret: second?.clientSecret } as TestClient;
    const replies = await inTurn([...clients, wrong].map(asking));
    expect(replies.map(({ status }) => status)).toEqual([...clients.map(() => 200), 401]);
    const tokens = replies.slice(0, -1).map(({ text }) => (JSON.parse(text) as { access_token: string }).access_token);
    expect(tokens.map((text) => [claimsOf(text).sub, claimsOf(text)['scope']])).toEqual(
      clients.map(({ inum }, index) => [inum, SCOPES[index]]),
    );
    for (const table of ['from clients c', 'from client_secrets', 'join client_scopes']) {
      expect([table, await fewestOn(table, () => inTurn(clients.map(asking)))]).toEqual([table, 1]);
    }
  });

  it('find each their own client, with one look at how many there are, and few at those that are found', async () => {
    const finding = (scope: string): string =>
      head(`GET ${CLIENTS}?fieldValuePair=clientName=Of%20${scope}`, { Authorization: `Bearer ${token}` });
    const findAll = (): Promise<RawReply[]> => inTurn(SCOPES.map(finding));
    const found = (await findAll()).map(({ text }) => (JSON.parse(text) as { entries: { inum: string }[] }).entries);
    expect(found.map((entries) => entries.map(({ inum }) => inum))).toEqual(clients.map(({ inum }) => [inum]));
    expect(await fewestOn('from client_counts', findAll)).toBe(1);
    // Where they come from a server, pages come one after the other.
    expect(await fewestOn('left join client_activity', findAll)).toBeLessThan(clients.length / 2);
  });

  it('change each their own client, after one look at all of them', async () => {
    let round = 0;
    const changing = ({ inum }: TestClient): string =>
      requestOf(
        `PATCH ${CLIENTS}/${inum}`,
        { Authorization: `Bearer ${token}`, 'Content-Type': 'application/merge-patch+json' },
        JSON.stringify({ description: `Of ${inum} in round ${round}` }),
      );
    const changeAll = async (): Promise<void> => {
      round += 1;
      const replies = await inTurn(clients.map(changing));
      expect(replies.map(({ text }) => (JSON.parse(text) as { description: string }).description)).toEqual(
        clients.map(({ inum }) => `Of ${inum} in round ${round}`),
      );
      const scopes = replies.map(({ text }) => (JSON.parse(text) as { scopes: unknown[] }).scopes.length);
      expect(scopes).toEqual(clients.map(() => 1));
    };
    expect(await fewestOn('from client_secrets', changeAll)).toBe(1);
  });

  it('get what was written before they came', async () => {
    const path = `${CLIENTS}/${clients[0]?.inum}`;
    const reading = inTurn(clients.map(({ inum }) => getting(inum)));
    const description = 'Written while others were read';
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const written = await service.request('PATCH', path, { token, raw: JSON.stringify({ description }), headers });
    const replies = await inTurn(clients.map(({ inum }) => getting(inum)));
    expect(replies[0]?.headers['etag']).toBe(written.headers.get('etag'));
    expect((await reading).map(({ status }) => status)).toEqual(clients.map(() => 200));
  });

  it('are read some at a time where they are many', async () => {
    const inums = Array.from({ length: 70 }, (_, index) => clients[index % 6]?.inum ?? '');
    const others = Array.from(
      { length: 40 },
      (_, index) => `10000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    const statements = recordStatements(service);
    const replies = await inTurn([...inums, ...others].map(getting));
    const asked = statements.map(({ parameters }) => (parameters as unknown[] | undefined)?.length ?? 0);
    expect(Math.max(...asked)).toBeLessThanOrEqual(32);
    expect(replies.map(({ status }) => status)).toEqual([...inums.map(() => 200), ...others.map(() => 404)]);
  });
});
