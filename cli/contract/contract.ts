import { readFileSync } from 'node:fs';
import { lookup } from '../../openapi/lookup.ts';

/** An OpenAPI schema, as far as the command line looks into it. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  readOnly?: boolean;
  writeOnly?: boolean;
  additionalProperties?: boolean | Schema;
  'x-client'?: {
    'set-by': string;
    control: string;
    label: string;
    section: string;
    refs?: string;
    'alias-of'?: string;
    dcr?: { name: string };
  };
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  description?: string;
  required?: boolean;
  schema: Schema;
  example?: unknown;
}

interface MediaType {
  schema?: Schema;
  examples?: Record<string, { summary?: string; value: unknown }>;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  /** What it takes as a body, by media type, in the order of the contract. */
  readonly body: Readonly<Record<string, MediaType>>;
  /** What it answers when it is done. */
  readonly reply?: Schema;
  readonly isPublic: boolean;
}

/** The query parameter with which a request is only tried. */
export const DRY_RUN = 'dryRun';

/** Whether an operation can be tried. */
export const isTriable = ({ parameters }: Operation): boolean => parameters.some(({ name }) => name === DRY_RUN);

interface OperationObject {
  operationId: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, { $ref?: string; content?: Record<string, MediaType> }>;
  'x-public'?: string;
}

interface Document {
  info: { version: string };
  paths: Record<string, Record<string, unknown>>;
  components: { schemas: Record<string, Schema> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** The generated contract, in the form in which the command line asks it. */
export class Contract {
  readonly version: string;
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;

  constructor(private readonly document: Document) {
    this.version = document.info.version;
    this.schemas = document.components.schemas;
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method] as OperationObject | undefined;
        return operation === undefined ? [] : [this.operationOf(path, method, operation)];
      }),
    );
  }

  operation(id: string): Operation | undefined {
    return this.operations.find((operation) => operation.id === id);
  }

  /** The schema with its references followed and its parts put together. */
  resolve(schema: Schema): Schema {
    const parts = [
      ...(schema.$ref === undefined ? [] : [this.pointedAt(schema.$ref) as Schema]),
      ...(schema.allOf ?? []),
    ];
    if (parts.length === 0) return schema;
    const { $ref: _ref, allOf: _allOf, ...own } = schema;
    return [...parts.map((part) => this.resolve(part)), own].reduce<Schema>(
      (whole, part) => ({
        ...whole,
        ...part,
        ...((whole.properties ?? part.properties) && { properties: { ...whole.properties, ...part.properties } }),
        ...((whole.required ?? part.required) && { required: [...(whole.required ?? []), ...(part.required ?? [])] }),
      }),
      {},
    );
  }

  /** The name of the component that a schema is, through the list or the wrapping that it is in. */
  nameOf(schema: Schema): string | undefined {
    const target = schema.$ref ?? schema.allOf?.find((part) => part.$ref !== undefined)?.$ref;
    return target?.split('/').at(-1);
  }

  private pointedAt(reference: string): unknown {
    const steps = reference.slice(2).split('/');
    return steps.reduce<unknown>((place, step) => (place as Record<string, unknown>)[step], this.document);
  }

  private operationOf(path: string, method: string, operation: OperationObject): Operation {
    const shared = (lookup(this.document.paths, path)?.['parameters'] ?? []) as (Parameter | { $ref: string })[];
    const parameters = [...shared, ...(operation.parameters ?? [])].map((parameter) =>
      '$ref' in parameter ? (this.pointedAt(parameter.$ref) as Parameter) : parameter,
    );
    const done = Object.entries(operation.responses).find(([status]) => /^2\d\d$/.test(status))?.[1];
    const answer = done?.$ref === undefined ? done : (this.pointedAt(done.$ref) as typeof done);
    const schema = answer?.content?.['application/json']?.schema;
    const reply = schema?.oneOf?.[0] ?? schema;
    return {
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      tag: operation.tags?.[0] ?? '',
      summary: operation.summary ?? '',
      description: (operation.description ?? '').replace(/\s+/g, ' ').trim(),
      parameters,
      body: operation.requestBody?.content ?? {},
      ...(reply && { reply }),
      isPublic: operation['x-public'] !== undefined,
    };
  }
}

let loaded: Contract | undefined;

/** The contract that is generated beside the program, read once; no server is asked. */
export const loadContract = (): Contract => (loaded ??= readContract());

function readContract(): Contract {
  const text = readFileSync(new URL('../../openapi/openid-client.json', import.meta.url), 'utf8');
  return new Contract(JSON.parse(text) as Document);
}
