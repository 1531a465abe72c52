import { MigrationError, SchemaRightsError } from '../../entities/migrate.ts';
import { SchemaVersionError } from '../../entities/schema-version.ts';
import { AddressError } from '../http/listen.ts';
import { MissingKeyError } from '../shared/key-ring.ts';
import { Problem } from '../shared/problem.ts';

/** What is wrong with the installation when it cannot start, in a line; undefined for errors that nobody foresaw. */
export function startFault(error: unknown): string | undefined {
  if (error instanceof MissingKeyError) return `ENCRYPTION_KEY does not fit the database: ${error.message}`;
  if (error instanceof SchemaRightsError)
    return `the schema is not up to date, and the user of DATABASE_URL may not change it (${error.message}): run npm run migrate as one who may`;
  if (error instanceof MigrationError || error instanceof SchemaVersionError || error instanceof AddressError)
    return error.message;
  if (!(error instanceof Problem)) return undefined;
  if (error.cause instanceof SchemaVersionError) return error.cause.message;
  if (error.problem === 'unavailable') return `DATABASE_URL: ${error.content.detail ?? error.message}: try again`;
  return undefined;
}
