import { MigrationRefusal } from '../../entities/check-pending.ts';
import { LeaseLostError } from '../../entities/lease.ts';
import { MigrationError } from '../../entities/migrate.ts';
import { SchemaLockError } from '../../entities/schema-lock.ts';
import { SchemaRightsError } from '../../entities/schema-rights.ts';
import { SchemaVersionError } from '../../entities/schema-version.ts';
import { InumError } from './reserved-inums.ts';
import { AddressError } from '../http/listen.ts';
import { MissingKeyError } from '../shared/keys/key-ring.ts';
import { Problem } from '../shared/problem.ts';

const IN_WORDS = [MigrationError, MigrationRefusal, SchemaVersionError, SchemaLockError, AddressError, InumError];

/** What is wrong with the installation when it cannot start, in a line; undefined for errors that nobody foresaw. */
export function startFault(error: unknown): string | undefined {
  if (error instanceof MissingKeyError) return `ENCRYPTION_KEY does not fit the database: ${error.message}`;
  if (error instanceof SchemaRightsError)
    return `the schema is not up to date, and the user of DATABASE_URL may not change it (${error.message}): run npm run migrate as one who may`;
  if (error instanceof LeaseLostError) return `${error.message}: start again`;
  if (IN_WORDS.some((kind) => error instanceof kind)) return (error as Error).message;
  if (!(error instanceof Problem)) return undefined;
  if (error.cause instanceof SchemaVersionError) return error.cause.message;
  if (error.problem === 'unavailable') return `DATABASE_URL: ${error.content.detail ?? error.message}: try again`;
  return undefined;
}
