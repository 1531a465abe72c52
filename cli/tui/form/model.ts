import { lookup } from '../../../openapi/lookup.ts';
import type { Contract, Schema } from '../../contract/contract.ts';
import { fieldsOf, kebab, type Field } from '../../contract/fields.ts';

/** How a person enters a value. */
export type Control =
  | 'text'
  | 'lines'
  | 'number'
  | 'switch'
  | 'choice'
  | 'choices'
  | 'list'
  | 'date'
  | 'references'
  | 'languages'
  | 'json'
  | 'secret'
  | 'read-only';

/** A member as a form shows it. */
export interface FormField {
  /** Its address in the document: `clientName`, `attributes.requirePkce`. */
  readonly path: string;
  readonly label: string;
  readonly section: string;
  readonly control: Control;
  /** The words that it takes, where there are only these. */
  readonly values: readonly string[];
  /** A switch whose tick means false: `Active` of `disabled`. */
  readonly isInverted: boolean;
  /** What its entries refer to: `scope`, `claim`, `script:<type>`. */
  readonly refs?: string;
  /** Its name in registration metadata (RFC 7591). */
  readonly registrationName?: string;
  readonly aliasOf?: string;
  /** It is set when the document is made, and stays. */
  readonly isFixed: boolean;
  /** What the service stores where it is absent. */
  readonly default?: unknown;
  readonly description: string;
  readonly schema: Schema;
}

export interface Section {
  readonly name: string;
  readonly label: string;
  readonly fields: readonly FormField[];
}

/** Everything that can be entered of one kind of document, section by section. */
export interface Form {
  readonly sections: readonly Section[];
  /** The fields of all sections, in their order. */
  readonly fields: readonly FormField[];
}

/** The sections in their order; others come after them, by their own name. */
const SECTIONS: Readonly<Record<string, string>> = {
  basic: 'Basic',
  tokens: 'Tokens',
  logout: 'Logout',
  software: 'Software info',
  'ciba-par-uma': 'CIBA, PAR, UMA',
  'encryption-signing': 'Encryption, signing',
  advanced: 'Advanced',
  scripts: 'Client scripts',
  localization: 'Localization',
  system: 'System',
};

/** Switches that say what is off, by the word for what is on. */
const INVERTED: Readonly<Record<string, string>> = { disabled: 'Active' };

/** The form for what an operation takes (`input`); what only replies have is shown, and cannot be written. */
export function formOf(contract: Contract, input: Schema, id: string): Form {
  const written = new Map(fieldsOf(contract, input).map((field) => [field.path, field]));
  const component = lookup(contract.schemas, (contract.nameOf(input) ?? '').replace(/Input$/, '')) ?? input;
  const fields = walk(contract, component, '', (path, schema) => fieldAt(path, schema, written.get(path), id));
  const names = [...new Set([...Object.keys(SECTIONS), ...fields.map(({ section }) => section)])];
  const sections = names
    .map((name) => ({
      name,
      label: lookup(SECTIONS, name) ?? words(name),
      fields: fields.filter(({ section }) => section === name),
    }))
    .filter((section) => section.fields.length > 0);
  return { sections, fields: sections.flatMap((section) => section.fields) };
}

/** The members of a schema, and those of objects inside it that the schema names. */
function walk(
  contract: Contract,
  schema: Schema,
  prefix: string,
  make: (path: string, schema: Schema) => FormField,
): FormField[] {
  return Object.entries(contract.resolve(schema).properties ?? {}).flatMap(([member, raw]) => {
    const own = contract.resolve(raw);
    const path = prefix + member;
    const isObject = own.properties !== undefined && own.properties['values'] === undefined;
    return isObject && prefix === '' ? walk(contract, raw, `${path}.`, make) : [make(path, own)];
  });
}

function fieldAt(path: string, schema: Schema, written: Field | undefined, id: string): FormField {
  const extension = schema['x-client'];
  const inverted = lookup(INVERTED, path);
  const refs = extension?.refs ?? written?.refs;
  return {
    path,
    label: inverted ?? extension?.label ?? words(path.split('.').at(-1) ?? path),
    section: extension?.section ?? (written === undefined ? 'system' : 'basic'),
    control: written === undefined ? 'read-only' : controlOf(written, refs, extension?.control),
    values: written?.values ?? [],
    isInverted: inverted !== undefined,
    ...(refs !== undefined && { refs }),
    ...(extension?.dcr !== undefined && { registrationName: extension.dcr.name }),
    ...(extension?.['alias-of'] !== undefined && { aliasOf: extension['alias-of'] }),
    isFixed: path === id,
    ...(schema.default !== undefined && { default: schema.default }),
    description: `${inverted === undefined ? '' : 'Without the tick: '}${(schema.description ?? '').replace(/\s+/g, ' ').trim()}`,
    schema: written?.schema ?? schema,
  };
}

function controlOf(field: Field, refs: string | undefined, wished: string | undefined): Control {
  if (field.isSecret) return 'secret';
  switch (field.kind) {
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    case 'list':
      if (field.values !== undefined) return 'choices';
      return refs === undefined ? 'list' : 'references';
    case 'localized':
      return 'languages';
    case 'json':
      return 'json';
    case 'text':
      if (field.values !== undefined) return 'choice';
      if (wished === 'date-time' || field.schema.format === 'date-time') return 'date';
      if (wished === 'json') return 'json';
      return wished === 'multiline' ? 'lines' : 'text';
  }
}

/** `defaultScope` → `Default scope`. */
export function words(name: string): string {
  const text = kebab(name).replaceAll('-', ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The fields that a person may mean: by label, address or registration name, the closest first. */
export function fieldsNamed(form: Form, text: string): FormField[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ label, path, registrationName = '' }: FormField): number => {
    const names = [label, path, registrationName].map((name) => name.toLowerCase());
    if (names.includes(wanted)) return 0;
    if (names.some((name) => name.startsWith(wanted))) return 1;
    return names.some((name) => name.includes(wanted)) ? 2 : 3;
  };
  return form.fields.filter((field) => rank(field) < 3).sort((a, b) => rank(a) - rank(b));
}
