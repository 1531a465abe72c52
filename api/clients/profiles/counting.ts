import { setImmediate as nextTurn } from 'node:timers/promises';
import { timestamp, type Clock } from '../../shared/clock.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Json, Step, TaskKind } from '../../tasks/task.ts';
import type { ClientStores } from '../client.stores.ts';
import { JUDGED } from './judgement.ts';
import { tallied, type Tally } from './tally.ts';

/** What is known of the numbers of a report. */
export interface Counted {
  readonly tally: Tally;
  /** When they were right, a timestamp. */
  readonly asOf: string;
  /** Whether every client had been judged by then, by the rules of this version. */
  readonly isComplete: boolean;
}

interface CountingNeeds {
  readonly work: Pick<UnitOfWork<ClientStores>, 'read' | 'write'>;
  readonly clock: Clock;
  /** Up to so many clients are counted for whoever asks. */
  readonly few?: number;
}

const FEW = 10_000;
/** How often the others are counted, in milliseconds. */
const EVERY = 300_000;
/** Rows that are counted at once, a few milliseconds, and how long a step goes on, in milliseconds. */
const [SLICE, STEP] = [5_000, 500];
const SETTING = 'client-report';

/** What is kept beside the numbers. */
interface Kept {
  readonly asOf: string;
  readonly isComplete: boolean;
  /** What is another with every write. */
  readonly mark: string;
  /** By which rules. */
  readonly of: string;
}

/** Where a count is. */
interface At extends Kept, Record<string, Json> {
  readonly signature: string;
  readonly after: string;
  readonly tally: Tally;
}

/** The numbers of a report: of now where there are few clients, else those of the last count. */
export async function countedNow(stores: ClientStores, clock: Clock, few = FEW): Promise<Counted> {
  const { findings, clients, reportCounts } = stores;
  if ((await clients.count()) > few) {
    const kept = await keptOf(stores);
    return kept === undefined
      ? { tally: {}, asOf: timestamp(clock.now()), isComplete: false }
      : { ...kept, tally: await reportCounts.read() };
  }
  const isComplete = await isAllJudged(stores);
  const numbers = await findings.numbers();
  const tally = numbers.reduce((all, [signature, number]) => tallied(all, signature, number), {});
  return { tally, asOf: timestamp(clock.now()), isComplete };
}

/** Whether every client has been judged by the rules of this version. */
export const isAllJudged = ({ keptProperties }: ClientStores): Promise<boolean> => keptProperties.has([JUDGED]);

async function keptOf({ settings }: ClientStores): Promise<Kept | undefined> {
  const text = await settings.get(SETTING);
  const kept = text === undefined ? undefined : (JSON.parse(text) as Kept);
  return kept?.of === JUDGED.rule ? kept : undefined;
}

/** The kind of task that counts for the report where there are many clients, when something was written. */
export function countingFindings({ work, clock, few = FEW }: CountingNeeds): TaskKind<Json, At> {
  const begin = (): Promise<At | undefined> =>
    work.read(async (stores) => {
      if ((await stores.clients.count()) <= few) return undefined;
      // Before anything is counted: what is written meanwhile is counted again.
      const mark = await stores.reportCounts.mark();
      const isComplete = await isAllJudged(stores);
      const kept = await keptOf(stores);
      if (kept?.mark === mark && kept.isComplete === isComplete) return undefined;
      const place = { signature: '', after: '', tally: {} };
      return { ...place, mark, isComplete, asOf: timestamp(clock.now()), of: JUDGED.rule };
    });

  return {
    name: 'count-findings',
    every: EVERY,
    step: async (before): Promise<Step<At>> => {
      const from = before?.of === JUDGED.rule ? before : await begin();
      if (from === undefined) return { isDone: true };
      const reached = await work.read((stores) => counted(stores, from));
      const { signature } = reached;
      if (signature !== undefined) return { isDone: false, state: { ...from, ...reached, signature } };
      const { asOf, isComplete, mark, of } = from;
      await work.write(async ({ reportCounts, settings }) => {
        await reportCounts.replace(reached.tally);
        await settings.set(SETTING, JSON.stringify({ asOf, isComplete, mark, of } satisfies Kept));
      });
      return { isDone: true };
    },
  };
}

interface Reached {
  readonly tally: Tally;
  /** Where to go on; without a signature, nowhere. */
  readonly signature?: string;
  readonly after: string;
}

/** Counts on for a while, slice by slice. */
async function counted({ findings }: ClientStores, { signature, after, tally }: At): Promise<Reached> {
  const end = performance.now() + STEP;
  let reached: Reached = { signature, after, tally };
  while (reached.signature !== undefined && performance.now() < end) {
    const [first, next] = await findings.signatures(reached.signature, 2);
    if (first === undefined) return { tally: reached.tally, after: '' };
    // The signature may have gone meanwhile.
    const from = first === reached.signature ? reached.after : '';
    const { clients, last } = await findings.count(first, from, SLICE);
    const isAll = clients < SLICE;
    // SQLite is in this process.
    await nextTurn();
    reached = {
      tally: tallied(reached.tally, first, clients),
      after: isAll ? '' : last,
      ...(isAll ? next !== undefined && { signature: next } : { signature: first }),
    };
  }
  return reached;
}
