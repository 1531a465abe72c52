import type { Request } from 'autocannon';
import { randomNumbers } from '../seed/realistic-client.ts';

/** What the requests are made of. */
export interface Material {
  readonly token: string;
  /** Clients that were seeded. */
  readonly inums: readonly string[];
  readonly names: readonly string[];
  /** Clients that are there to be patched. */
  readonly patched: readonly string[];
  /** The credentials of a client, as they stand after `Basic`. */
  readonly basic: string;
}

export interface Operation {
  readonly name: string;
  readonly expect: number;
  /** A script that judges what the service is sent meanwhile; the reference has nothing of the kind. */
  readonly script?: string;
  /** A source of requests; the same one for the same material, so that both servers are asked the same. */
  requests(material: Material): () => Request;
}

const CLIENTS = '/jans-config-api/api/v1/openid/clients';
const JSON_PATCH = 'application/json-patch+json';

type Choose = <T>(list: readonly T[]) => T;

function operation(name: string, expect: number, make: (material: Material, choose: Choose) => Request): Operation {
  return {
    name,
    expect,
    requests: (material) => {
      const random = randomNumbers(1);
      const choose: Choose = (list) => list[Math.floor(random() * list.length)] as (typeof list)[number];
      const authorization = `Bearer ${material.token}`;
      return () => {
        const { headers, ...request } = make(material, choose);
        return { method: 'GET', ...request, headers: { authorization, ...headers } };
      };
    },
  };
}

let number = 0;
const json = { 'content-type': 'application/json' };

export const newClient = (name: string): string =>
  JSON.stringify({
    clientName: name,
    description: 'Made by the benchmark, and not used by anybody',
    redirectUris: ['https://bench.example/callback', 'https://bench.example/silent'],
    grantTypes: ['authorization_code', 'refresh_token'],
    responseTypes: ['code'],
    scopes: ['openid', 'profile'],
  });

const post = operation('post', 201, () => ({
  method: 'POST',
  path: CLIENTS,
  headers: json,
  body: newClient(`Bench ${(number += 1)}`),
}));

export const OPERATIONS: readonly Operation[] = [
  operation('get', 200, ({ inums }, choose) => ({ path: `${CLIENTS}/${choose(inums)}` })),
  operation('get-304', 304, ({ inums }, choose) => ({
    path: `${CLIENTS}/${choose(inums)}`,
    headers: { 'if-none-match': '"1-0"' },
  })),
  operation('list', 200, () => ({ path: CLIENTS })),
  operation('search', 200, ({ names }, choose) => ({
    path: `${CLIENTS}?pattern=${encodeURIComponent(someOf(choose(names), choose))}`,
  })),
  post,
  { ...post, name: 'post-script', script: 'function createClient(ctx) { return ctx.client.client_name !== "Bad" }' },
  operation('patch', 200, ({ patched }, choose) => ({
    method: 'PATCH',
    path: `${CLIENTS}/${choose(patched)}`,
    headers: { 'content-type': JSON_PATCH },
    body: JSON.stringify([{ op: 'add', path: '/description', value: `Change number ${(number += 1)}` }]),
  })),
  operation('token', 200, ({ basic }) => ({
    method: 'POST',
    path: '/jans-auth/restv1/token',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  })),
];

const LETTERS = 8;

/** Some letters out of the middle of a name, as somebody would type them. */
function someOf(name: string, choose: Choose): string {
  const letters = Array.from(name.replaceAll(',', ' '));
  const starts = Array.from({ length: Math.max(1, letters.length - LETTERS) }, (_unused, index) => index);
  const start = choose(starts);
  return letters
    .slice(start, start + LETTERS)
    .join('')
    .trim();
}
