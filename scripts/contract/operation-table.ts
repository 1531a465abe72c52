import { operationsOf, type Document, type Operation } from './document.ts';
import { queryRow, type QueryRow } from './query-table.ts';

interface OperationRow extends QueryRow {
  id: string;
  method: string;
  path: string;
  scopes: string[];
  public?: string;
  idempotent?: true;
  reasoned?: true;
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
    ...(takes(document, operation, 'Idempotency-Key') && { idempotent: true as const }),
    ...(takes(document, operation, 'X-Reason') && { reasoned: true as const }),
    errors: errorsOf(operation),
    ...queryRow(document, { path, method, operation }),
  }));
}

/** Whether an operation declares a header: `Idempotency-Key` makes its replies to be kept, `X-Reason` why it was called. */
function takes(document: Document, { parameters = [] }: Operation, header: string): boolean {
  const declared = document.components.parameters;
  return parameters.some(({ $ref, name }) => (name ?? declared[nameOf($ref)]?.name) === header);
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
