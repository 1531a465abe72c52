import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { change, clientsOf, connect, contentOf, type Client } from '../../docs/examples/node/registry.ts';
import type { Credentials } from '../../docs/examples/node/token.ts';
import { runProgram, type ProgramEnd } from '../support/example-program.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { startRedirectingRegistry } from '../support/redirecting-registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let writer: TestClient;
let credentials: Credentials;

beforeAll(async () => {
  service = await startService();
  writer = await newClient(service, { scopes: ['https://jans.io/oauth/config/openid/clients.write'] });
  credentials = { url: service.url, clientId: writer.inum, clientSecret: writer.clientSecret };
});
afterAll(() => service.stop());

/** The command that adds a contact to clients. */
const addContact = (inums: string): string[] => [
  ...[process.execPath, '--import', 'tsx', 'docs/examples/node/add-contact.ts'],
  ...[inums, 'ops@example.com'],
];

const tokensAsked = (): number => service.logLines.filter((line) => line.includes('"operation":"token"')).length;

describe('the client for Node', () => {
  it('gets one token for many requests, and another one when it is refused or about to end', async () => {
    const registry = connect(credentials);
    const read = async (): Promise<Client> =>
      contentOf(
        await registry.GET('/jans-config-api/api/v1/openid/clients/{inum}', {
          params: { path: { inum: writer.inum } },
        }),
      );
    const before = tokensAsked();
    await Promise.all([read(), read(), read()]);
    await read();
    expect(tokensAsked() - before).toBe(1);

    // The service has the token end before the program thinks so.
    service.clock.advance(400_000);
    await read();
    expect(tokensAsked() - before).toBe(2);

    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 271_000);
    await read();
    now.mockRestore();
    expect(tokensAsked() - before).toBe(3);
  });

  it.each([
    ['token', 'POST /token'],
    ['clients', 'GET /jans-config-api/api/v1/openid/clients?'],
  ] as const)('does not follow a redirect of the %s with its credentials', async (what, request) => {
    const registry = await startRedirectingRegistry(what);
    const { code, errors } = await runProgram(addContact('a,b'), registry, writer);
    expect([code, errors]).toEqual([1, expect.stringContaining('fetch failed')]);
    expect(registry.asked.at(-1)).toContain(request);
    expect(registry.followed).toEqual([]);
    await registry.stop();
  });

  it('believes no metadata about another resource', async () => {
    const registry = await startRedirectingRegistry('metadata');
    const { code, errors } = await runProgram(addContact('a'), registry, writer);
    expect([code, errors]).toEqual([1, expect.stringContaining('speaks for another resource')]);
    expect(registry.followed).toEqual([]);
    await registry.stop();
  });

  it('sends the body again after a renewal', async () => {
    const registry = connect(credentials);
    const register = async (inum: string): Promise<Client> =>
      contentOf(await registry.POST('/jans-config-api/api/v1/openid/clients', { body: { inum, redirectUris: [] } }));
    await register('before');
    service.clock.advance(400_000);
    expect((await register('after')).inum).toBe('after');
  });

  it('goes through every page', async () => {
    for (let count = 0; count < 5; count += 1) await newClient(service, { inum: `page-${count}`, softwareId: 'paged' });
    const found: string[] = [];
    for await (const { inum } of clientsOf(connect(credentials), { fieldValuePair: 'softwareId=paged', limit: 2 })) {
      found.push(inum);
    }
    expect(found).toEqual(['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
  });

  it('keeps what somebody else changes meanwhile', async () => {
    const { inum } = await newClient(service, { contacts: ['first@example.com'] });
    const readings: (string[] | undefined)[] = [];
    const client = await change(connect(credentials), inum, async ({ contacts = [] }) => {
      readings.push(contacts);
      if (readings.length === 1) await patch(inum, { contacts: [...contacts, 'second@example.com'] });
      return { contacts: [...contacts, 'third@example.com'] };
    });
    expect(readings).toEqual([['first@example.com'], ['first@example.com', 'second@example.com']]);
    expect(client?.contacts).toEqual(['first@example.com', 'second@example.com', 'third@example.com']);
  });

  it('gives up when it is always too late', async () => {
    const { inum } = await newClient(service);
    let attempts = 0;
    const edit = async (): Promise<{ description: string }> => {
      await patch(inum, { description: `theirs ${++attempts}` });
      return { description: 'ours' };
    };
    await expect(change(connect(credentials), inum, edit)).rejects.toMatchObject({ status: 412 });
    expect(attempts).toBe(5);
  });
});

async function patch(inum: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/merge-patch+json' };
  await service.request('PATCH', `${CLIENTS}/${inum}`, { token: await service.adminToken(), headers, body });
}

describe('add-contact', () => {
  const addContact = (client: TestClient, ...args: string[]): Promise<ProgramEnd> =>
    runProgram([process.execPath, '--import', 'tsx', 'docs/examples/node/add-contact.ts', ...args], service, client);

  it('changes the clients that do not have the contact, and says which', async () => {
    await newClient(service, { inum: 'with', softwareId: 'a,b', contacts: ['ops@example.com'] });
    await newClient(service, { inum: 'without', softwareId: 'a,b' });
    expect(await addContact(writer, 'a,b', 'ops@example.com')).toEqual({ code: 0, output: 'without\n', errors: '' });
    expect(await addContact(writer, 'a,b', 'ops@example.com')).toEqual({ code: 0, output: '', errors: '' });
  });

  it('says what is wrong', async () => {
    const reader = await newClient(service, { scopes: ['https://jans.io/oauth/config/openid/clients.readonly'] });
    const refused = await addContact(reader, 'a,b', 'new@example.com');
    expect([refused.code, refused.errors]).toEqual([1, expect.stringContaining('does not have the scope')]);
    const wrong = await addContact({ ...reader, clientSecret: 'another-secret' }, 'a,b', 'new@example.com');
    expect([wrong.code, wrong.errors]).toEqual([1, expect.stringContaining('invalid_client')]);
    expect(wrong.errors).not.toContain('another-secret');
    const usage = await addContact(reader, 'a,b');
    expect([usage.code, usage.errors]).toEqual([2, 'UsageError: usage: add-contact <softwareId> <address>\n']);
  });
});
