import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
});
afterAll(() => service.stop());

const machine = { redirectUris: [], grantTypes: ['client_credentials'] };
const create = (inum: string): Promise<TestReply> =>
  service.request('POST', CLIENTS, { token, body: { ...machine, inum } });
const remove = (inum: string): Promise<TestReply> => service.request('DELETE', `${CLIENTS}/${inum}`, { token });

describe('the version of a client', () => {
  it('goes on when the client is made again under its id, also after the log was pruned', async () => {
    const tags: (string | null)[] = [];
    for (let made = 0; made < 3; made += 1) {
      tags.push((await create('again')).headers.get('etag'));
      expect((await remove('again')).status).toBe(204);
      await service.database.writer.query("DELETE FROM audit_records WHERE inum = 'again'");
    }
    expect(new Set(tags).size).toBe(3);
    await create('again');
    const refused = await service.request('DELETE', `${CLIENTS}/again`, {
      token,
      headers: { 'If-Match': tags[0] ?? '' },
    });
    expect(refused.status).toBe(412);
  });

  it('begins with 1 for an id that nobody had', async () => {
    expect((await create('never-before')).headers.get('etag')).toBe('"1-0"');
  });
});

describe('the total of a search', () => {
  it('is the present one after a write of every kind, whatever the log says', async () => {
    const total = async (): Promise<number> => {
      const query = '?fieldValuePair=softwareVersion=counted';
      return (await service.request('GET', `${CLIENTS}${query}`, { token })).body.totalEntriesCount as number;
    };
    const body = { ...machine, inum: 'counted', softwareVersion: 'counted' };
    const patch = {
      token,
      body: { softwareVersion: 'other' },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    };
    expect(await total()).toBe(0);
    await service.request('POST', CLIENTS, { token, body });
    await service.database.writer.query('DELETE FROM audit_records');
    expect(await total()).toBe(1);
    await service.request('PATCH', `${CLIENTS}/counted`, patch);
    await service.database.writer.query('DELETE FROM audit_records');
    expect(await total()).toBe(0);
  });
});
