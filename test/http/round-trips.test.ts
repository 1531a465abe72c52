import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connection } from 'mysql2';
import { findingStore } from '../../api/clients/profiles/finding.store.ts';
import { databaseKind } from '../support/database.ts';
import { initialToken, REGISTER } from '../support/registration.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

// The server counts: `Questions` is what has been sent to it on a connection, START TRANSACTION and COMMIT included, and
// `Com_commit` how much of that was a COMMIT. A look at the counters is counted as well.

let service: TestService;
let token: string;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  token = await service.adminToken();
});
afterAll(() => service.stop());

interface Counted {
  readonly connections: number;
  readonly questions: number;
  readonly commits: number;
  /** How many rows the storage engine was asked for by an index. */
  readonly rows: number;
  /** How many it was asked for one after the other, those of the counters included. */
  readonly scanned: number;
}

async function counted(): Promise<Counted> {
  const connections = service.database.sources.flatMap(({ driver }) => {
    const { pool } = driver as unknown as { pool: { _allConnections: { toArray(): Connection[] } } };
    return pool._allConnections.toArray();
  });
  const totals = { connections: connections.length, questions: 0, commits: 0, rows: 0, scanned: 0 };
  for (const connection of connections) {
    const [counters] = await connection
      .promise()
      .query(
        "SHOW SESSION STATUS WHERE Variable_name IN ('Questions', 'Com_commit') OR Variable_name LIKE 'Handler_read%'",
      );
    for (const { Variable_name: name, Value: value } of counters as { Variable_name: string; Value: string }[]) {
      if (name === 'Questions') totals.questions += Number(value);
      else if (name === 'Com_commit') totals.commits += Number(value);
      else if (name.startsWith('Handler_read_rnd')) totals.scanned += Number(value);
      else totals.rows += Number(value);
    }
  }
  return totals;
}

let number = 0;
const body = (): object => ({
  clientName: `Counted ${(number += 1)}`,
  description: 'Made to count what it takes',
  redirectUris: ['https://counted.example/callback', 'https://counted.example/silent'],
  grantTypes: ['authorization_code', 'refresh_token'],
  responseTypes: ['code'],
  scopes: ['openid', 'profile'],
});

async function created(): Promise<string> {
  const reply = await service.request('POST', CLIENTS, { token, body: body() });
  expect(reply.status).toBe(201);
  return `${CLIENTS}/${reply.body.inum as string}`;
}

/**
 * How many statements a request takes, and how many transactions: the fewest of some that are alike, until one takes few
 * enough, since the service looks at the caller again each second.
 */
async function tripsOf(
  most: number,
  send: (path: string) => Promise<{ readonly status: number }>,
): Promise<[number, number]> {
  const taken: [number, number][] = [];
  for (let tries = 0; tries < 12 && !taken.some(([trips]) => trips <= most); tries += 1) {
    const path = await created();
    const before = await counted();
    const { status } = await send(path);
    await service.idle();
    const after = await counted();
    expect(Math.floor(status / 100)).toBe(2);
    expect(after.connections).toBe(before.connections);
    taken.push([after.questions - before.questions - after.connections, after.commits - before.commits]);
  }
  return taken.sort(([one], [other]) => one - other)[0] ?? [0, 0];
}

/** Adds rows of clients that are not there. */
async function ofOthers(rows: string): Promise<void> {
  const [source] = service.database.sources;
  await source?.transaction((manager) =>
    manager.query(`SET STATEMENT foreign_key_checks = 0 FOR INSERT IGNORE INTO ${rows}`),
  );
}

const merge = (path: string, patch: object): Promise<{ readonly status: number }> =>
  service.request('PATCH', path, {
    token,
    raw: JSON.stringify(patch),
    headers: { 'Content-Type': 'application/merge-patch+json' },
  });

const WRITES: readonly (readonly [string, number, (path: string) => Promise<{ readonly status: number }>])[] = [
  ['a patch of the description', 6, (path) => merge(path, { description: 'Made to count what it costs' })],
  ['a patch of a value', 6, (path) => merge(path, { softwareVersion: '2.0' })],
  ['a patch of a switch', 6, (path) => merge(path, { disabled: true })],
  [
    'a patch of much',
    7,
    (path) => merge(path, { clientName: 'Much', contacts: ['a@much.example'], softwareVersion: '2' }),
  ],
  ['a creation', 10, () => service.request('POST', CLIENTS, { token, body: body() })],
  ['a removal', 7, (path) => service.request('DELETE', path, { token })],
];

(databaseKind() === 'mariadb' ? describe : describe.skip)('on a server', () => {
  it.each(WRITES)('%s takes at most %i statements, and one transaction', async (_what, most, write) => {
    const [trips, commits] = await tripsOf(most, write);
    expect([trips <= most ? 'few' : trips, commits]).toEqual(['few', 1]);
  });

  it('a registration takes at most 13 statements', async () => {
    const metadata = { client_name: 'Counted', redirect_uris: ['https://counted.example/callback'] };
    const { token: initial } = await initialToken(service, { uses: 12 });
    const [trips, commits] = await tripsOf(13, () =>
      service.request('POST', REGISTER, { token: initial, body: metadata }),
    );
    expect([trips <= 13 ? 'few' : trips, commits]).toEqual(['few', 1]);
  });

  it.each([
    ['a patch of the description', (path: string) => merge(path, { description: 'Said of it by nobody else' })],
    ['a removal', (path: string) => service.request('DELETE', path, { token })],
  ])('%s reads what is its own, however many others have the same', async (_what, send) => {
    const path = await created();
    const inum = path.slice(CLIENTS.length + 1);
    await ofOthers(`client_trigrams (trigram, id) SELECT t.trigram, 1000000 + o.seq
      FROM client_search s JOIN client_trigrams t ON t.id = s.id JOIN seq_1_to_300 o WHERE s.inum = '${inum}'`);
    await ofOthers(`client_values (property, value, inum) SELECT v.property, v.value, CONCAT('other-', o.seq)
      FROM client_values v JOIN seq_1_to_300 o WHERE v.inum = '${inum}'`);
    const before = await counted();
    expect(Math.floor((await send(path)).status / 100)).toBe(2);
    await service.idle();
    expect((await counted()).rows - before.rows).toBeLessThan(300);
  });

  it('a registration reads the scopes that it may get, however many others there are', async () => {
    const { token: initial } = await initialToken(service, { uses: 1 });
    await ofOthers(`scopes (inum, created_at, version, display_name_folded, search_text, document, scope_id, scope_type)
      SELECT CONCAT('other-', o.seq), s.created_at, 1, '', '', s.document, CONCAT('other-', o.seq), s.scope_type
      FROM scopes s JOIN seq_1_to_300 o WHERE s.scope_id = 'address'`);
    const body = { client_name: 'Counted', redirect_uris: ['https://counted.example/callback'] };
    const [first, second] = [await counted(), await counted()];
    expect((await service.request('POST', REGISTER, { token: initial, body })).status).toBe(201);
    await service.idle();
    const after = await counted();
    expect(after.rows - second.rows).toBeLessThan(300);
    expect(after.scanned - second.scanned - (second.scanned - first.scanned)).toBeLessThan(300);
  });

  it('a look for what clients break goes from one to the next', async () => {
    await ofOthers(`client_values (property, value, inum)
      SELECT 'findings', CONCAT('other', o.seq % 10), CONCAT('other-', o.seq) FROM seq_1_to_1000 o`);
    await service.database.sources[0]?.transaction(async (manager) => {
      const rowsRead = async (): Promise<number> => {
        const counters = await manager.query<{ Value: string }[]>("SHOW SESSION STATUS LIKE 'Handler_read%'");
        return counters.reduce((sum, { Value: value }) => sum + Number(value), 0);
      };
      const before = await rowsRead();
      expect(await findingStore(manager).signatures('other', 5)).toEqual([
        'other0',
        'other1',
        'other2',
        'other3',
        'other4',
      ]);
      expect((await rowsRead()) - before).toBeLessThan(100);
    });
  });

  it('a read takes one', async () => {
    expect(await tripsOf(1, (path) => service.request('GET', path, { token }))).toEqual([1, 0]);
  });
});
