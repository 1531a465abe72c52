import { operationsOf, type Document, type Operation } from './document.ts';
import { queryRow, type QueryRow } from './query-table.ts';

interface OperationRow extends QueryRow {
  id: string;
  method: string;
  path: string;
  scopes: string[];
  public?: string;
  idempotent?: true;
  errors: 'problem' | 'oauth';
}

/** The rows for every operation: how it is called and who may call it. */
export function operationTable(document: Document): OperationRow[] {
  return operationsOf(document).map(({ path, method, operation }) => ({
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    scopes: scopesOf(operation),
    ...(operation['x-public'] !== undefined && { public: operation['x-public'] }),
    ...(takesIdempotencyKey(document, operation) && { idempotent: true as const }),
    errors: errorsOf(operation),
    ...queryRow(document, { path, method, operation }),
  }));
}

/** Whether an operation declares the header `Idempotency-Key`, which makes its replies to be kept. */
function takesIdempotencyKey(document: Document, { parameters = [] }: Operation): boolean {
  const declared = document.components.parameters;
  return parameters.some(({ $ref, name }) => (name ?? declared[nameOf($ref)]?.name) === 'Idempotency-Key');
}

const nameOf = (reference = ''): string => reference.slice(reference.lastIndexOf('/') + 1);

function errorsOf(operation: Operation): 'problem' | 'oauth' {
  const errors = operation['x-errors'];
  if (errors === undefined) throw new Error(`operation ${operation.operationId} has no x-errors`);
  return errors;
}

function scopesOf(operation: Operation): string[] {
  const scopes = (operation.security ?? []).flatMap((requirement) => Object.values(requirement).flat());
  if (scopes.length === 0 && operation['x-public'] === undefined) {
    throw new Error(`operation ${operation.operationId} has neither scopes nor x-public`);
  }
  return scopes;
}
