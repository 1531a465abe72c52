import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { deriveSchemas } from './derive.ts';
import { deriveRegistrationSchemas } from './derive-registration.ts';
import type { Document, Schema } from './document.ts';
import { addDryRun } from './dry-run.ts';
import { addErrorExamples } from './examples.ts';
import { joined } from './joined.ts';

const ROOT_REFERENCE = /^\.\.?\/.*openid-client\.yaml(#\/components\/schemas\/.+)$/;

/** Reads YAML with its merge keys and anchors resolved. */
function readYaml(file: string): unknown {
  return parse(readFileSync(file, 'utf8'), { merge: true, maxAliasCount: -1 });
}

/** Turns references to the root file into local ones, so that every component keeps its name. */
function hoist(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(hoist);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const local = key === '$ref' && typeof value === 'string' ? ROOT_REFERENCE.exec(value)?.[1] : undefined;
      return [key, local ?? hoist(value)];
    }),
  );
}

/**
 * Reads the contract in `folder` and returns it as one document without external references.
 * Only `components.schemas` of the root file may refer to files: the validator silently stops checking bodies
 * when a path does.
 */
export function bundle(folder: string): Document {
  const rootFile = join(folder, 'openid-client.yaml');
  // Copied, since what YAML anchors share would be changed for all who share it.
  const document = JSON.parse(JSON.stringify(readYaml(rootFile))) as Document;
  const schemas: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const file = typeof schema.$ref === 'string' && !schema.$ref.startsWith('#') ? schema.$ref : undefined;
    schemas[name] = (file === undefined ? schema : hoist(readYaml(resolve(dirname(rootFile), file)))) as Schema;
  }
  const all = { ...schemas, ...deriveSchemas(schemas), ...deriveRegistrationSchemas(schemas) };
  document.components.schemas = joined(all);
  addDryRun(document);
  addErrorExamples(document);
  dropUnusedResponses(document);
  refuseExternalReferences(document);
  return document;
}

/** Those that every operation has with examples of its own, which linters call unused. */
function dropUnusedResponses(document: Document): void {
  const text = JSON.stringify(document.paths);
  const { responses } = document.components;
  const used = Object.entries(responses).filter(([name]) => text.includes(`"#/components/responses/${name}"`));
  document.components.responses = Object.fromEntries(used);
}

function refuseExternalReferences(document: Document): void {
  const external = [...JSON.stringify(document).matchAll(/"\$ref":"([^#][^"]*)"/g)].map((match) => match[1]);
  if (external.length > 0) throw new Error(`references outside components.schemas: ${external.join(', ')}`);
  const known = new Set(Object.keys(document.components.schemas));
  const dangling = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !known.has(name));
  if (dangling.length > 0) throw new Error(`references to unknown schemas: ${dangling.join(', ')}`);
}
