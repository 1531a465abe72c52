import type { ProblemName } from '../../openapi/operations.gen.ts';
import type { Schemas } from './contract/operation.ts';

/** One thing that is wrong with a request. */
export interface Fault {
  /** JSON Pointer of the member in the body. */
  readonly pointer?: string;
  /** Place and name of the parameter: `query:limit`. */
  readonly parameter?: string;
  readonly detail: string;
  /** Id of the rule that is broken. */
  readonly rule?: string;
  /** Where the rule comes from. */
  readonly reference?: string;
}

/** So many faults are told. */
export const MOST_FAULTS = 100;

/** The faults that are told: each once, and no more than anyone reads. */
export function reported<T extends Fault>(faults: readonly T[]): T[] {
  const places = faults.map((fault) => [`${fault.pointer ?? fault.parameter ?? ''} ${fault.detail}`, fault] as const);
  return [...new Map(places).values()].slice(0, MOST_FAULTS);
}

export interface ProblemContent {
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** Janssen's members, where they differ from those of every other problem of the kind. */
  readonly code?: string;
  readonly message?: string;
  readonly description?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the caller is not told, for the log. */
  readonly reason?: string;
}

/** Janssen's words for an attribute that is missing and needed. */
export const missingAttribute = (name: string): ProblemContent => ({
  code: 'OCA001',
  message: 'A required attribute is missing.',
  description: `The attribute ${name} is required for this operation`,
});

/** The body of a problem: RFC 9457 with Janssen's three members. */
export function problemBody(
  { name, status, title }: { name: string; status: number; title: string },
  content: ProblemContent,
  requestId: string,
): Schemas['Problem'] {
  const errors = reported(content.errors ?? []);
  const detail = content.detail ?? summary(errors);
  const description = content.description ?? detail;
  return {
    type: `urn:clientele:problem:${name}`,
    title,
    status,
    ...(detail !== undefined && { detail }),
    code: content.code ?? String(status),
    message: content.message ?? title,
    ...(description !== undefined && { description }),
    ...(errors.length > 0 && { errors }),
    requestId,
  };
}

/** The first fault in words, for callers that show one line. */
function summary([first, ...others]: readonly Fault[]): string | undefined {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `${inOneLine(first)}${more}`;
}

/** One fault in words. */
export const inOneLine = ({ pointer, parameter = '', detail }: Fault): string =>
  `${pointer ?? parameter} ${detail}`.trim();

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^must match pattern "\^\\d\{4\}-/, 'must be a date and a time, such as 2026-01-31T12:00:00'],
  [/^must match pattern "\^\(\?:\[A-Za-z0-9_-\]\{22,128\}/, 'must be 22 to 128 random letters, digits, - or _'],
  [/^must match pattern "\^\[A-Za-z0-9._~-\]/, 'must be 1 to 128 letters, digits or . _ ~ -'],
  [/^must match pattern "\^\[1-9\]\[0-9\]/, 'must be a number in decimal digits, from 1'],
  [/^must match pattern "\^\[\\x21\\x23-/, 'must be printable ASCII characters without spaces, quotes and backslashes'],
  [
    /^must match pattern "\^\[\^\\x00-/,
    'must be printable text on one line, without marks that turn the direction of writing',
  ],
  [/^must match pattern "\^https\?:/, 'must be an address that starts with http:// or https://'],
];

/** What a validator says about a text, in words where it shows a regular expression. */
export const inWords = (detail: string): string => PATTERNS.find(([pattern]) => pattern.test(detail))?.[1] ?? detail;

/** A refusal that the caller is told about: what it carries is public. Everything else that is thrown is a fault of ours. */
export class Problem extends Error {
  constructor(
    readonly problem: ProblemName,
    readonly content: ProblemContent = {},
    options?: ErrorOptions,
  ) {
    super(`${problem}${content.detail === undefined ? '' : `: ${content.detail}`}`, options);
  }
}

/** A refused OAuth request (RFC 6749 section 5.2). `reason` is for the log only. */
export class OAuthProblem extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 406 | 413 | 415 | 422 | 429 | 500 | 503,
    readonly error: string,
    readonly description: string,
    readonly more: { readonly reason?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(`${error}: ${more.reason ?? description}`);
  }

  get headers(): Readonly<Record<string, string>> {
    return this.more.headers ?? {};
  }
}
