import { writeSync } from 'node:fs';
import { createLogger, format, transports } from 'winston';
import { madePrintable } from '../../../openapi/printable.ts';
import { CollectedLines } from './collected-lines.ts';

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

/** Where winston has the line that is written. */
const LINE = Symbol.for('message');

/** JSON in the order of its names. It leaves some characters as they are that would steer a terminal in which the log is read. */
function lineOf(fields: object): string {
  const members = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
  let line = '';
  for (const [name, value] of members as [string, LogFields[string]][])
    if (value !== undefined) line += `${line === '' ? '{' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  return madePrintable(`${line}}`);
}

const lines = format((info) => Object.assign(info, { [LINE]: lineOf(info) }));

/** Writes the lines to standard error, some at a time: a write for each costs more than all else about it. */
class Collecting extends transports.Console {
  constructor(private readonly lines: CollectedLines) {
    super();
  }

  override log(info: object, next: () => void): void {
    const { level, [LINE]: line } = info as { level: string; [LINE]: string };
    this.lines.add(line, level === 'error');
    next();
  }
}

/** A log that writes JSON lines to standard error; standard output is for people. */
export function createLog(level: LogLevel): Log {
  // Whoever asks for the stream makes a pipe refuse what nobody reads, where it would stop everything.
  const { fd } = process.stderr;
  const collected = new CollectedLines({
    sink: (bytes) => writeSync(fd, bytes),
    leftOut: (count) => log.warn('lines were left out, since nobody has read them', { lines: count }),
  });
  const collecting = new Collecting(collected);
  const log = createLogger({ level, format: format.combine(format.timestamp(), lines()), transports: [collecting] });
  process.on('exit', () => collected.end());
  // Before node itself says what has ended the process.
  process.on('uncaughtExceptionMonitor', () => collected.end());
  return log;
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
