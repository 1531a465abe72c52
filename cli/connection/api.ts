import { setTimeout as wait } from 'node:timers/promises';
import { lookup } from '../../openapi/lookup.ts';
import { isTriable, type Operation } from '../contract/contract.ts';
import { CallFailure, EXIT, Planned, unreachable, type Problem } from '../failure.ts';
import { asTrial, isTrial, requireTriable, requireTried, SERVED_CONTRACT } from './dry-run.ts';
import type { Reply, Request } from './exchange.ts';
import { limitedFetch } from './limited-fetch.ts';
import { textIn } from './reply-shape.ts';
import type { Session } from './session.ts';

/** A service that asks for patience gets it, for so many times and at most so long (milliseconds). */
const PATIENCE = { attempts: 4, longest: 10_000 };

/** How operations are called. */
export interface Ways {
  /** Why, for operations that keep that. */
  readonly reason?: string | undefined;
  /** Whatever can be tried is only tried, and what it would do is thrown as `Planned`. */
  readonly isDryRun?: boolean;
  /** Is told each reply to what was done. */
  readonly heard?: (reply: Reply) => void;
}

/** Calls operations of the contract at one service. */
export class Api {
  private served: Promise<Reply> | undefined;

  constructor(
    readonly session: Session,
    private readonly ways: Ways = {},
  ) {}

  /** The same, with another reason for what is called. */
  because(reason: string): Api {
    return new Api(this.session, { ...this.ways, reason });
  }

  /** The reply of an operation that was done; throws a `CallFailure` when it was refused, or nobody answered. */
  async send(request: Request): Promise<Reply> {
    const isOnlyTried = this.ways.isDryRun === true && isTriable(request.operation) && !isTrial(request);
    const asked = isOnlyTried ? asTrial(request) : request;
    if (isTrial(asked)) requireTriable(asked, await this.servedContract(), this.session.connection.url);
    const reply = await this.attempt(asked);
    if (reply.status >= 300) throw refusal(reply);
    if (isTrial(asked)) requireTried(reply);
    if (asked !== request) throw new Planned(reply.body);
    this.ways.heard?.(reply);
    return reply;
  }

  private servedContract(): Promise<Reply> {
    return (this.served ??= this.attempt(SERVED_CONTRACT));
  }

  /** The reply, whatever its status. Renews a token that is not accepted any more, once. */
  async attempt(request: Request): Promise<Reply> {
    if (request.operation.isPublic) return this.patiently(request, undefined);
    const token = await this.session.accessToken();
    const first = await this.patiently(request, token);
    const reply =
      first.status === 401 && this.session.needsNonce(first.headers) ? await this.patiently(request, token) : first;
    if (reply.status !== 401) return reply;
    const another = await this.session.renewed(token);
    if (another !== undefined) return this.patiently(request, another);
    const expiry = this.session.expiry(token);
    if (expiry !== undefined) throw expiry;
    return reply;
  }

  private async patiently(request: Request, token: string | undefined): Promise<Reply> {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.exchange(request, token);
      const seconds = Number(reply.headers.get('retry-after') ?? NaN);
      // A write that was answered 503 may have been done: only what changes nothing is sent again.
      const isWorthIt = reply.status === 429 || (reply.status === 503 && request.operation.method === 'GET');
      if (!isWorthIt || attempt >= PATIENCE.attempts || !(seconds * 1_000 <= PATIENCE.longest)) return reply;
      await wait(seconds * 1_000);
    }
  }

  private async exchange(request: Request, token: string | undefined): Promise<Reply> {
    const { operation, body, headers = {} } = request;
    const mediaType = request.mediaType ?? Object.keys(operation.body)[0] ?? 'application/json';
    const { url } = this.session.connection;
    try {
      const address = url + addressOf(request);
      const response = await limitedFetch(address, {
        method: operation.method,
        headers: {
          Accept: 'application/json',
          'User-Agent': 'clientele',
          ...(body !== undefined && { 'Content-Type': mediaType }),
          ...(token !== undefined && (await this.session.headersFor(token, operation.method, address))),
          ...(this.ways.reason !== undefined && keepsReason(operation) && { [REASON]: inBytes(this.ways.reason) }),
          ...headers,
        },
        ...(body !== undefined && { body: contentOf(body, mediaType) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: parsed(text) };
    } catch (error) {
      throw new CallFailure({ exitCode: EXIT.unreachable, message: unreachable(url, error), lines: [] });
    }
  }
}

const REASON = 'X-Reason';

const keepsReason = ({ parameters }: Operation): boolean => parameters.some(({ name }) => name === REASON);

/** A header is bytes, of which each stands for a character here. */
const inBytes = (text: string): string => Buffer.from(text).toString('latin1');

function addressOf({ operation, path = {}, query = [] }: Request): string {
  const placed = (_: string, name: string): string => encodeURIComponent(lookup(path, name) ?? '');
  const address = operation.path.replace(/\{(\w+)\}/g, placed);
  const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
  return search === '' ? address : `${address}?${search}`;
}

function contentOf(body: unknown, mediaType: string): string {
  if (mediaType !== 'application/x-www-form-urlencoded') return JSON.stringify(body);
  return new URLSearchParams(body as Record<string, string>).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What is in an object, and nothing in anything else: a server may answer what it likes. */
const membersOf = (value: unknown): Problem => ({ ...(value as object | null) });

function faultLine(fault: Problem): string {
  const [pointer, parameter, rule] = ['pointer', 'parameter', 'rule'].map((name) => textIn(fault[name]));
  const place = pointer?.replace(/^\//, '').replaceAll('/', '.') ?? parameter?.replace('query:', '') ?? '';
  const detail = textIn(fault['detail']) ?? 'is not accepted';
  return `${place === '' ? '' : `${place}: `}${detail}${rule === undefined ? '' : ` (${rule})`}`;
}

/** What a reply that is no success says, as a failure with a line for each fault. */
function refusal({ status, body, text }: Reply): CallFailure {
  const problem = membersOf(body);
  const said = (...names: string[]): string | undefined => names.flatMap((name) => textIn(problem[name]) ?? [])[0];
  const faults: unknown[] = Array.isArray(problem['errors']) ? problem['errors'] : [];
  const title = said('title', 'message', 'error') ?? `the server answers ${status}`;
  const detail = said('detail', 'error_description') ?? (body === undefined ? text.slice(0, 200) : '');
  const lines = faults.map((fault) => `  ${faultLine(membersOf(fault))}`);
  const isSaid = faults.length > 0 || detail === '' || detail === title;
  const requestId = said('requestId');
  const request = requestId === undefined ? [] : [`  request ${requestId}`];
  const message = isSaid ? title : `${title}: ${detail}`;
  const exitCode = status === 401 ? EXIT.unreachable : EXIT.refused;
  return new CallFailure({ exitCode, message, lines: [...lines, ...request] }, { status, problem });
}
