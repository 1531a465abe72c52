import { OPERATIONS, PROBLEMS } from '../../../openapi/operations.gen.ts';
import { mayCall } from '../../shared/contract/administration-scopes.ts';
import {
  JsonText,
  type AnyReply,
  type Caller,
  type OperationId,
  type Schemas,
} from '../../shared/contract/operation.ts';
import { tried, WOULD_BE_MADE, type DryRun } from '../../shared/database/dry-run.ts';
import type { Clock } from '../../shared/clock.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { Problem, problemBody, reported } from '../../shared/problem.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { adviceOn } from '../rules/client.rules.ts';
import type { ClientStores } from '../client.stores.ts';
import { plannedChanges, type Shown } from './planned-changes.ts';
import { reachOf, type Subject } from './reach.ts';

/** A request that is tried. */
export interface TriedRequest {
  readonly operation: string;
  /** Who asks; what the operation lets a caller write it may not let it read. */
  readonly caller: Caller | undefined;
  /** The parameters of its path. */
  readonly path: Readonly<Record<string, string>>;
  /** Does it, as if it were not tried. */
  readonly run: () => Promise<AnyReply>;
}

export interface ChangePlansNeeds {
  readonly work: UnitOfWork<ClientStores>;
  readonly shown: Shown;
  readonly clock: Clock;
  /** Writes what is noted of the tokens of a client. */
  readonly flushTokens: (inum: string) => Promise<void>;
}

/**
 * Makes the plan of a request: what it answers, changes and reaches. It is done, by the code that does it otherwise, and
 * taken back. Of what the caller may not read there are no values. Rejects as the request does where that is malformed, not authorized, about what is not there or another
 * version, or where the service cannot say.
 */
export const changePlans =
  ({ work, shown, clock, flushTokens }: ChangePlansNeeds) =>
  async ({ operation, caller, path, run }: TriedRequest): Promise<Schemas['ChangePlan']> => {
    const { dryRun, outcome } = await tried(async (noted) => ({ dryRun: noted, outcome: await refusalOr(run) }));
    const subject = subjectOf(operation, path, dryRun);
    const mayRead = (kind: string): boolean =>
      KINDS.some((known) => known.kind === kind && caller !== undefined && mayCall(caller, known.reading));
    const isShown = subject.kind !== 'client' || mayRead('client');
    if (isShown && subject.kind === 'client' && subject.inum !== undefined) await flushTokens(subject.inum);
    const reach = isShown && (await work.read((stores) => reachOf(stores, subject, clock.now())));
    const isRefused = outcome instanceof Problem;
    return {
      ...(isRefused ? refused(outcome) : done(outcome)),
      ...(isRefused ? { changes: [] } : plannedChanges(dryRun, { shown, mayRead })),
      findings: isRefused ? reasonsOf(outcome) : adviceFor(subject),
      reach: { ...reach, locksOutAdministrators: isRefused && outcome.problem === 'last-administrator' },
    };
  };

/** Why a request would be refused, or what it would answer. */
async function refusalOr(run: () => Promise<AnyReply>): Promise<AnyReply | Problem> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Problem && isForThePlan(error)) return error;
    throw error;
  }
}

/** Faults of the form of a request, and not of what it says. */
const OF_THE_FORM: ReadonlySet<string | undefined> = new Set([undefined, 'hygiene', 'known-members', 'read-only']);

/** What a rule or the present state has against a request. That others are at it at the moment says nothing of it. */
function isForThePlan({ problem, content }: Problem): boolean {
  if (problem === 'invalid-request') return content.errors?.some(({ rule }) => !OF_THE_FORM.has(rule)) === true;
  return PROBLEMS[problem].status === 409 && content.headers?.['Retry-After'] === undefined;
}

interface Kind {
  readonly place: string;
  readonly kind: string;
  /** The operation that shows one. */
  readonly reading: OperationId;
}

const KINDS: readonly Kind[] = [
  { place: '/openid/clients', kind: 'client', reading: 'get-oauth-openid-clients-by-inum' },
  { place: '/scopes', kind: 'scope', reading: 'get-oauth-scopes-by-inum' },
  { place: '/attributes', kind: 'claim', reading: 'get-attributes-by-inum' },
  { place: '/config/scripts', kind: 'script', reading: 'get-config-scripts-by-inum' },
];

function subjectOf(operation: string, path: Readonly<Record<string, string>>, { writes }: DryRun): Subject {
  const address = OPERATIONS.find(({ id }) => id === operation)?.path ?? '';
  const kind = KINDS.find(({ place }) => address.includes(place))?.kind ?? '';
  const write = writes.find((each) => each.kind === kind && (path['inum'] ?? each.inum) === each.inum);
  return { kind, inum: path['inum'] ?? write?.inum, write };
}

type Answer = Pick<Schemas['ChangePlan'], 'status' | 'result'>;

function refused({ problem, content }: Problem): Answer {
  const { requestId: _none, ...body } = problemBody({ name: problem, ...PROBLEMS[problem] }, content, '');
  return { status: body.status, result: body };
}

function done({ status, body }: AnyReply): Answer {
  const answered: unknown = body instanceof JsonText ? JSON.parse(body.text) : body;
  const members = Object.entries(answered ?? {});
  return { status, result: Object.fromEntries(members.filter(([name, value]) => isShown(name, value))) };
}

const SECRETS: ReadonlySet<string> = new Set(['clientSecret', 'token']);

/** A secret that is there, or that the caller has sent, is none of the plan's business. */
const isShown = (name: string, value: unknown): boolean => !SECRETS.has(name) || value === WOULD_BE_MADE;

type Findings = Schemas['ChangePlan']['findings'];

function reasonsOf({ problem, content }: Problem): Findings {
  const severity = 'error' as const;
  const faults = reported(content.errors ?? []);
  if (faults.length === 0) return [{ severity, detail: content.detail ?? PROBLEMS[problem].title, rule: problem }];
  return faults.map(({ reference, ...fault }) => ({ severity, ...fault, ...(reference && { section: reference }) }));
}

function adviceFor({ kind, write }: Subject): Findings {
  if (kind !== 'client' || write?.after === undefined) return [];
  const advice = adviceOn(JSON.parse(write.after) as ClientDocument, 'admin');
  return reported(advice).map(({ reference, ...rest }) => ({ severity: 'warning', ...rest, section: reference }));
}
