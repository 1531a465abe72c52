import { expect } from '@jest/globals';
import type { TestReply, TestService } from './service.ts';

export const REGISTER = '/jans-auth/restv1/register';
export const TOKENS = '/jans-config-api/api/v1/registration-tokens';

/** What a test knows of a client that registered itself. */
export interface Registered {
  readonly id: string;
  readonly secret: string;
  readonly token: string;
  // Metadata is what the tests are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
  readonly metadata: any;
}

/** Sends a registration. */
export const register = (service: TestService, metadata: unknown, token?: string): Promise<TestReply> =>
  service.request('POST', REGISTER, { body: metadata, ...(token !== undefined && { token }) });

/** Registers a client that must be accepted. */
export async function registered(service: TestService, metadata: object = {}, token?: string): Promise<Registered> {
  const reply = await register(service, { redirect_uris: ['https://client.example/cb'], ...metadata }, token);
  expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
  const { client_id: id, client_secret: secret, registration_access_token: registrationToken } = reply.body;
  return { id, secret, token: registrationToken, metadata: reply.body };
}

/** A request to the registration of a client, with its token unless another one is given. */
export const manage = (
  service: TestService,
  method: 'GET' | 'PUT' | 'DELETE',
  { id, token }: Pick<Registered, 'id' | 'token'>,
  body?: object,
): Promise<TestReply> =>
  service.request(method, `${REGISTER}?client_id=${encodeURIComponent(id)}`, { token, ...(body && { body }) });

/** What is sent to replace a registration: all of it but what the server sets. */
export function editable({ metadata }: Pick<Registered, 'metadata'>): Record<string, unknown> {
  const {
    registration_access_token: _token,
    registration_client_uri: _uri,
    client_secret_expires_at: _end,
    client_id_issued_at: _issued,
    ...rest
  } = metadata as Record<string, unknown>;
  return rest;
}

/** Makes an initial access token. */
export async function initialToken(service: TestService, members: object = {}): Promise<{ id: string; token: string }> {
  const body = { label: 'Test', ...members };
  const reply = await service.request('POST', TOKENS, { token: await service.adminToken(), body });
  expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
  return reply.body as { id: string; token: string };
}
