import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { earlierFacts, startOnEarlierDatabase } from '../support/earlier-database.ts';
import { manage } from '../support/registration.ts';
import { basic, CLIENTS, type TestReply, type TestService } from '../support/service.ts';

const facts = earlierFacts();
let service: TestService;
beforeAll(async () => {
  service = await startOnEarlierDatabase();
});
afterAll(() => service.stop());

async function read(inum: string): Promise<TestReply> {
  return service.request('GET', `${CLIENTS}/${inum}`, { token: await service.adminToken() });
}

describe('a database of an earlier version', () => {
  it('has the clients of every door', async () => {
    const token = await service.adminToken();
    const list = await service.request('GET', `${CLIENTS}?limit=1`, { token });
    expect(list.body.totalEntriesCount).toBe(
      1 + Object.keys(facts.clients).length + Object.keys(facts.registered).length + 40,
    );
    for (const [name, { inum }] of Object.entries(facts.clients)) {
      expect((await read(inum)).body).toMatchObject({ clientName: name });
    }
  });

  it('lets its clients in as before', async () => {
    for (const [name, client] of Object.entries(facts.registered)) {
      const { status, body } = await manage(service, 'GET', client);
      expect([status, body.client_id, body.client_name]).toEqual([200, client.id, name]);
    }
    const reply = await service.request('POST', '/jans-auth/restv1/token', {
      headers: basic(facts.clients['Active']?.inum ?? '', facts.chosenSecret),
      form: { grant_type: 'client_credentials' },
    });
    expect(reply.status).toBe(200);
  });
});
