import type { Logger } from 'typeorm';
import type { TestService } from './service.ts';

export interface Statement {
  readonly query: string;
  readonly parameters: unknown;
}

/** The statements that the service reads with from now on, or writes with in units of work, in a list that grows. */
export function recordStatements(service: TestService, connection: 'reader' | 'writer' = 'reader'): Statement[] {
  const statements: Statement[] = [];
  const silent = (): void => undefined;
  const logger: Logger = {
    logQuery: (query, parameters) => statements.push({ query, parameters }),
    logQueryError: silent,
    logQuerySlow: silent,
    logSchemaBuild: silent,
    logMigration: silent,
    log: silent,
  };
  const { reader, sources } = service.database;
  (connection === 'reader' ? reader : sources[0])?.setOptions({ logging: true, logger });
  return statements;
}
