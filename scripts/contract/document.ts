import type { RegistrationForm } from '../../openapi/property.ts';

/** The parts of an OpenAPI 3.0 document that the generator reads. */
export interface Schema {
  $ref?: string;
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  enum?: string[];
  default?: unknown;
  example?: unknown;
  pattern?: string;
  required?: string[];
  additionalProperties?: boolean | Schema;
  'x-client'?: PropertyExtension;
  'x-member'?: MemberExtension;
  'x-noise'?: string[];
  'x-problems'?: Record<string, { status: number; title: string; example?: object }>;
  'x-oauth-errors'?: { error: string; error_description: string; status: number; operations: string[] }[];
  [keyword: string]: unknown;
}

/** What is said about a property of any resource. */
export interface MemberExtension {
  'set-by': 'registration' | 'admin' | 'server';
  db?: string;
  formerly?: string[];
}

export interface PropertyExtension extends MemberExtension {
  section: string;
  label: string;
  dcr?: { name: string; as: RegistrationForm; 'reply-only'?: boolean; also?: string[]; formerly?: string[] };
  refs?: string;
  'alias-of'?: string;
  control: string;
}

export interface Media {
  schema?: Schema;
  examples?: Record<string, { summary?: string; value: unknown }>;
}

export interface ResponseObject {
  $ref?: string;
  headers?: Record<string, object>;
  description?: string;
  content?: Record<string, Media>;
}

export interface Parameter {
  $ref?: string;
  name?: string;
  in?: string;
  schema?: Schema;
}

export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: unknown;
  responses: Record<string, ResponseObject>;
  'x-public'?: string;
  /** Why an operation that could write has no dry run. */
  'x-no-dry-run'?: string;
  'x-errors'?: 'problem' | 'oauth';
  'x-problems'?: string[];
  [key: string]: unknown;
}

export interface Document {
  openapi: string;
  info: Record<string, unknown>;
  /** Query parameters that tools send with PATCH and DELETE, where they mean nothing. */
  'x-query-noise': string[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    parameters: Record<string, Parameter>;
    securitySchemes: {
      oauth2: {
        'x-former-spellings': Record<string, string>;
        flows: { clientCredentials: { scopes: Record<string, string> } };
      };
    };
    responses: Record<string, ResponseObject>;
    [key: string]: unknown;
  };
}

const HTTP_METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * What a member is where it is absent: what is declared as its default, or an empty object when the component that it is
 * has members with a default. An object is never declared, since the code that Java clients get of it does not compile.
 */
export function defaultOf(schemas: Readonly<Record<string, Schema>>, member: Schema): unknown {
  const part = schemas[member.allOf?.[0]?.$ref?.split('/').at(-1) ?? ''];
  const isCompleted = Object.values(part?.properties ?? {}).some((inner) => inner.default !== undefined);
  return member.default ?? (isCompleted ? {} : undefined);
}

/** Every operation of the document with its method and path, in document order. */
export function operationsOf(document: Document): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    HTTP_METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
}
