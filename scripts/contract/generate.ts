import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { OpenAPISchemaValidator } from 'express-openapi-validator/dist/framework/openapi.schema.validator.js';
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { allCommands } from '../../cli/commands/all.ts';
import { Contract } from '../../cli/contract/contract.ts';
import { manualPage } from '../../cli/manual.ts';
import { RULES } from '../../api/clients/rules/client.rules.ts';
import type { ClientProperty } from '../../openapi/property.ts';
import { bundle } from './bundle.ts';
import { generatedClientFaults } from './checks/generated-clients.ts';
import { scalarFaults } from './checks/scalars.ts';
import { withHouses } from './contributing.ts';
import type { Document } from './document.ts';
import { withExcerpts } from './excerpts.ts';
import { operationTable } from './operation-table.ts';
import { propertyDocs, withPropertyTables } from './property-docs.ts';
import { propertyTable } from './property-table.ts';
import { ruleDocs } from './rule-docs.ts';

const HEADER = '// Generated from openapi/openid-client.yaml by `npm run generate`. Do not edit.\n';

/**
 * Makes every generated file from the contract in `<root>/openapi`.
 * Returns the texts by path relative to `root`; throws when the contract is not well-formed.
 */
export async function generate(root: string): Promise<Record<string, string>> {
  const folder = join(root, 'openapi');
  const document = bundle(folder);
  checkDocument(document);
  checkExtensions(document, folder);
  const properties = propertyTable(document, 'Client');
  return {
    'openapi/openid-client.json': `${JSON.stringify(document, null, 1)}\n`,
    'openapi/types.gen.ts': `${HEADER}${astToString(await openapiTypescript(structuredClone(document) as unknown as OpenAPI3, { emptyObjectsUnknown: true }))}`,
    'openapi/properties.gen.ts': propertiesSource(document, properties),
    'openapi/operations.gen.ts': operationsSource(document),
    ...filledPages(root, properties as ClientProperty[]),
    ...contributing(root),
    'docs/client-properties.md': propertyDocs(properties as ClientProperty[]),
    'docs/rules.md': ruleDocs(RULES),
    'docs/clientele.1': manualPage(allCommands(new Contract(document as never)), String(document.info['version'])),
  };
}

/** The written pages of the documentation, with the tables and the excerpts that they have places for. */
function filledPages(root: string, properties: readonly ClientProperty[]): Record<string, string> {
  const folder = join(root, 'docs');
  const pages = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.md')) : [];
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return Object.fromEntries(
    pages.map((name) => [`docs/${name}`, withExcerpts(withPropertyTables(read(name), properties), read)]),
  );
}

function contributing(root: string): Record<string, string> {
  const name = 'CONTRIBUTING.md';
  const file = join(root, name);
  return existsSync(file) ? { [name]: withHouses(readFileSync(file, 'utf8')) } : {};
}

let openapi: OpenAPISchemaValidator | undefined;

/** Checks that the document is one of OpenAPI, in place of each service that starts with it. */
function checkDocument(document: Document): void {
  openapi ??= new OpenAPISchemaValidator({ version: document.openapi, validateApiSpec: true });
  const { errors } = openapi.validate(document as never);
  const faults = (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  if (faults.length > 0) throw new Error(`the contract is not OpenAPI:\n${faults.join('\n')}`);
}

/** The schemas whose properties carry an extension, with the extension and the file of its meta-schema. */
const EXTENDED = [
  { extension: 'x-client', file: 'property-extension', schemas: ['Client', 'ClientAttributes', 'ClientApproval'] },
  {
    extension: 'x-member',
    file: 'member-extension',
    schemas: ['Scope', 'ScopeAttributes', 'JansAttribute', 'AttributeValidation', 'CustomScript', 'ScriptError'],
  },
] as const;

/**
 * Checks every extension against its meta-schema, values against their types, and what generated clients need, so that a
 * fault stops the generation.
 */
function checkExtensions(document: Document, folder: string): void {
  const faults = [...scalarFaults(document), ...generatedClientFaults(document)];
  for (const { extension, file, schemas } of EXTENDED) {
    const ajv = new Ajv({ allErrors: true });
    const metaSchema = readFileSync(join(folder, `schemas/common/${file}.schema.json`), 'utf8');
    const validate = ajv.compile(JSON.parse(metaSchema) as object);
    for (const schemaName of schemas) {
      for (const [name, schema] of Object.entries(document.components.schemas[schemaName]?.properties ?? {})) {
        if (!validate(schema[extension])) faults.push(`${schemaName}.${name}: ${ajv.errorsText(validate.errors)}`);
        if (schema.description === undefined) faults.push(`${schemaName}.${name}: has no description`);
        if (schema.$ref !== undefined) faults.push(`${schemaName}.${name}: $ref drops what stands beside it`);
      }
    }
  }
  if (faults.length > 0) throw new Error(`the contract is not well-formed:\n${faults.join('\n')}`);
}

function propertiesSource(document: Document, properties: object[]): string {
  const noise = (name: string): string => JSON.stringify(document.components.schemas[name]?.['x-noise'] ?? []);
  const table = (name: string): string => JSON.stringify(propertyTable(document, name), null, 2);
  return `${HEADER}import type { ClientProperty, Property } from './property.ts';

/** Every property of a client and of its \`attributes\`. */
export const CLIENT_PROPERTIES = ${JSON.stringify(properties, null, 2)} as const satisfies readonly ClientProperty[];

/** Address of a property: \`clientName\`, \`attributes.requirePar\`. */
export type ClientPropertyPath = (typeof CLIENT_PROPERTIES)[number]['path'];

/** Names that tools send besides. They are dropped and never unknown in a document. */
export const CLIENT_NOISE: readonly string[] = ${noise('Client')};

/** Every property of a scope. */
export const SCOPE_PROPERTIES: readonly Property[] = ${table('Scope')};
/** Names that are dropped from a scope. */
export const SCOPE_NOISE: readonly string[] = ${noise('Scope')};

/** Every property of a claim. */
export const CLAIM_PROPERTIES: readonly Property[] = ${table('JansAttribute')};
/** Names that are dropped from a claim. */
export const CLAIM_NOISE: readonly string[] = ${noise('JansAttribute')};

/** Every property of a script. */
export const SCRIPT_PROPERTIES: readonly Property[] = ${table('CustomScript')};
/** Names that are dropped from a script. */
export const SCRIPT_NOISE: readonly string[] = ${noise('CustomScript')};
`;
}

function operationsSource(document: Document): string {
  const { 'x-former-spellings': former, flows } = document.components.securitySchemes.oauth2;
  const declared = Object.entries(document.components.schemas['Problem']?.['x-problems'] ?? {});
  const problems = Object.fromEntries(declared.map(([name, { status, title }]) => [name, { status, title }]));
  return `${HEADER}
/** Every operation: how it is called, which scopes allow it (any one is enough), and what its query has. */
export const OPERATIONS = ${JSON.stringify(operationTable(document), null, 2)} as const;

/** The scopes that operations ask for, with what they allow. */
export const ADMINISTRATION_SCOPES: Readonly<Record<string, string>> = ${JSON.stringify(flows.clientCredentials.scopes, null, 2)};

/** Former names of administration scopes, with the present ones. */
export const FORMER_SCOPES: Readonly<Record<string, string>> = ${JSON.stringify(former, null, 2)};

/** Every problem that the service answers. */
export const PROBLEMS = ${JSON.stringify(problems, null, 2)} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemName = keyof typeof PROBLEMS;
`;
}

/** Writes the generated files, or with \`--check\` compares them and names those that differ. */
async function main(root: string, check: boolean): Promise<number> {
  const outdated: string[] = [];
  for (const [file, text] of Object.entries(await generate(root))) {
    const path = join(root, file);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    outdated.push(file);
    if (check) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (outdated.length > 0)
    console.log(`${check ? 'out of date, run npm run generate' : 'written'}: ${outdated.join(', ')}`);
  return check && outdated.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
  process.exitCode = await main(root, process.argv.includes('--check'));
}
