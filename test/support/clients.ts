import { expect } from '@jest/globals';
import { caller, type Caller } from './registry.ts';
import { CLIENTS, type TestReply, type TestService } from './service.ts';

/** A client as who has made it knows it. */
export interface TestClient {
  readonly inum: string;
  readonly clientSecret: string;
}

const asAdministrator = async (service: TestService): Promise<Caller> =>
  caller(service, CLIENTS, await service.adminToken());

/** Registers a client that may get tokens, with these members. */
export async function newClient(service: TestService, members: object = {}): Promise<TestClient> {
  const body = { redirectUris: [], grantTypes: ['client_credentials'], ...members };
  return (await asAdministrator(service)).created(body) as Promise<TestClient>;
}

/** Changes members of a client with a merge patch. */
export async function change(service: TestService, inum: string, members: object): Promise<void> {
  const reply = await (await asAdministrator(service)).merge(inum, members);
  expect(reply.status).toBe(200);
}

/** Sends an administrative POST to `…/{inum}/{action}`. */
export async function act(service: TestService, inum: string, action: string, body?: object): Promise<TestReply> {
  const token = await service.adminToken();
  return service.request('POST', `${CLIENTS}/${inum}/${action}`, { token, ...(body !== undefined && { body }) });
}

export async function remove(service: TestService, inum: string): Promise<void> {
  const reply = await (await asAdministrator(service)).remove(inum);
  expect(reply.status).toBe(204);
}
