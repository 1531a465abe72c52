import { lookup } from '../openapi/lookup.ts';

/**
 * How the program ends: done, not done (refused by the server, or impossible here), wrong usage, no way in, and with
 * `--exit-code` a difference that was found.
 */
export const EXIT = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  differs: 4,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end that a person has to hear of: a sentence, and lines that say more. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly lines: readonly string[];

  constructor(exitCode: ExitCode, message: string, lines: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.lines = lines;
  }
}

/** The problem document of a refusal (RFC 9457, or RFC 6749 section 5.2), as far as it is one. */
export type Problem = Readonly<Record<string, unknown>>;

/** That a call of the service was not done: refused, with what it says of it, or without any answer. */
export class CallFailure extends Failure {
  /** Of the reply; undefined when there was none. */
  readonly status: number | undefined;
  readonly problem: Problem;

  constructor(told: Pick<Failure, 'exitCode' | 'message' | 'lines'>, reply?: { status: number; problem: Problem }) {
    super(told.exitCode, told.message, told.lines);
    this.status = reply?.status;
    this.problem = reply?.problem ?? {};
  }
}

/** A command line that cannot be carried out as it is written. */
export const usageFailure = (message: string, lines: readonly string[] = []): Failure =>
  new Failure(EXIT.usage, message, lines);

/** A failure on one line. */
export function said({ message, lines }: Failure): string {
  const details = lines.map((line) => line.trim()).filter((line) => !line.startsWith('request '));
  return [message, ...details].join('; ');
}

/** An end that whoever caused it knows of. */
export class Ended extends Error {
  override readonly name = 'Ended';

  constructor(readonly exitCode: ExitCode) {
    super();
  }
}

/** What a request would do, as the service answered it: thrown where a command goes no further than that. */
export class Planned extends Error {
  constructor(readonly plan: unknown) {
    super('this is a plan');
  }
}

/** Thrown when nobody reads the output any more (`| head -1`): no reason to complain. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** What an error of the operating system says in words, without its code and path twice. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'it is not in a folder',
    ENOSPC: 'no space left on the disk',
    EEXIST: 'it exists already',
    EROFS: 'the disk is read-only',
    ECONNREFUSED: 'nothing answers there',
    ECONNRESET: 'the connection was closed',
    ENOTFOUND: 'the name of the host is not known',
    EAI_AGAIN: 'the name of the host cannot be looked up now',
    UND_ERR_SOCKET: 'the connection was closed',
    UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
    UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
  };
  return (code !== undefined ? lookup(known, code) : undefined) ?? message;
}

/** Says that an address cannot be reached, and why. */
export function unreachable(where: string, error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  if (cause instanceof AggregateError) cause = cause.errors[0];
  const isLate = cause instanceof Error && cause.name === 'TimeoutError';
  return `cannot reach ${where}: ${isLate ? 'no answer in time' : reasonOf(cause)}`;
}
