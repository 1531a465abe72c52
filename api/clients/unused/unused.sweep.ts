import { timestamp } from '../../shared/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Step, TaskKind } from '../../tasks/task.ts';
import type { Passed } from './disuse.store.ts';
import { ownEvidence, watchUses } from './evidence.ts';
import { isSilent, isUnused, momentOf, mostOf, type UnusedRules, type Watch } from './judgement.ts';
import { unusedSteps, type UnusedSteps, type UnusedStepsNeeds } from './unused.steps.ts';

interface UnusedRunNeeds extends UnusedStepsNeeds {
  readonly log: Log;
  /** Whether the built-in token endpoint serves clients. */
  readonly isIssuer: boolean;
}

export interface UnusedSweepNeeds extends Omit<UnusedRunNeeds, 'rules'> {
  /** Left out where clients that nobody uses stay. */
  readonly rules: UnusedRules | undefined;
}

const HOUR = 3_600_000;
const STOPPED = 'unused clients are not swept: one who reported uses has not for more than 26 hours';
/** So many clients are walked past, and so many are decided on, in a step. */
const [PASSED, DECIDED] = [1_000, 100];

/** Where a run is: who is disabled comes first, then who is reported, then all others by how they came in. */
interface At {
  readonly phase: 'disabled' | 'reported' | number;
  readonly after: string;
  readonly afterAt: string;
  /** How many clients may still go on. */
  readonly left: number;
  readonly [name: string]: string | number;
}

const BEGIN = { phase: 'disabled', after: '', afterAt: '' } as const;

/** The kind of task that sweeps unused clients, where that is wanted. */
export const sweepingUnused = ({ rules, ...needs }: UnusedSweepNeeds): TaskKind<never, At>[] =>
  rules === undefined ? [] : [sweepingBy({ ...needs, rules })];

/**
 * The kind of task that reports, disables and removes clients that nobody uses, every hour: little at a time, so that a wrong
 * clock or reporter is noticed before it has done much.
 */
function sweepingBy(needs: UnusedRunNeeds): TaskKind<never, At> {
  const { work, clock, log } = needs;
  const run = new UnusedRun(needs);

  /** Who has the first look at what is known; undefined where nothing may be judged. */
  const begin = async (): Promise<At | undefined> => {
    const now = clock.now();
    const { reporters, count } = await work.write(async (stores) => {
      const { isNew } = await watchUses(stores.settings, now);
      if (isNew) await stores.disuse.restart(timestamp(now));
      return { reporters: await stores.reporters.all(), count: await stores.clients.count() };
    });
    const silent = reporters.filter((one) => isSilent(one, now));
    if (silent.length === 0) return { ...BEGIN, left: mostOf(count) };
    for (const { caller, heardAt } of silent) log.warn(STOPPED, { reporter: caller, heardAt: timestamp(heardAt) });
    return undefined;
  };

  return {
    name: 'sweep-unused-clients',
    every: HOUR,
    step: async (at) => {
      const here = at ?? (await begin());
      return here === undefined || here.left <= 0 ? { isDone: true } : run.step(here);
    },
  };
}

class UnusedRun {
  private readonly steps: UnusedSteps;

  constructor(private readonly needs: UnusedRunNeeds) {
    this.steps = unusedSteps(needs);
  }

  async step(at: At): Promise<Step<At>> {
    const watch = await this.watch();
    const now = this.needs.clock.now();
    // A run that was interrupted for long begins anew, with a look at who has told what meanwhile.
    if (watch === undefined || [watch.service, ...watch.reporters].some((one) => isSilent(one, now)))
      return { isDone: true };
    return typeof at.phase === 'number' ? this.walked(at, at.phase, watch) : this.due(at, at.phase, watch);
  }

  /** Goes on with those whose grace is over. */
  private async due(at: At, phase: 'disabled' | 'reported', watch: Watch): Promise<Step<At>> {
    const { work, clock, rules } = this.needs;
    const grace = phase === 'disabled' ? rules.disabledFor : rules.reportedFor;
    const until = timestamp(clock.now() - grace);
    const limit = Math.min(DECIDED, at.left);
    const last = at.after === '' ? undefined : { at: at.afterAt, inum: at.after };
    const batch = await work.read(({ disuse }) => disuse.due(phase, until, last, limit));
    let gone = 0;
    for (const { inum } of batch)
      if (await (phase === 'disabled' ? this.steps.remove(inum) : this.steps.disable(inum, watch))) gone += 1;
    const left = at.left - gone;
    const end = batch.at(-1);
    if (batch.length < limit || end === undefined)
      return { isDone: false, state: { ...BEGIN, phase: phase === 'disabled' ? 'reported' : 0, left } };
    return { isDone: false, state: { ...at, after: end.inum, afterAt: end.at, left } };
  }

  /** Goes on to clients that nobody has judged yet. */
  private async walked(at: At, phase: number, watch: Watch): Promise<Step<At>> {
    const { work, rules } = this.needs;
    const method = rules.methods[phase];
    if (method === undefined) return { isDone: true };
    const batch = await work.read(({ disuse }) => disuse.walk(method, at.after, PASSED));
    let { left, after } = at;
    for (const passed of batch) {
      if (left <= 0) break;
      ({ inum: after } = passed);
      if (this.mayBeUnused(passed, watch) && (await this.steps.report(passed.inum, watch))) left -= 1;
    }
    const isLast = batch.length < PASSED;
    return { isDone: false, state: isLast ? { ...BEGIN, phase: phase + 1, left } : { ...at, after, left } };
  }

  /** Whether a client is worth a look at its document. */
  private mayBeUnused({ createdAt, usedAt, state, at, disabled, isAlone }: Passed, watch: Watch): boolean {
    if (disabled === 1 || state === 'reported' || state === 'disabled') return false;
    const since = watch.reporters.length === 0 && isAlone === 0 ? undefined : watch.service.since;
    const life = { createdAt: momentOf(createdAt) ?? 0, usedAt: momentOf(usedAt), keptAt: momentOf(at) };
    return since !== undefined && isUnused(life, since, this.needs.rules, this.needs.clock.now());
  }

  private async watch(): Promise<Watch | undefined> {
    const { work, isIssuer } = this.needs;
    const [service, reporters] = await work.read((stores) =>
      Promise.all([ownEvidence(stores.settings), stores.reporters.all()]),
    );
    return service && { service, reporters, isIssuer };
  }
}
