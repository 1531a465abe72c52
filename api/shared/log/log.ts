import { createLogger, format, transports } from 'winston';
import { madePrintable } from '../../../openapi/printable.ts';

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

/** JSON leaves some characters as they are that would steer a terminal in which the log is read. */
const printable = format((info) => Object.assign(info, { [LINE]: madePrintable(String(info[LINE])) }));
/** Where winston has the line that is written. */
const LINE = Symbol.for('message');

/** A log that writes JSON lines to standard error; standard output is for people. */
export function createLog(level: LogLevel): Log {
  return createLogger({
    level,
    format: format.combine(format.timestamp(), format.json(), printable()),
    transports: [new transports.Console({ stderrLevels: [...LOG_LEVELS] })],
  });
}

/** What the log says about an error: its kind, its text and where it came from, never its properties. */
export function errorFields(error: unknown): LogFields {
  const { stack, cause } = partsOf(error);
  return {
    error: textOf(error) ?? typeof error,
    ...(typeof stack === 'string' && { stack }),
    ...(cause !== undefined && { cause: textOf(cause) }),
  };
}

/** By shape: the errors of native modules are no instances of ours. */
const partsOf = (error: unknown): { name?: unknown; message?: unknown; stack?: unknown; cause?: unknown } =>
  typeof error === 'object' && error !== null ? error : {};

function textOf(error: unknown): string | undefined {
  const { name, message } = partsOf(error);
  return typeof message === 'string' ? `${typeof name === 'string' ? name : 'Error'}: ${message}` : undefined;
}
