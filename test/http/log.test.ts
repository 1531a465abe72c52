import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newClient, tokenOf, withBasic } from '../support/issuer.ts';
import { registered, REGISTER } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

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

  it('leads from a token that was refused to the reason', async () => {
    const reader = 'https://jans.io/oauth/config/openid/clients.readonly';
    const token = await tokenOf(service, await newClient(service, { scopes: [reader] }));
    service.clock.advance(3_700_000);
    const expired = await service.request('GET', CLIENTS, { token });
    expect([expired.status, expired.body.detail]).toEqual([401, 'the token has expired']);
    expect((await linesOf(expired))[0]).toMatchObject({ operation: 'get-oauth-openid-clients', reason: 'jwt expired' });
    const forged = await service.request('GET', CLIENTS, { token: `${token.slice(0, -8)}AAAAAAAA` });
    expect(forged.body.detail).toBe('the token is not valid');
    expect((await linesOf(forged))[0]).toMatchObject({ message: 'refused', reason: 'invalid signature' });
  });
});
