import { lookup } from '../../../openapi/lookup.ts';
import type { Contract, Schema } from '../../contract/contract.ts';
import { fieldsOf } from '../../contract/fields.ts';
import { fieldAt, words, type FormField } from './field.ts';

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
