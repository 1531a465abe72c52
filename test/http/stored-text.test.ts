import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';
import { ATTRIBUTES, caller, inumsOf, SCOPES } from '../support/registry.ts';

/** Earlier versions stored texts with lone surrogates. */
const LONE = '\ud800';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  for (const inum of ['a', 'b', 'c', 'd']) {
    await service.request('POST', CLIENTS, {
      token,
      body: { inum, clientName: `name ${inum}`, softwareVersion: inum === 'd' ? 'v\uFFFE' : 'v1', redirectUris: [] },
    });
  }
  for (const inum of ['a', 'b', 'c']) await damage('clients', inum, { softwareVersion: `v${LONE}` });
  await damage('clients', 'a', { clientName: LONE, displayName: LONE, description: LONE, contacts: [LONE] });
  await damage('scopes', '764C', { description: `s${LONE}`, iconUrl: `https://x.example/${LONE}` });
});
afterAll(() => service.stop());

/** Writes members into a stored document behind the back of the service. */
async function damage(table: string, inum: string, members: object): Promise<void> {
  const { writer } = service.database;
  const [row] = await writer.query<{ document: string }[]>(`SELECT document FROM ${table} WHERE inum = ?`, [inum]);
  const document: unknown = { ...(JSON.parse(row?.document ?? '') as object), ...members };
  await writer.query(`UPDATE ${table} SET document = ? WHERE inum = ?`, [JSON.stringify(document), inum]);
}

const list = (query: string, path = CLIENTS): Promise<TestReply> =>
  service.request('GET', `${path}?${query}`, { token });

describe('a stored text that is not Unicode', () => {
  it.each(['softwareVersion', 'clientName', 'displayName', 'description', 'attributes.tlsClientAuthSubjectDn', 'inum'])(
    'is sorted by %s in both orders',
    async (sortBy) => {
      for (const order of ['ascending', 'descending']) {
        const reply = await list(`sortBy=${sortBy}&sortOrder=${order}`);
        expect([reply.status, reply.body.entriesCount]).toEqual([200, 5]);
      }
    },
  );

  it.each(['ascending', 'descending'])('is paged over one by one, %s', async (order) => {
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const reply = await list(`sortBy=softwareVersion&sortOrder=${order}&limit=1${cursor}`);
      expect(reply.status).toBe(200);
      seen.push(...inumsOf(reply));
      if (reply.body.nextCursor === undefined) break;
      cursor = `&cursor=${reply.body.nextCursor}`;
    }
    expect(seen.filter((inum) => inum === 'd')).toHaveLength(1);
    const same = ['a', 'b', 'c'];
    expect(seen.filter((inum) => same.includes(inum))).toEqual(order === 'ascending' ? same : same.toReversed());
  });

  it('is filtered over', async () => {
    for (const pair of [
      'softwareVersion=v',
      'softwareVersion>v',
      'softwareVersion<x',
      'contacts=x',
      'description!=x',
    ]) {
      expect((await list(`fieldValuePair=${encodeURIComponent(pair)}`)).status).toBe(200);
    }
    expect((await list('pattern=name')).status).toBe(200);
  });

  it('is served and patched, and what is written to its place is Unicode', async () => {
    const clients = caller(service, CLIENTS, token);
    expect((await clients.read('a')).status).toBe(200);
    expect((await clients.merge('a', { softwareId: 'x' })).status).toBe(200);
    const mended = await clients.merge('a', {
      clientName: 'mended',
      softwareVersion: 'v2',
      description: 'x',
      contacts: [],
    });
    expect([mended.status, mended.body.clientName]).toEqual([200, 'mended']);
    expect((await caller(service, SCOPES, token).merge('764C', { displayName: 'x' })).status).toBe(200);
  });

  it('is listed, sorted and filtered in scopes and claims', async () => {
    for (const path of [SCOPES, ATTRIBUTES]) {
      for (const query of [
        'limit=200',
        'sortBy=description&limit=200',
        'pattern=s',
        'fieldValuePair=description%3Es',
      ]) {
        expect((await list(query, path)).status).toBe(200);
      }
    }
    expect((await list('sortBy=iconUrl&limit=200', SCOPES)).status).toBe(200);
  });
});
