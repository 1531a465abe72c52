import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caller, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, token, { redirectUris: [], grantTypes: ['client_credentials'] });
});
afterAll(() => service.stop());

describe('the version of a client', () => {
  it('goes on when the client is made again under its id, also after the log was pruned', async () => {
    const tags: (string | null)[] = [];
    for (let made = 0; made < 3; made += 1) {
      tags.push((await clients.create({ inum: 'again' })).headers.get('etag'));
      expect((await clients.remove('again')).status).toBe(204);
      await service.database.writer.query("DELETE FROM audit_records WHERE inum = 'again'");
    }
    expect(new Set(tags).size).toBe(3);
    await clients.create({ inum: 'again' });
    const refused = await service.request('DELETE', `${CLIENTS}/again`, {
      token,
      headers: { 'If-Match': tags[0] ?? '' },
    });
    expect(refused.status).toBe(412);
  });

  it('goes on after a restoration and a purge of what was removed', async () => {
    const versionOf = async (reply: ReturnType<Caller['create']>): Promise<number> =>
      Number(/^"(\d+)-/.exec((await reply).headers.get('etag') ?? '')?.[1]);
    await clients.create({ inum: 'back' });
    await clients.remove('back');
    const path = `${CLIENTS}/back`;
    expect(await versionOf(service.request('POST', `${path}/restore`, { token }))).toBe(2);
    await clients.remove('back');
    expect((await service.request('POST', `${path}/purge`, { token })).status).toBe(204);
    expect(await versionOf(clients.create({ inum: 'back' }))).toBe(3);
  });

  it('begins with 1 for an id that nobody had', async () => {
    expect((await clients.create({ inum: 'never-before' })).headers.get('etag')).toBe('"1-0"');
  });
});

describe('the total of a search', () => {
  it('is the present one after a write of every kind, whatever the log says', async () => {
    const total = async (): Promise<number> =>
      (await clients.list({ fieldValuePair: 'softwareVersion=counted' })).body.totalEntriesCount as number;
    expect(await total()).toBe(0);
    await clients.create({ inum: 'counted', softwareVersion: 'counted' });
    await service.database.writer.query('DELETE FROM audit_records');
    expect(await total()).toBe(1);
    await clients.merge('counted', { softwareVersion: 'other' });
    await service.database.writer.query('DELETE FROM audit_records');
    expect(await total()).toBe(0);
  });
});
