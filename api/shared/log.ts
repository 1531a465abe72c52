import { types } from 'node:util';
import { createLogger, format, transports } from 'winston';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** JSON lines. Fields are named one by one, so that no body, token or secret can slip in with an object. */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A log that writes JSON lines to standard error; standard output is for people. */
export function createLog(level: LogLevel): Log {
  return createLogger({
    level,
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.Console({ stderrLevels: [...LOG_LEVELS] })],
  });
}

/** What the log says about an error: its kind, its text and where it came from, never its properties. */
export function errorFields(error: unknown): LogFields {
  if (!types.isNativeError(error)) return { error: typeof error };
  const cause = types.isNativeError(error.cause) ? `${error.cause.name}: ${error.cause.message}` : undefined;
  return { error: `${error.name}: ${error.message}`, stack: error.stack, cause };
}
