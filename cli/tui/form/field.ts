import { lookup } from '../../../openapi/lookup.ts';
import type { Schema } from '../../contract/contract.ts';
import { kebab, type Field } from '../../contract/fields.ts';

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

/** Switches that say what is off, by the word for what is on. */
const INVERTED: Readonly<Record<string, string>> = { disabled: 'Active' };

/** A member of a document as a field; `written` is how it is written, where it can be, and `id` what is fixed once it is made. */
export function fieldAt(path: string, schema: Schema, written: Field | undefined, id: string): FormField {
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

/** A text that may be longer, in characters, and of which the contract says no more, is written in several lines. */
const LONGEST_LINE = 4_096;

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
      return wished === 'multiline' || (wished === undefined && (field.schema.maxLength ?? 0) > LONGEST_LINE)
        ? 'lines'
        : 'text';
  }
}

/** `defaultScope` → `Default scope`. */
export function words(name: string): string {
  const text = kebab(name).replaceAll('-', ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
