import { expect } from '@jest/globals';
import type { TestReply, TestService } from './service.ts';

export const SCOPES = '/jans-config-api/api/v1/scopes';
export const ATTRIBUTES = '/jans-config-api/api/v1/attributes';

const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const JSON_PATCH = { 'Content-Type': 'application/json-patch+json' };

type Fields = Record<string, string>;

/** The operations on a resource at an address, by the administrator or another caller. */
export interface Caller {
  create(body?: object, headers?: Fields): Promise<TestReply>;
  /** Creates an entry, expects that this is done, and returns it. */
  created(body?: object): Promise<TestReply['body']>;
  read(inum: string, headers?: Fields): Promise<TestReply>;
  list(query?: Record<string, string>): Promise<TestReply>;
  replace(body: object): Promise<TestReply>;
  merge(inum: string, body: object, headers?: Fields): Promise<TestReply>;
  patch(inum: string, body: object[]): Promise<TestReply>;
  remove(inum: string, query?: string): Promise<TestReply>;
}

/**
 * Calls the operations of the resource at `address` with a token, or with the one that there is at each call. What it
 * creates has the members of `usual`, unless the body has others.
 */
export function caller(service: TestService, address: string, token: string | (() => string), usual = {}): Caller {
  const send = (method: string, path: string, options: { body?: object; headers?: Fields } = {}) =>
    service.request(method, path, { token: typeof token === 'string' ? token : token(), ...options });
  const at = (inum: string): string => `${address}/${inum}`;
  const create: Caller['create'] = (body, headers = {}) =>
    send('POST', address, { headers, body: { ...usual, ...body } });
  return {
    create,
    created: async (body) => {
      const reply = await create(body);
      expect([reply.status, reply.text]).toEqual([201, expect.anything()]);
      return reply.body;
    },
    read: (inum, headers = {}) => send('GET', at(inum), { headers }),
    list: (query = {}) => send('GET', `${address}?${new URLSearchParams(query).toString()}`),
    replace: (body) => send('PUT', address, { body }),
    merge: (inum, body, headers = {}) => send('PATCH', at(inum), { headers: { ...MERGE, ...headers }, body }),
    patch: (inum, body) => send('PATCH', at(inum), { headers: JSON_PATCH, body }),
    remove: (inum, query = '') => send('DELETE', `${at(inum)}${query}`),
  };
}

/** The JSON Pointers of what a reply says is wrong. */
export const pointersOf = (reply: TestReply): string[] =>
  ((reply.body.errors ?? []) as { pointer: string }[]).map((error) => error.pointer);

/** The inums of the entries of a list, in their order. */
export const inumsOf = (reply: TestReply): string[] =>
  (reply.body.entries as { inum: string }[]).map((entry) => entry.inum);

/** A client that was answered, without what is known of it beside its document: its times, and how it came in. */
export function documentIn(client: TestReply['body']): TestReply['body'] {
  const BESIDE = ['createdAt', 'updatedAt', 'registrationMethod', 'registeredBy', 'lastAccessTime'];
  return Object.fromEntries(Object.entries(client as object).filter(([name]) => !BESIDE.includes(name)));
}
