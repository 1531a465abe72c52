import createClient, { type Client as HttpClient } from 'openapi-fetch';
import type { components, operations, paths } from '../../../openapi/types.gen.ts';
import { RegistryError, send, tokenSource, type Credentials } from './token.ts';

type ClientInput = components['schemas']['ClientInput'];
export type Client = components['schemas']['ClientReply'];
/** What is answered instead where a request asks for it with `dryRun`. */
type ChangePlan = components['schemas']['ChangePlan'];
export type Filter = Omit<NonNullable<operations['get-oauth-openid-clients']['parameters']['query']>, 'cursor'>;
/** Members to change; null removes one (RFC 7396). */
export type MergePatch = { [Name in keyof ClientInput]?: ClientInput[Name] | null };
export type Registry = HttpClient<paths>;

const CLIENTS = '/jans-config-api/api/v1/openid/clients';
const CLIENT = `${CLIENTS}/{inum}` as const;
const ATTEMPTS = 5;

// region: connect
/** A client of the registry's API, typed by the contract. Requests carry a token, renewed when its time has come. */
export function connect(credentials: Credentials): Registry {
  const tokens = tokenSource(credentials);

  async function authorized(request: Request): Promise<Response> {
    const again = request.clone();
    const token = await tokens.current();
    request.headers.set('Authorization', `Bearer ${token}`);
    const response = await send(request);
    if (response.status !== 401) return response;
    // Refused before its time, for example since it was revoked: once more with another one.
    tokens.discard(token);
    again.headers.set('Authorization', `Bearer ${await tokens.current()}`);
    return send(again);
  }

  return createClient<paths>({ baseUrl: credentials.url, fetch: authorized });
}
// endregion

/** A reply as openapi-fetch gives it. */
export interface Reply<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The content of a reply; throws with what the problem details say when the request was refused (RFC 9457). */
export function contentOf<T>({ data, error, response }: Reply<T>): Exclude<T, ChangePlan> {
  if (response.ok) return data as Exclude<T, ChangePlan>;
  const { title, errors = [], requestId } = (error ?? {}) as Partial<components['schemas']['Problem']>;
  const faults = errors.map(({ pointer, detail }) => [pointer, detail].filter(Boolean).join(' '));
  const lines = [
    `${title ?? 'the registry failed'} (${response.status})`,
    ...faults,
    requestId && `request ${requestId}`,
  ];
  throw new RegistryError(response.status, lines.filter(Boolean).join('\n  '));
}

// region: paging
/** Every client that a filter matches, page by page. None is left out or comes twice while others come and go. */
export async function* clientsOf(registry: Registry, filter: Filter = {}): AsyncGenerator<Client> {
  let cursor: string | undefined;
  do {
    const query = { limit: 200, ...filter, ...(cursor !== undefined && { cursor }) };
    const page = contentOf(await registry.GET(CLIENTS, { params: { query } }));
    yield* page.entries as Client[];
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
// endregion

// region: change
/**
 * Changes a client by what `edit` makes of it and returns it, or undefined when `edit` leaves it as it is. When somebody
 * else has changed the client in between (412), reads it and asks `edit` once more.
 */
export async function change(
  registry: Registry,
  inum: string,
  edit: (client: Client) => MergePatch | undefined | Promise<MergePatch | undefined>,
): Promise<Client | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const read = await registry.GET(CLIENT, { params: { path: { inum } } });
    const client = contentOf(read);
    const body = await edit(client);
    if (body === undefined) return undefined;
    const header = { 'If-Match': read.response.headers.get('ETag') ?? '' };
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const written = await registry.PATCH(CLIENT, { params: { path: { inum }, header }, headers, body });
    if (written.response.status !== 412 || attempt === ATTEMPTS) return contentOf(written);
  }
}
// endregion
