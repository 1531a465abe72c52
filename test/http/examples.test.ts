import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { contractFaults } from '../support/contract-check.ts';
import { documentIn } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

interface Media {
  example?: unknown;
  examples?: Record<string, { value?: unknown; $ref?: string }>;
}
interface Parameter {
  $ref?: string;
  name?: string;
  in?: string;
  required?: boolean;
  example?: string;
}
interface Documented {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>;
}

const { document } = loadContract();
const components = document.components as unknown as Record<string, Record<string, unknown>>;

/** What a reference to a component stands for. */
function resolved<T extends { $ref?: string }>(node: T): T {
  const [kind = '', name = ''] = node.$ref?.split('/').slice(2) ?? [];
  return node.$ref === undefined ? node : (components[kind]?.[name] as T);
}

function examplesOf({ example, examples = {} }: Media): [string, unknown][] {
  const named = Object.entries(examples).map(([name, entry]): [string, unknown] => [name, resolved(entry).value]);
  return example === undefined ? named : [['example', example], ...named];
}

const operations = OPERATIONS.map(({ id, method, path, scopes }) => {
  const item = document.paths[path] as Record<string, Documented> & { parameters?: Parameter[] };
  const operation = item[method.toLowerCase()] as Documented;
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolved);
  return { id, method, path, operation, parameters, isPublic: scopes.length === 0 };
});

/** The order in which somebody tries a new API: what others need is made first, and removed last. */
const RANK: Readonly<Record<string, number>> = { POST: 0, GET: 1, PUT: 2, PATCH: 3, DELETE: 4 };
/** What is purged cannot be restored any more, and there is one that was removed; nobody waits for approval or is waited for. */
const NOT_SENT = [
  ...['purge-oauth-openid-client', 'approve-oauth-openid-client', 'reject-oauth-openid-client'],
  'forget-oauth-openid-clients-reporter',
];
/** What only an earlier reply tells has no example: a person fills it in, and other tests send it. */
const isWhole = ({ parameters }: (typeof operations)[number]): boolean =>
  parameters.every(({ required, example }) => required !== true || example !== undefined);
const requests = operations
  .filter((operation) => isWhole(operation) && !NOT_SENT.includes(operation.id))
  .flatMap(({ id, method, path, operation, parameters, isPublic }) => {
    const bodies = Object.entries(operation.requestBody?.content ?? {}).flatMap(([mediaType, media]) =>
      examplesOf(media).map(([name, value]) => ({ name, mediaType, value })),
    );
    const exampleOf = (name: string): string => parameters.find((parameter) => parameter.name === name)?.example ?? '';
    const place = path.replace(/\{([^}]+)\}/g, (_match, name: string) => exampleOf(name));
    const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.example !== undefined);
    const address = `${place}?${new URLSearchParams(query.map(({ name = '' }): [string, string] => [name, exampleOf(name)])).toString()}`;
    // What the service came with has its first revision by the first change of it.
    const isUndo = path.includes('/revisions');
    const isRemoved = /\{inum\}\/(restore|purge)$/.test(path);
    const rank = isUndo ? 3.7 : isRemoved ? 4.9 : (RANK[method] ?? 9) + (path.includes('{') ? 0.5 : 0);
    const none = { name: 'without a body', mediaType: '', value: undefined };
    return (bodies.length > 0 ? bodies : [none]).map((body) => ({ id, method, address, rank, isPublic, ...body }));
  })
  .sort((a, b) => a.rank - b.rank);

let service: TestService;
beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
});
afterAll(() => service.stop());

describe('the examples of requests', () => {
  it.each(requests.map((request) => [request.id, request.name, request] as const))(
    '%s, %s, is accepted unchanged',
    async (_id, _name, { method, address, isPublic, mediaType, value }) => {
      const form = mediaType === 'application/x-www-form-urlencoded';
      const { status } = await service.request(method, address, {
        ...(!isPublic && { token: await service.adminToken() }),
        ...(value !== undefined && (form ? { form: value as Record<string, string> } : { body: value })),
        ...(mediaType !== '' && { headers: { 'Content-Type': mediaType } }),
      });
      expect(Math.floor(status / 100)).toBe(2);
    },
  );

  it('are there for every parameter that no reply tells', () => {
    expect(operations.filter((operation) => !isWhole(operation)).map(({ id }) => id)).toEqual([
      'get-oauth-openid-clients-bulk',
      'get-oauth-openid-clients-bulk-results',
      ...['pause', 'resume', 'stop'].map((verb) => `${verb}-oauth-openid-clients-bulk`),
      'delete-oauth-scopes-by-inum',
      'delete-attributes-by-inum',
      'remove-oauth-openid-client-secret',
      'get-oauth-openid-changes-undo',
      ...['pause', 'resume', 'stop'].map((verb) => `${verb}-oauth-openid-changes-undo`),
      'get-config-script-replay',
      'get-register',
      'put-register',
      'delete-register',
      'get-jwt-ssa',
      'validate-ssa',
      'get-registration-token-by-id',
      'delete-registration-token-by-id',
    ]);
  });

  it('are there for every body', () => {
    const without = operations.filter(({ operation }) =>
      Object.values(operation.requestBody?.content ?? {}).some((media) => examplesOf(media).length === 0),
    );
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  it('leave a registration that is answered as its example says', async () => {
    const { operation } = operations.find(({ id }) => id === 'post-oauth-openid-client') ?? {};
    const token = await service.adminToken();
    const [, body] = examplesOf(operation?.requestBody?.content['application/json'] ?? {})[0] ?? [];
    const [, expected] = examplesOf(operation?.responses['201']?.content?.['application/json'] ?? {})[0] ?? [];
    const reply = await service.request('POST', CLIENTS, { token, body });
    expect(Object.keys(reply.body as object).sort()).toEqual(Object.keys(expected as object).sort());
    expect(documentIn({ ...reply.body, clientSecret: '' })).toEqual(
      documentIn({ ...(expected as object), clientSecret: '' }),
    );
  });
});

describe('the examples of replies', () => {
  const replies = operations.flatMap(({ id, method, path, operation }) =>
    Object.entries(operation.responses).flatMap(([status, response]) =>
      Object.entries(resolved(response).content ?? {}).map(([mediaType, media]) => ({
        id,
        method,
        path,
        status: Number(status),
        mediaType,
        examples: examplesOf(media),
      })),
    ),
  );

  it('are as their schemas say', () => {
    const faults = replies.flatMap(({ method, path, status, mediaType, examples }) =>
      examples.flatMap(([, body]) => contractFaults({ method, path, status, mediaType, body })),
    );
    expect(faults).toEqual([]);
  });

  it('are there for every refusal, and of its status', () => {
    for (const { id, status, mediaType, examples } of replies.filter((reply) => reply.status >= 400)) {
      if (id === 'get-config-health-ready') continue;
      expect([id, status, examples.length > 0]).toEqual([id, status, true]);
      if (mediaType !== 'application/problem+json') continue;
      for (const [, body] of examples) expect((body as { status: number }).status).toBe(status);
    }
  });
});
