/** The user of the database may not do what a migration does. */
export class SchemaRightsError extends Error {
  override readonly name = 'SchemaRightsError';
}

/** What MariaDB and MySQL say when a user may not: on a database, on a table. */
const DENIED = new Set(['ER_DBACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR']);

/** A SchemaRightsError for an error of a driver that says so, and every other error as it is. */
export function rightsError(error: unknown): unknown {
  const { code = '', message } = error as Error & { code?: string };
  return DENIED.has(code) ? new SchemaRightsError(message, { cause: error }) : error;
}
