import type { PolicyRequest } from '../../registration/policy/registration.policy.ts';
import type { Clock } from '../../shared/clock.ts';
import { errorFields, type Log } from '../../shared/log/log.ts';
import type { Meters } from '../../shared/meters.ts';
import { OAuthProblem } from '../../shared/problem.ts';
import type { ScriptRecords, StoredScript } from '../records/script-records.ts';
import { SandboxBusy } from '../sandbox/sandbox.ts';
import { judges, mayHave, type Hook } from './hooks.ts';
import { runnableScript } from './runnable.ts';
import type { ScriptMatter } from './script-matter.ts';
import type { Outcome, RunScript } from './script-runner.ts';
import { traced } from '../../shared/tracing.ts';

export interface ScriptCourtNeeds {
  readonly records: ScriptRecords;
  readonly run: RunScript;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
}

/** What one script has made of what it was told. */
export interface Answered {
  readonly script: StoredScript;
  readonly outcome: Outcome;
  readonly told: ScriptMatter;
  readonly request: PolicyRequest;
}

/** The enabled scripts, and what becomes known of each of their calls. */
export class ScriptCourt {
  constructor(private readonly needs: ScriptCourtNeeds) {}

  /** The scripts that may have a function, by their level. */
  async standing(hook: Hook): Promise<readonly StoredScript[]> {
    const scripts = await this.needs.records.enabled('client_registration');
    return scripts.length === 0 ? scripts : scripts.filter(({ text }) => mayHave(text, hook));
  }

  /** Calls a function, logs and counts it. Throws `temporarily_unavailable` (503) where too many wait. */
  async call(script: StoredScript, hook: Hook, matter: ScriptMatter, request: PolicyRequest): Promise<Outcome> {
    const { run, clock, log, meters } = this.needs;
    const end = meters.script(hook);
    const began = clock.elapsed();
    try {
      const { outcome, log: lines } = await traced(
        'script',
        { 'clientele.function': hook, 'clientele.script': script.inum },
        () => run(runnableScript(this.needs.records, script), hook, matter),
      );
      end(countedAs(hook, outcome));
      const about = { script: script.inum, hook, requestId: request.requestId };
      for (const line of lines) log.info('a script says', { ...about, line });
      const milliseconds = Math.round(clock.elapsed() - began);
      log.debug('a script ran', { ...about, outcome: outcome.kind, milliseconds });
      return outcome;
    } catch (error) {
      if (!(error instanceof SandboxBusy)) throw error;
      end('busy');
      throw new OAuthProblem(503, 'temporarily_unavailable', 'too many scripts wait: send it again in a moment', {
        headers: { 'Retry-After': '1' },
      });
    }
  }

  /**
   * Calls a function of the script with the highest level that has it, and of no other. Undefined where none has it.
   * Throws as `call` does.
   */
  async callHighest(
    hook: Hook,
    matter: () => Promise<{ readonly told: ScriptMatter; readonly request: PolicyRequest }>,
  ): Promise<Answered | undefined> {
    const scripts = await this.standing(hook);
    if (scripts.length === 0) return undefined;
    const { told, request } = await matter();
    for (const script of [...scripts].reverse()) {
      const outcome = await this.call(script, hook, told, request);
      if (outcome.kind !== 'missing') return { script, outcome, told, request };
    }
    return undefined;
  }

  /** The scopes that a script may give beyond what registration may. */
  grantsOf(script: StoredScript): readonly string[] {
    return this.needs.records.grantedScopes(script);
  }

  /** The value of a property that is not hidden. */
  propertyOf({ document }: StoredScript, name: string): string | undefined {
    return document.configurationProperties?.find(({ value1, hide }) => value1 === name && hide !== true)?.value2;
  }

  /** Notes that a script has failed, in the log and its record. */
  async failed(script: StoredScript, hook: Hook, request: PolicyRequest, what: string): Promise<OAuthProblem> {
    const { log, records } = this.needs;
    log.warn('a script failed', { script: script.inum, name: script.name, hook, requestId: request.requestId, what });
    try {
      await records.noteFailure(script, `${hook}: ${what}`);
    } catch (error) {
      log.error('a failure of a script cannot be noted', { script: script.inum, ...errorFields(error) });
    }
    const reason = `the script ${script.name} failed: ${what}`;
    return new OAuthProblem(400, 'invalid_client_metadata', 'the registration policy failed', { reason });
  }
}

/** An answer that decides about a client is counted as what it decides. */
function countedAs(hook: Hook, outcome: Outcome): Outcome['kind'] {
  if (outcome.kind !== 'answered' || !judges(hook) || outcome.answer === true) return outcome.kind;
  return outcome.answer === false ? 'refused' : 'failed';
}
