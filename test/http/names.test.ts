import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SCOPES } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
});
afterAll(() => service.stop());

const list = (query: Record<string, string>): Promise<TestReply> =>
  service.request('GET', `${CLIENTS}?${new URLSearchParams(query).toString()}`, { token });

/** Every object has these from its prototype. */
describe.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])('%s', (name) => {
  it('is a scope like any other', async () => {
    const created = await service.request('POST', SCOPES, { token, body: { id: name } });
    expect([created.status, created.body.id]).toEqual([201, name]);
    const client = await service.request('POST', CLIENTS, {
      token,
      body: { redirectUris: [], scopes: [name] },
      headers: { 'Idempotency-Key': `K3y${name.padEnd(30, 'xY7')}`.replaceAll('_', 'U') },
    });
    expect([client.status, client.body.scopes]).toEqual([201, [created.body.dn]]);
    expect((await list({ fieldValuePair: `scopes=${name}` })).body.entriesCount).toBe(1);
  });

  it('is no field, and neither true nor false', async () => {
    expect((await list({ sortBy: name })).status).toBe(400);
    expect((await list({ fieldValuePair: `${name}=x` })).status).toBe(400);
    expect((await list({ fieldValuePair: `disabled=${name}` })).status).toBe(400);
    expect((await list({ fieldValuePair: `customAttributes.${name}=x` })).body.entriesCount).toBe(0);
  });

  it('is no member', async () => {
    const raw = `{"redirectUris":[],"attributes":{"${name}":{}}}`;
    const headers = { 'Content-Type': 'application/json', Prefer: 'handling=strict' };
    const reply = await service.request('POST', CLIENTS, { token, raw, headers });
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, `/attributes/${name}`]);
  });

  it('is no media type', async () => {
    const reply = await service.request('POST', CLIENTS, { token, raw: '{}', headers: { 'Content-Type': name } });
    expect(reply.status).toBe(415);
  });
});
