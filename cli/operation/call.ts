import type { Api } from '../connection/api.ts';
import type { Reply, Request } from '../connection/exchange.ts';
import type { Contract, Operation } from '../contract/contract.ts';
import { valueAt } from '../contract/values.ts';
import { resourcesOf } from '../contract/resources.ts';
import { bodyFields } from '../commands/body.ts';
import type { Input } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { didYouMean } from '../suggestion.ts';
import type { Terminal } from '../terminal.ts';
import { dataFrom } from './data.ts';
import { argumentsOf, pathAndValue } from './grammar.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';

/** The operation with this id, also under the plural that it had in 2021. */
export function operationWithId(contract: Contract, id: string): Operation {
  const found = contract.operation(id) ?? contract.operation(id.replace('openid-clients', 'openid-client'));
  if (found !== undefined) return found;
  const known = contract.operations.map((operation) => operation.id);
  throw usageFailure(`no operation has the id ${id}${didYouMean(id, known)}`);
}

/** The request that the options describe. */
export async function requestFrom(
  { terminal, contract }: { terminal: Terminal; contract: Contract },
  operation: Operation,
  input: Input,
): Promise<Request> {
  const query = named(input.value('endpoint-args'), '--endpoint-args');
  const path = named(input.value('url-suffix'), '--url-suffix');
  for (const name of placesOf(operation)) {
    const inQuery = query.get(name);
    if (inQuery !== undefined && !path.has(name)) path.set(name, inQuery);
    query.delete(name);
    if ((path.get(name) ?? '') === '') {
      throw usageFailure(`${operation.id} needs --url-suffix`, [
        `For example: --url-suffix ${name}:${exampleOf(operation, name)}`,
      ]);
    }
  }
  const queryNames = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  refuseUnknown([...query.keys()], queryNames, `--endpoint-args of ${operation.id}`);
  refuseUnknown([...path.keys()], placesOf(operation), `--url-suffix of ${operation.id}`);
  const body = await bodyOf({ terminal, contract }, operation, input);
  return { operation, path: Object.fromEntries(path), query: [...query], ...body };
}

const named = (text: string | undefined, option: string): Map<string, string> =>
  text === undefined ? new Map<string, string>() : argumentsOf(text, option);

const placesOf = (operation: Operation): string[] =>
  operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);

function exampleOf(operation: Operation, name: string): string {
  const parameter = operation.parameters.find((candidate) => candidate.name === name);
  return typeof parameter?.example === 'string' ? parameter.example : 'VALUE';
}

function refuseUnknown(names: readonly string[], known: readonly string[], where: string): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const all = known.length === 0 ? 'It takes none.' : `One of: ${known.join(', ')}`;
    throw usageFailure(`${where}: there is no ${name}${didYouMean(name, known)}`, [all]);
  }
}

async function bodyOf(
  { terminal, contract }: { terminal: Terminal; contract: Contract },
  operation: Operation,
  input: Input,
): Promise<Pick<Request, 'body' | 'mediaType'>> {
  const data = input.value('data');
  if (operation.method !== 'PATCH') return data === undefined ? {} : { body: await dataFrom(terminal, data) };
  if (data !== undefined) {
    const body = await dataFrom(terminal, data);
    if (!Array.isArray(body) && operation.body[MERGE_PATCH] !== undefined) return { body, mediaType: MERGE_PATCH };
    return { body: Array.isArray(body) ? body.map(withSlash) : body, mediaType: JSON_PATCH };
  }
  const steps = input.given.filter(({ name }) => name.startsWith('patch-'));
  if (steps.length === 0)
    throw usageFailure(`${operation.id} needs --data, or --patch-add, --patch-replace, --patch-remove`);
  const body = steps.map(({ name, value }) => patchStep(contract, operation, name, value));
  return { body, mediaType: JSON_PATCH };
}

const slashed = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

function withSlash(step: unknown): unknown {
  const { path, from } = step as { path?: unknown; from?: unknown };
  return {
    ...(step as object),
    ...(typeof path === 'string' && { path: slashed(path) }),
    ...(typeof from === 'string' && { from: slashed(from) }),
  };
}

/** One operation of a patch; its value has the type that the contract gives the member. */
function patchStep(contract: Contract, operation: Operation, name: string, text: string): object {
  const op = name.slice('patch-'.length);
  const option = `--${name}`;
  if (op === 'remove') return { op, path: slashed(text) };
  const [path, value] = pathAndValue(text, option);
  const resource = resourcesOf(contract).find(({ operations }) => operations.patch?.id === operation.id);
  const fields = resource?.operations.create === undefined ? [] : bodyFields(contract, resource.operations.create);
  return { op, path: slashed(path), value: valueAt(fields, path.replace(/^\//, '').split('/'), value, option) };
}

/** Sends a request and talks about it as jans-cli does, on standard error. */
export async function call(terminal: Terminal, api: Api, request: Request): Promise<Reply> {
  const { method } = request.operation;
  if (method === 'GET') terminal.say('Please wait while retrieving data ...');
  const reply = await api.send(request);
  if (method === 'DELETE') terminal.say('Object was successfully deleted.');
  else if (method !== 'GET') terminal.say('Server Response:');
  return reply;
}
