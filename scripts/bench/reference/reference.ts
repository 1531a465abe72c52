import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { orderedDocument, PROPERTIES, type Members } from '../../../api/clients/document/client.document.ts';
import { fold } from '../../../api/search/text/fold.ts';
import { applyDefaults } from '../../../api/shared/contract/values.ts';
import { referenceRows } from './reference-rows.ts';
import { firstPage, searchPage, type ReferencePage } from './reference-search.ts';
import {
  clientCount,
  findClient,
  findCredentials,
  insertClient,
  openClient,
  Overtaken,
  updateClient,
  type ClientRow,
  type ReferenceDocument,
} from './reference-statements.ts';

/*
 * The server that the service is compared with: node:http, the database driver, the same statements and the same
 * bytes; no routing, no validation, no tokens, no log. Settings: DATABASE_URL and PORT.
 */

const CLIENTS = '/jans-config-api/api/v1/openid/clients';
const rows = referenceRows(process.env['DATABASE_URL'] ?? '');
const signAsync = promisify(sign);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** What the service sends with every reply besides. */
const SECURITY: readonly string[] = JSON.parse(process.env['HEADERS'] ?? '[]') as string[];

createServer((req, res) => {
  answer(req, res).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    res.writeHead(500).end();
  });
}).listen(Number(process.env['PORT']), '127.0.0.1');

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method = '', url = '' } = req;
  if (url === '/jans-auth/restv1/token') return token(req, res);
  if (method === 'POST') return post(req, res);
  const [path = '', query = ''] = url.split('?');
  if (path !== CLIENTS) {
    const inum = path.slice(CLIENTS.length + 1);
    return method === 'PATCH' ? patch(req, res, inum) : get(req, res, inum);
  }
  const pattern = new URLSearchParams(query).get('pattern');
  return list(res, pattern === null ? undefined : fold(pattern), query);
}

async function get(req: IncomingMessage, res: ServerResponse, inum: string): Promise<void> {
  const row = await findClient(rows.read, inum);
  if (row === undefined) {
    res.writeHead(404).end();
    return;
  }
  const headers = [...SECURITY, 'Cache-Control', 'private, no-cache', 'ETag', etagOf(row)];
  if (req.headers['if-none-match'] === etagOf(row)) res.writeHead(304, headers).end();
  else send(res, 200, textOf(row), headers);
}

async function list(res: ServerResponse, term: string | undefined, query: string): Promise<void> {
  const { page, total } = term === undefined ? await allOf() : await searchPage(rows, term, await clientCount(rows));
  const last = page.length < 50 ? undefined : page.at(-1);
  const cursor = last && Buffer.from(JSON.stringify(['0'.repeat(16), last.inum, last.inum])).toString('base64url');
  const counts = {
    start: 0,
    totalEntriesCount: total,
    entriesCount: page.length,
    ...(cursor && { nextCursor: cursor }),
  };
  const text = `${JSON.stringify(counts).slice(0, -1)},"entries":[${page.map(textOf).join(',')}]}`;
  const next = `${query === '' ? '' : `${query}&`}cursor=${cursor ?? ''}`;
  const link = cursor === undefined ? [] : ['Link', `<${CLIENTS}?${next}>; rel="next"`];
  send(res, 200, text, [...SECURITY, 'Cache-Control', 'no-store', ...link]);
}

async function allOf(): Promise<ReferencePage> {
  const [total, page] = await Promise.all([clientCount(rows), firstPage(rows)]);
  return { page, total };
}

interface Draft {
  readonly clientName: string;
  readonly description: string;
  readonly grantTypes: readonly string[];
  readonly responseTypes: readonly string[];
  readonly redirectUris: readonly string[];
}

const SCOPES = ['inum=F0C4,ou=scopes,o=jans', 'inum=43F1,ou=scopes,o=jans'];

/** A new client, its members in their order and at their defaults. */
const TEMPLATE = template();

function template(): Members {
  const names = ['inum', 'clientName', 'displayName', 'description', 'dn', 'baseDn'];
  const lists = { grantTypes: [], responseTypes: [], redirectUris: [] };
  const draft: Members = {
    ...Object.fromEntries(names.map((name) => [name, ''])),
    ...lists,
    scopes: SCOPES,
    deletable: false,
    authenticationMethod: 'client_secret_basic',
    allAuthenticationMethods: ['client_secret_basic'],
    attributes: {},
  };
  applyDefaults(PROPERTIES, draft);
  return orderedDocument(draft);
}

async function post(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const draft = JSON.parse(await bodyOf(req)) as Draft;
  const inum = randomUUID();
  const dn = `inum=${inum},ou=clients,o=jans`;
  const { clientName, description, grantTypes, responseTypes, redirectUris } = draft;
  const given = { clientName, displayName: clientName, description, grantTypes, responseTypes, redirectUris };
  const document = { ...TEMPLATE, inum, dn, baseDn: dn, ...given, scopes: SCOPES };
  const secret = randomBytes(32).toString('base64url');
  await rows.transaction((run) => insertClient(run, rows.kind, document, secret));
  const at = new Date().toISOString();
  const row = { createdAt: at, updatedAt: at, source: 'admin', registeredBy: 'reference' };
  const text = withMembers(JSON.stringify(document), { ...besides(row), clientSecret: secret });
  const location = ['ETag', '"1-0"', 'Location', `${CLIENTS}/${inum}`];
  send(res, 201, text, [...SECURITY, 'Cache-Control', 'no-store', ...location]);
}

async function patch(req: IncomingMessage, res: ServerResponse, inum: string): Promise<void> {
  const [change] = JSON.parse(await bodyOf(req)) as [{ value: string }];
  const { row, document } = await patched(inum, change.value);
  const text = textOf({ ...row, document: JSON.stringify(document), updatedAt: new Date().toISOString() });
  send(res, 200, text, [...SECURITY, 'Cache-Control', 'no-store', 'ETag', `"${row.version + 1}-0"`]);
}

async function patched(inum: string, description: string): Promise<{ row: ClientRow; document: ReferenceDocument }> {
  const row = await openClient(rows.read, inum);
  if (row === undefined) throw new Error(`there is no client ${inum}`);
  const document = { ...(JSON.parse(row.document) as ReferenceDocument), description };
  try {
    await rows.transaction((run) => updateClient(run, rows.kind, row, document));
    return { row, document };
  } catch (error) {
    if (error instanceof Overtaken) return patched(inum, description);
    throw error;
  }
}

async function token(req: IncomingMessage, res: ServerResponse): Promise<void> {
  await bodyOf(req);
  const [id = '', secret = ''] = Buffer.from((req.headers.authorization ?? '').slice(6), 'base64')
    .toString()
    .split(':');
  const { digest, scope } = await findCredentials(rows, id);
  if (createHash('sha256').update(secret).digest('hex') !== digest) {
    res.writeHead(401).end();
    return;
  }
  const iat = Math.floor(Date.now() / 1_000);
  const issuer = 'http://localhost:8080';
  const claims = {
    iss: issuer,
    sub: id,
    client_id: id,
    aud: `${issuer}/jans-config-api`,
    iat,
    exp: iat + 3_600,
    jti: `${randomUUID()}.${randomUUID()}`,
    scope,
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'at+jwt', kid: 'reference' })}.${part(claims)}`;
  const signature = await signAsync('sha256', Buffer.from(signed), privateKey);
  const body = {
    access_token: `${signed}.${signature.toString('base64url')}`,
    token_type: 'Bearer',
    expires_in: 3_600,
  };
  send(res, 200, JSON.stringify({ ...body, scope }), [...SECURITY, 'Cache-Control', 'no-store', 'Pragma', 'no-cache']);
}

const etagOf = ({ version, sequence }: ClientRow): string => `"${version}-${sequence ?? 0}"`;

const textOf = ({ document, lastAccessTime, ...row }: ClientRow): string =>
  withMembers(document, {
    ...besides(row),
    ...(lastAccessTime !== null && { lastAccessTime: lastAccessTime.slice(0, 19) }),
  });

const besides = (row: Pick<ClientRow, 'createdAt' | 'updatedAt' | 'source' | 'registeredBy'>): object => ({
  createdAt: row.createdAt.slice(0, 19),
  updatedAt: row.updatedAt.slice(0, 19),
  registrationMethod: row.source,
  ...(row.registeredBy !== null && { registeredBy: row.registeredBy }),
});

const withMembers = (text: string, members: object): string =>
  `${text.slice(0, -1)},${JSON.stringify(members).slice(1)}`;

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(res: ServerResponse, status: number, text: string, headers: readonly string[]): void {
  const about = ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(text))];
  res.writeHead(status, [...headers, ...about]);
  res.end(text);
}
