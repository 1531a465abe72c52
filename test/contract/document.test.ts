import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { CLIENT_PROPERTIES } from '../../openapi/properties.gen.ts';
import { OPERATIONS, PROBLEMS } from '../../openapi/operations.gen.ts';
import { requestValidation } from '../../api/http/validation/validator.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { bundle } from '../../scripts/contract/bundle.ts';
import { generatedClientFaults } from '../../scripts/contract/checks/generated-clients.ts';
import type { Document, Schema } from '../../scripts/contract/document.ts';
import { generate } from '../../scripts/contract/generate.ts';
import { JANSSEN_NAMES } from '../support/janssen-names.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A copy of the contract that a test may change. */
function copyOfContract(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-contract-'));
  folders.push(folder);
  cpSync(join(root, 'openapi'), join(folder, 'openapi'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function edit(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, 'openapi', file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe('the contract', () => {
  const { document } = loadContract();
  const operations = OPERATIONS.map(({ id, method, path }) => ({
    id,
    operation: (document.paths[path] as Record<string, Record<string, unknown>>)[method.toLowerCase()] ?? {},
  }));

  it('has every property of a Janssen client', () => {
    const paths = CLIENT_PROPERTIES.map((property) => property.path as string);
    expect(JANSSEN_NAMES.filter((name) => !paths.includes(name))).toEqual([]);
    expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toEqual([]);
  });

  it.each(operations.map(({ id, operation }) => [id, operation] as const))(
    '%s says what it does, who may call it and how it fails',
    (_id, operation) => {
      expect(operation['summary']).toEqual(expect.any(String));
      expect((operation['description'] as string).length).toBeGreaterThan(20);
      expect(operation['x-errors']).toMatch(/^(problem|oauth)$/);
      expect(Object.keys(operation['responses'] as object)).toContain('500');
      const isPublic = operation['x-public'] !== undefined;
      const security = operation['security'] as Record<string, string[]>[];
      expect(security.some((requirement) => 'oauth2' in requirement)).toBe(!isPublic);
    },
  );

  it('takes a reason with everything that administrators change', () => {
    const writing = OPERATIONS.filter((row) => row.method !== 'GET' && !('public' in row));
    const without = writing.filter((row) => !('reasoned' in row)).map(({ id }) => id);
    // They save nothing that an administrator would answer for.
    expect(without).toEqual([
      ...['pause-oauth-openid-clients-bulk', 'resume-oauth-openid-clients-bulk', 'stop-oauth-openid-clients-bulk'],
      ...['post-openid-client-use', 'validate-oauth-openid-client'],
      ...['pause-oauth-openid-changes-undo', 'resume-oauth-openid-changes-undo', 'stop-oauth-openid-changes-undo'],
      ...['test-config-script', 'replay-config-script'],
    ]);
  });

  it('gives each problem one status and one title', () => {
    for (const { status, title } of Object.values(PROBLEMS)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).not.toBe('');
    }
  });
});

describe('what generated clients cannot do with', () => {
  const { document } = loadContract();
  const components = (schemas: Record<string, Schema>) => (copy: Document) =>
    void Object.assign(copy.components.schemas, schemas);
  const reference = { $ref: '#/components/schemas/Status' };

  it('is not in the contract', () => {
    expect(generatedClientFaults(document as unknown as Document)).toEqual([]);
  });

  it.each<[string, (copy: Document) => void, string]>([
    [
      'an operation that never refuses',
      (copy) => Object.assign(copy.paths['/jans-auth/restv1/token']?.['post'] ?? {}, { responses: {} }),
      'token: says nothing',
    ],
    [
      'an object as default',
      components({ A: { properties: { b: { default: {} } } } }),
      'A.b: has an object as default',
    ],
    [
      'an object beside a reference',
      components({ A: { allOf: [reference, { type: 'object' }] } }),
      'A: allOf has more',
    ],
    ['an object in allOf', components({ A: { items: { allOf: [{ type: 'object' }] } } }), 'A.items: allOf has more'],
    [
      'a word in two spellings',
      components({ A: { enum: ['one', 'ONE'] } }),
      'A: has values with more than one spelling: ONE',
    ],
    ['the empty text as a word', components({ A: { enum: ['', 'one'] } }), 'A: has the empty text'],
    ['a name of a constructor', components({ NewStatus: {} }), 'NewStatus: is the constructor'],
    [
      'a name of an operation',
      components({ TokenResponse: {} }),
      'TokenResponse: Go has a type of this name for token',
    ],
    [
      'a form parameter of two types',
      components({ TokenRequest: { properties: { grant_type: { anyOf: [{ type: 'string' }, { type: 'array' }] } } } }),
      'token: the form parameter grant_type has more than one type',
    ],
  ])('%s is told, with what to write instead', (_what, change, fault) => {
    const copy = structuredClone(document) as unknown as Document;
    change(copy);
    expect(generatedClientFaults(copy)).toEqual([expect.stringContaining(fault)]);
  });
});

describe('a broken contract', () => {
  it.each([
    [
      'a misspelt section',
      'schemas/client/client.yaml',
      (text: string) => text.replace('section: basic', 'section: basics'),
    ],
    [
      'an unknown extension member',
      'schemas/client/client.yaml',
      (text: string) => text.replace('section: basic', 'section: basic\n      colour: red'),
    ],
    [
      'a reference to nothing',
      'openid-client.yaml',
      (text: string) => text.replace('schemas/Status', 'schemas/Stattus'),
    ],
    [
      'a file reference in a path',
      'openid-client.yaml',
      (text: string) =>
        text.replace(
          "schema: { $ref: '#/components/schemas/JsonPatch' }",
          "schema: { $ref: './schemas/common/json-patch.yaml' }",
        ),
    ],
    [
      'an example of a text that YAML takes for a number',
      'schemas/scope/jans-attribute.yaml',
      (text: string) => text.replace("example: '08E2'", 'example: 08E2'),
    ],
    ['an operation without scopes', 'openid-client.yaml', (text: string) => text.replace('x-public: Public keys.', '')],
    [
      'what is no OpenAPI',
      'openid-client.yaml',
      (text: string) => text.replace('x-public: Public keys.', 'x-public: Public keys.\n      deprecated: perhaps'),
    ],
    [
      'an operation without an error shape',
      'openid-client.yaml',
      (text: string) => text.replace('      x-errors: oauth\n', ''),
    ],
  ])('with %s stops the generation', async (_what, file, change) => {
    const folder = copyOfContract();
    edit(folder, file, change);
    await expect(generate(folder)).rejects.toThrow();
  });

  it('stops the start', async () => {
    const contract = loadContract();
    const broken = structuredClone(contract.document) as {
      paths: Record<string, Record<string, { parameters?: unknown }>>;
    };
    const path = Object.keys(broken.paths)[0] ?? '';
    (broken.paths[path] ?? {})['get'] = { parameters: 'none' };
    const validation = requestValidation({ ...contract, document: broken as never });
    await expect(validation.ready(express())).rejects.toThrow();
  });
});

describe('a property that is added to the contract', () => {
  it('is in the validator, the types, the table and the documentation after one generation', async () => {
    const folder = copyOfContract();
    const property = [
      '  favouriteColour:',
      '    type: string',
      '    enum: [red, green]',
      '    description: The colour that the client likes best.',
      '    example: red',
      '    x-client:',
      '      section: advanced',
      '      label: Favourite colour',
      '      dcr: { name: favourite_colour, as: text }',
      '      set-by: registration',
      '      control: dropdown',
    ].join('\n');
    edit(folder, 'schemas/client/client.yaml', (text) => text.replace(/^properties:$/m, `properties:\n${property}`));
    const files = await generate(folder);
    expect(files['openapi/types.gen.ts']).toContain('favouriteColour?: "red" | "green"');
    expect(files['openapi/properties.gen.ts']).toContain('"path": "favouriteColour"');
    expect(files['openapi/properties.gen.ts']).toContain('"name": "favourite_colour"');
    expect(files['docs/client-properties.md']).toContain(
      '| `favouriteColour` | `favourite_colour` | string: `red`, `green` |',
    );
    const schemas = bundle(join(folder, 'openapi')).components.schemas;
    expect(schemas['ClientInput']?.properties?.['favouriteColour']?.enum).toEqual(['red', 'green']);
    expect(schemas['ClientReply']?.properties?.['favouriteColour']?.enum).toEqual(['red', 'green']);
  });
});
