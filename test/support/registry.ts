import type { TestReply, TestService } from './service.ts';

export const SCOPES = '/jans-config-api/api/v1/scopes';
export const ATTRIBUTES = '/jans-config-api/api/v1/attributes';

const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const JSON_PATCH = { 'Content-Type': 'application/json-patch+json' };

/** The operations on a resource at an address, by the administrator or another caller. */
export interface Caller {
  create(body: object): Promise<TestReply>;
  read(inum: string): Promise<TestReply>;
  list(query: Record<string, string>): Promise<TestReply>;
  replace(body: object): Promise<TestReply>;
  merge(inum: string, body: object, headers?: Record<string, string>): Promise<TestReply>;
  patch(inum: string, body: object[]): Promise<TestReply>;
  remove(inum: string, query?: string): Promise<TestReply>;
}

/** Calls the operations of the resource at `address` with a token. */
export function caller(service: TestService, address: string, token: string): Caller {
  const at = (inum: string): string => `${address}/${inum}`;
  return {
    create: (body) => service.request('POST', address, { token, body }),
    read: (inum) => service.request('GET', at(inum), { token }),
    list: (query) => service.request('GET', `${address}?${new URLSearchParams(query).toString()}`, { token }),
    replace: (body) => service.request('PUT', address, { token, body }),
    merge: (inum, body, headers = {}) =>
      service.request('PATCH', at(inum), { token, headers: { ...MERGE, ...headers }, body }),
    patch: (inum, body) => service.request('PATCH', at(inum), { token, headers: JSON_PATCH, body }),
    remove: (inum, query = '') => service.request('DELETE', `${at(inum)}${query}`, { token }),
  };
}

/** The JSON Pointers of what a reply says is wrong. */
export const pointersOf = (reply: TestReply): string[] =>
  ((reply.body.errors ?? []) as { pointer: string }[]).map((error) => error.pointer);

/** The inums of the entries of a list, in their order. */
export const inumsOf = (reply: TestReply): string[] =>
  (reply.body.entries as { inum: string }[]).map((entry) => entry.inum);
