import type { GuardedFetch } from '../../shared/fetch/guarded-fetch.ts';
import type { Members } from '../../shared/contract/members.ts';
import { checkHygiene } from '../../shared/log/hygiene.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Hook } from './hooks.ts';
import type { ScriptMatter } from './script-matter.ts';

/** What a function of a script has come to. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: unknown; readonly client: Members }
  | { readonly kind: 'refused'; readonly error?: string; readonly description?: string }
  /** It has thrown, met a limit, or answered with something that is no answer; in words. */
  | { readonly kind: 'failed'; readonly what: string }
  /** The script has no such function. */
  | { readonly kind: 'missing' };

export interface Run {
  readonly outcome: Outcome;
  /** The lines that it has logged. */
  readonly log: readonly string[];
}

export interface RunnableScript {
  readonly text: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Values that nobody is shown. */
  readonly hidden: readonly string[];
}

/** Runs a function of a script. Rejects with SandboxBusy. */
export type RunScript = (script: RunnableScript, hook: Hook, matter: ScriptMatter) => Promise<Run>;

export interface ScriptRunnerNeeds {
  readonly sandbox: Pick<Sandbox, 'run'>;
  /** A way out that leads to these hosts only, which are `host` or `host:port`. */
  readonly fetchWithin: (hosts: readonly string[]) => GuardedFetch;
}

/** The property with the hosts that a script may fetch from, separated by spaces or commas. */
const FETCH_HOSTS = 'fetch_hosts';

export function scriptRunner({ sandbox, fetchWithin }: ScriptRunnerNeeds): RunScript {
  return async ({ text: code, properties, hidden }, hook, matter) => {
    const hosts = (properties[FETCH_HOSTS] ?? '').split(/[\s,]+/).filter((host) => host !== '');
    const fetch = async (url: string): Promise<string> => (await fetchWithin(hosts)(url)).body;
    const input = JSON.stringify({ ...matter, properties });
    const ended = await sandbox.run({ code, hook, input, address: matter.request.address, fetch });
    const masked = maskOf(hidden);
    const outcome = ended.isMissing ? ({ kind: 'missing' } as const) : outcomeOf(ended);
    return { outcome: maskedOutcome(outcome, masked), log: ended.log.map(masked) };
  };
}

interface Said {
  readonly kind?: string;
  readonly answer?: unknown;
  readonly client?: unknown;
  readonly refusal?: { readonly error?: string; readonly description?: string };
  readonly failure?: string;
}

function outcomeOf({ text, failure }: { readonly text?: string; readonly failure?: string }): Outcome {
  if (text === undefined) return { kind: 'failed', what: failure ?? 'it ended without an answer' };
  const said = JSON.parse(text) as Said;
  if (said.failure !== undefined) return { kind: 'failed', what: said.failure };
  if (said.refusal !== undefined) return refusal(said.refusal);
  const { kind = '', answer, client } = said;
  if (client === null || typeof client !== 'object' || Array.isArray(client))
    return { kind: 'failed', what: 'it has left something in ctx.client that is no object' };
  if (!isSound(client))
    return { kind: 'failed', what: 'it has nested ctx.client too deeply, or a name in it is forbidden' };
  if (kind === 'function' || kind === 'symbol') return { kind: 'failed', what: `it returned a ${kind}` };
  return { kind: 'answered', answer, client: client as Members };
}

/** What a script sets is held to what holds for every body. */
function isSound(client: object): boolean {
  try {
    checkHygiene(client);
    return true;
  } catch {
    return false;
  }
}

/** Error codes of OAuth as they are registered. */
const ERROR = /^[a-z][a-z0-9_]*$/;

function refusal({ error, description }: NonNullable<Said['refusal']>): Outcome {
  if (error !== undefined && !ERROR.test(error))
    return { kind: 'failed', what: 'it refused with an error that is no code, such as invalid_client_metadata' };
  return {
    kind: 'refused',
    ...(error !== undefined && { error }),
    ...(description !== undefined && { description }),
  };
}

/** Shorter values are words that stand anywhere. */
const LEAST_HIDDEN = 4;

function maskOf(hidden: readonly string[]): (text: string) => string {
  const values = hidden.filter((value) => value.length >= LEAST_HIDDEN);
  return (text) => values.reduce((shown, value) => shown.replaceAll(value, '********'), text);
}

function maskedOutcome(outcome: Outcome, masked: (text: string) => string): Outcome {
  if (outcome.kind === 'failed') return { ...outcome, what: masked(outcome.what) };
  if (outcome.kind !== 'refused' || outcome.description === undefined) return outcome;
  return { ...outcome, description: masked(outcome.description) };
}
