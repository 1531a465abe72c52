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
  dropUnused(document, new Set(Object.keys(schemas)));
  refuseExternalReferences(document);
  return document;
}

/**
 * Drops what linters would call unused: responses that every operation has with examples of its own, and schemas that are
 * derived, not `declared`, and that nothing refers to.
 */
function dropUnused(document: Document, declared: ReadonlySet<string>): void {
  const { components } = document;
  const text = JSON.stringify(document);
  const used = <T>(kind: string, all: Record<string, T>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all).filter(
        ([name]) => (kind === 'schemas' && declared.has(name)) || text.includes(`"#/components/${kind}/${name}"`),
      ),
    );
  components.responses = used('responses', components.responses);
  components.schemas = used('schemas', components.schemas);
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
