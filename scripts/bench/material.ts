import type { Server } from './servers.ts';
import { newClient, type Material, type Operation } from './operations.ts';

const CLIENTS = '/jans-config-api/api/v1/openid/clients';
const SAMPLES = 1_000;
const PATCHED = 200;

interface Client {
  readonly inum: string;
  readonly clientName?: string;
  readonly clientSecret?: string;
}

/** Makes and finds what the requests are about: clients to read, to search for, to patch, and one to take tokens. */
export async function gather(service: Server, administrator: string): Promise<Material> {
  const token = await tokenFor(service, administrator);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const create = async (body: string): Promise<Client> => {
    const reply = await fetch(`${service.base}${CLIENTS}`, { method: 'POST', headers, body });
    return (await reply.json()) as Client;
  };
  const samples: Client[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined && samples.length < SAMPLES;) {
    const query = cursor === '' ? '?limit=200' : `?limit=200&cursor=${cursor}`;
    const reply = await fetch(`${service.base}${CLIENTS}${query}`, { headers });
    const page = (await reply.json()) as { entries: Client[]; nextCursor?: string };
    samples.push(...page.entries.filter(({ clientName }) => clientName !== 'Administrator'));
    cursor = page.nextCursor;
  }
  const patched: string[] = [];
  for (let made = 0; made < PATCHED; made += 1) patched.push((await create(newClient(`Patched ${made}`))).inum);
  const machine = { clientName: 'Takes tokens', grantTypes: ['client_credentials'], scopes: ['openid', 'profile'] };
  const { inum, clientSecret = '' } = await create(JSON.stringify({ ...machine, redirectUris: [] }));
  return {
    token,
    inums: samples.map((client) => client.inum),
    names: samples.flatMap(({ clientName }) => clientName ?? []),
    patched,
    basic: Buffer.from(`${inum}:${clientSecret}`).toString('base64'),
  };
}

async function tokenFor(service: Server, basic: string): Promise<string> {
  const reply = await fetch(`${service.base}/jans-auth/restv1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await reply.json()) as { access_token?: string };
  if (token === undefined) throw new Error('the service gives no token');
  return token;
}

/** Throws unless both servers answer an operation with the same bytes: else there would be nothing to compare. */
export async function requireLikeness(
  servers: readonly Server[],
  operation: Operation,
  material: Material,
): Promise<void> {
  const next = operation.requests(material);
  for (let tries = 0; tries < 3; tries += 1) {
    const { path = '', method = 'GET', headers, body } = next();
    const replies: string[] = [];
    for (const { base } of servers) {
      const text = body === undefined ? {} : { body: String(body) };
      const reply = await fetch(`${base}${path}`, { method, headers: headers as Record<string, string>, ...text });
      replies.push(likeness(reply.status, [...reply.headers.keys()], await reply.text()));
    }
    const [one, other] = replies;
    if (one !== other) throw new Error(`${operation.name}: the two servers differ\n${one}\n${other}`);
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The names of the headers, and the body without what must differ: cursors, tokens, ids, secrets and dates. */
const likeness = (status: number, headers: string[], body: string): string =>
  JSON.stringify({ status, headers: headers.sort(), body: masked(body) }, null, 1);

const masked = (body: string): string =>
  body
    .replace(/"(nextCursor|access_token|clientSecret|createdAt|updatedAt|registeredBy)":"[^"]*"/g, '"$1":"…"')
    .replace(UUID, '…')
    .replace(/"lastAccessTime":"[^"]*",?/, '');
