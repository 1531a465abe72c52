import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newClient } from '../support/clients.ts';
import { tokenOf, withBasic } from '../support/issuer.ts';
import { registered, REGISTER } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const SCOPES = '/jans-config-api/api/v1/scopes';
const CLAIMS = '/jans-config-api/api/v1/attributes';
const TOKENS = '/jans-config-api/api/v1/registration-tokens';

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
});
afterAll(() => service.stop());

/** The lines about a request, which the service writes when its reply is out. */
async function linesOf(reply: TestReply): Promise<Record<string, unknown>[]> {
  await service.idle();
  await new Promise((resolve) => setImmediate(resolve));
  const id = reply.headers.get('x-request-id');
  return service.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ requestId }) => requestId === id);
}

describe('the log', () => {
  it('says which client got a token, and from where', async () => {
    const client = await newClient(service);
    const [line] = await linesOf(await withBasic(service, client));
    expect(line).toMatchObject({ operation: 'token', status: 200, caller: client.inum, source: '127.0.0.1' });
    const [refused, request] = await linesOf(await withBasic(service, { ...client, clientSecret: 'another-secret' }));
    expect(refused).toMatchObject({ message: 'refused', operation: 'token', reason: expect.any(String) });
    expect(request).toMatchObject({ status: 401, source: '127.0.0.1' });
    expect(request?.['caller']).toBeUndefined();
  });

  it('says which client read its registration', async () => {
    const client = await registered(service);
    const reply = await service.request('GET', `${REGISTER}?client_id=${client.id}`, { token: client.token });
    expect((await linesOf(reply)).at(-1)).toMatchObject({ operation: 'get-register', status: 200, caller: client.id });
  });

  it('says what was changed: the id of the client, scope, claim or token', async () => {
    const token = await service.adminToken();
    const found: string[] = [];
    const change = async (
      method: string,
      path: string,
      inum: string | undefined,
      body?: object,
    ): Promise<TestReply> => {
      const reply = await service.request(method, path, { token, ...(body && { body }) });
      expect([method, path, reply.status < 300]).toEqual([method, path, true]);
      const made = inum ?? (reply.body.inum as string);
      found.push(`${method} ${path} ${String((await linesOf(reply)).at(-1)?.['inum'] === made)}`);
      return reply;
    };
    const body = { inum: 'logged', redirectUris: [] };
    await change('POST', CLIENTS, 'logged', body);
    await change('PUT', CLIENTS, 'logged', body);
    await change('POST', `${CLIENTS}/logged/secret`, 'logged', {});
    await change('DELETE', `${CLIENTS}/logged`, 'logged');
    for (const [path, made] of [
      [SCOPES, { id: 'logged', scopeType: 'oauth' }],
      [CLAIMS, { name: 'logged', displayName: 'Logged', description: 'x', dataType: 'string' }],
    ] as const) {
      const { body: entry } = await change('POST', path, undefined, made);
      await change('PUT', path, entry.inum, entry);
      await change('DELETE', `${path}/${entry.inum}`, entry.inum);
    }
    expect(found.filter((line) => !line.endsWith(' true'))).toEqual([]);
    const refused = await service.request('DELETE', `${CLIENTS}/nobody`, { token });
    expect((await linesOf(refused)).at(-1)).toMatchObject({ status: 404, inum: 'nobody' });
    const issued = await service.request('POST', TOKENS, { token, body: { label: 'logged', uses: 1 } });
    expect((await linesOf(issued)).at(-1)).toMatchObject({ status: 201, inum: issued.body.id });
  });

  it('says which client was registered, also when the request is sent again', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = { redirect_uris: ['https://client.example/callback'] };
    for (let count = 0; count < 2; count += 1) {
      const reply = await service.request('POST', REGISTER, { headers, body });
      expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
      expect((await linesOf(reply)).at(-1)).toMatchObject({ status: 201, inum: reply.body.client_id });
    }
  });

  it('leads from a token that was refused to the reason', async () => {
    const reader = 'https://jans.io/oauth/config/openid/clients.readonly';
    const token = await tokenOf(service, await newClient(service, { scopes: [reader] }));
    service.clock.advance(3_700_000);
    const expired = await service.request('GET', CLIENTS, { token });
    expect([expired.status, expired.body.detail]).toEqual([401, 'the token has expired']);
    expect((await linesOf(expired))[0]).toMatchObject({
      operation: 'get-oauth-openid-clients',
      reason: 'it has expired',
    });
    const forged = await service.request('GET', CLIENTS, { token: `${token.slice(0, -8)}AAAAAAAA` });
    expect(forged.body.detail).toBe('the token is not valid');
    expect((await linesOf(forged))[0]).toMatchObject({ message: 'refused', reason: 'invalid signature' });
  });
});
