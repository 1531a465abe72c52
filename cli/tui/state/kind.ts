import { lookup } from '../../../openapi/lookup.ts';
import type { Contract, Operation, Schema } from '../../contract/contract.ts';
import { resourcesOf, type Resource } from '../../contract/resources.ts';
import { bulkOperations, type BulkOperations } from '../../resource/bulk.ts';
import { words } from '../form/field.ts';
import { formOf, type Form } from '../form/model.ts';

export interface Column {
  readonly path: string;
  readonly label: string;
  /** In places of the screen; the first column takes what is left. */
  readonly width: number;
  readonly is: 'text' | 'date' | 'on' | 'off';
}

/** A kind of thing that is managed: what the contract says can be done with it. */
export interface Kind {
  readonly resource: Resource;
  readonly label: string;
  readonly form: Form;
  readonly columns: readonly Column[];
  /** The members that a list can be filtered by, with the values to choose from. */
  readonly filters: readonly Filter[];
  readonly canSearch: boolean;
  /** That takes back what a request has changed. */
  readonly undo: Operation | undefined;
  /** That tells how far a long one is. */
  readonly readUndo: Operation | undefined;
  /** That do the same to many. */
  readonly bulk: BulkOperations | undefined;
}

export interface Filter {
  readonly path: string;
  readonly label: string;
  readonly values: readonly (readonly [value: string, label: string])[];
}

const NOUNS = ['clients', 'scopes', 'scripts', 'claims', 'registration-tokens'];

const CLIENT_COLUMNS: readonly Column[] = [
  { path: 'clientName', label: 'Name', width: 0, is: 'text' },
  { path: 'inum', label: 'Id', width: 14, is: 'text' },
  { path: 'disabled', label: 'Active', width: 6, is: 'off' },
  { path: 'applicationType', label: 'Type', width: 6, is: 'text' },
  { path: 'grantTypes', label: 'Grants', width: 12, is: 'text' },
  { path: 'lastAccessTime', label: 'Last used', width: 10, is: 'date' },
  { path: 'expirationDate', label: 'Expires', width: 10, is: 'date' },
];

/** The kinds of the contract that have a list, in the order of the tabs. */
export function kindsOf(contract: Contract): Kind[] {
  const resources = resourcesOf(contract).filter(({ noun, operations }) => NOUNS.includes(noun) && operations.list);
  return resources
    .sort((a, b) => NOUNS.indexOf(a.noun) - NOUNS.indexOf(b.noun))
    .map((resource) => {
      const form = formOfResource(contract, resource);
      const isClients = resource.noun === 'clients';
      return {
        resource,
        form,
        label: words(resource.noun),
        columns: isClients ? CLIENT_COLUMNS : columnsOf(resource, form),
        filters: filtersOf(form),
        canSearch: takes(resource.operations.list, 'pattern'),
        undo: isClients ? contract.operation('undo-oauth-openid-changes') : undefined,
        readUndo: isClients ? contract.operation('get-oauth-openid-changes-undo') : undefined,
        bulk: isClients ? bulkOperations(contract) : undefined,
      };
    });
}

const takes = (operation: Operation | undefined, name: string): boolean =>
  operation?.parameters.some((parameter) => parameter.name === name) === true;

/** Whether the list has this parameter. */
export const listTakes = ({ resource }: Kind, name: string): boolean => takes(resource.operations.list, name);

function formOfResource(contract: Contract, { operations, id }: Resource): Form {
  const body = operations.create?.body['application/json']?.schema;
  const reply = operations.get?.reply ?? { properties: {} };
  if (body === undefined) return formOf(contract, reply, id);
  const input = body.allOf?.find((part: Schema) => contract.nameOf(part) !== undefined) ?? body;
  return formOf(contract, input, id);
}

function columnsOf({ columns }: Resource, form: Form): Column[] {
  return columns.map((path, index) => {
    const field = form.fields.find((candidate) => candidate.path === path);
    const label = field?.label ?? words(path);
    const is =
      field?.control === 'switch' ? 'on' : field?.control === 'date' || /(Date|Used|At)$/.test(path) ? 'date' : 'text';
    const width = is === 'date' ? 10 : is === 'on' ? Math.max(6, label.length) : Math.max(14, label.length);
    return { path, label, width: index === 0 ? 0 : width, is };
  });
}

const YES_NO = [
  ['true', 'yes'],
  ['false', 'no'],
] as const;
const ACTIVE = [
  ['false', 'yes'],
  ['true', 'no'],
] as const;

/** The members with few values: switches and choices of the first section. */
function filtersOf(form: Form): Filter[] {
  const wanted = new Set([
    'disabled',
    'applicationType',
    'scopeType',
    'defaultScope',
    'enabled',
    'scriptType',
    'approval.state',
  ]);
  return form.fields
    .filter(({ path, control, schema }) => wanted.has(path) && (control === 'switch' || schema.enum !== undefined))
    .map((field) => ({
      path: field.path,
      label: field.label,
      values:
        field.control === 'switch'
          ? field.isInverted
            ? ACTIVE
            : YES_NO
          : (field.schema.enum ?? []).map((value) => [String(value), String(value)] as const),
    }));
}

/** The operation of an action that the contract has, by its verb. */
export const actionOf = ({ resource }: Kind, verb: string): Operation | undefined => resource.actions.get(verb);

/** What a person calls this one. */
export function nameOf({ resource }: Kind, entry: Readonly<Record<string, unknown>>): string {
  const [name, id] = [resource.name, resource.id].map((member) => lookup(entry, member ?? ''));
  const shown = [name, id].find((text) => typeof text === 'string' && text !== '');
  return typeof shown === 'string' ? shown : resource.singular;
}
