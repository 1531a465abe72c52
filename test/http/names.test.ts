import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caller, SCOPES, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;
let clients: Caller;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  clients = caller(service, CLIENTS, token);
});
afterAll(() => service.stop());

/** Every object has these from its prototype. */
describe.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])('%s', (name) => {
  it('is a scope like any other', async () => {
    const created = await service.request('POST', SCOPES, { token, body: { id: name } });
    expect([created.status, created.body.id]).toEqual([201, name]);
    const headers = { 'Idempotency-Key': `K3y${name.padEnd(30, 'xY7')}`.replaceAll('_', 'U') };
    const client = await clients.create({ redirectUris: [], scopes: [name] }, headers);
    expect([client.status, client.body.scopes]).toEqual([201, [created.body.dn]]);
    expect((await clients.list({ fieldValuePair: `scopes=${name}` })).body.entriesCount).toBe(1);
  });

  it('is no field, and neither true nor false', async () => {
    expect((await clients.list({ sortBy: name })).status).toBe(400);
    expect((await clients.list({ fieldValuePair: `${name}=x` })).status).toBe(400);
    expect((await clients.list({ fieldValuePair: `disabled=${name}` })).status).toBe(400);
    expect((await clients.list({ fieldValuePair: `customAttributes.${name}=x` })).body.entriesCount).toBe(0);
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
