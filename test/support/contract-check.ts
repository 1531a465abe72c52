import { Ajv, type ValidateFunction } from 'ajv';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';

interface ResponseObject {
  $ref?: string;
  content?: Record<string, { schema: object }>;
}
interface Documented {
  responses: Record<string, ResponseObject>;
}

const { document } = loadContract();
const responses = (document.components as unknown as { responses: Record<string, ResponseObject> }).responses;
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false }).addSchema(document, 'contract');
/** By what they are, and by their texts: many are alike. */
const [known, compiled] = [new WeakMap<object, ValidateFunction>(), new Map<string, ValidateFunction>()];
const patterns = OPERATIONS.map((operation) => ({
  ...operation,
  pattern: new RegExp(`^${operation.path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

/** A reply as it came, with what was asked. */
export interface ObservedReply {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly mediaType: string | null;
  readonly body: unknown;
}

/** What about a reply the contract does not have: an undocumented status or media type, or a body of another shape. */
export function contractFaults({ method, path: called, status, mediaType, body }: ObservedReply): string[] {
  const path = called.replace(/\/$/, '');
  const verb = method === 'HEAD' ? 'GET' : method;
  const fitting = patterns.filter(({ pattern }) => pattern.test(path));
  // A path without parameters goes before one that it fits into.
  const exact = fitting.filter((candidate) => candidate.path === path);
  const operation = (exact.length > 0 ? exact : fitting).find((candidate) => candidate.method === verb);
  if (operation === undefined)
    return [400, 404, 405].includes(status) ? [] : [`${method} ${path} is not in the contract`];
  const documented = (document.paths[operation.path] as Record<string, Documented>)[verb.toLowerCase()];
  const range = `${String(status).slice(0, 1)}XX`;
  const entry = documented?.responses[String(status)] ?? documented?.responses[range];
  if (entry === undefined) return [`${operation.id} answers ${status}, which is not documented`];
  const response = entry.$ref === undefined ? entry : responses[entry.$ref.split('/').at(-1) ?? ''];
  if (method === 'HEAD' || response?.content === undefined) return [];
  const schema = response.content[mediaType ?? '']?.schema;
  if (schema === undefined) return [`${operation.id} ${status} has media type ${mediaType}`];
  const validate = known.get(schema) ?? validatorOf(schema);
  known.set(schema, validate);
  return validate(body)
    ? []
    : (validate.errors ?? []).map((error) => `${operation.id} ${status} ${error.instancePath} ${error.message}`);
}

function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/');
  const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
  compiled.set(text, validate);
  return validate;
}
