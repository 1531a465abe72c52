import { isAdministrationScope } from '../../shared/contract/administration-scopes.ts';
import { timestamp, type Clock } from '../../shared/clock.ts';
import type { CarryOut } from '../../shared/database/proposals.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { ownOrigin } from '../../shared/log/origin.ts';
import type { Meters } from '../../shared/meters.ts';
import { scopeIdsOf } from '../client.lookup.ts';
import type { ClientStores } from '../client.stores.ts';
import type { OpenClient } from '../corridor/client.corridor.ts';
import type { ClientDocument } from '../document/client.document.ts';
import type { Disuse } from './disuse.store.ts';
import { isUnused, momentOf, watchedSince, type UnusedRules, type Watch } from './judgement.ts';

/** What the sweep does with one client, each in a unit of work of its own. They say whether it has gone on. */
export interface UnusedSteps {
  report(inum: string, watch: Watch): Promise<boolean>;
  disable(inum: string, watch: Watch): Promise<boolean>;
  remove(inum: string): Promise<boolean>;
}

export interface UnusedStepsNeeds {
  readonly work: UnitOfWork<ClientStores>;
  readonly carryOut: CarryOut<ClientStores>;
  readonly clock: Clock;
  readonly meters: Pick<Meters, 'unusedClient'>;
  readonly rules: UnusedRules;
}

/** A client with what is known of its use while nobody can note one. */
interface Held extends OpenClient {
  readonly disuse: Disuse | undefined;
  readonly usedAt: string | null;
}

type Outcome = 'reported' | 'disabled' | 'removed' | 'enabled' | 'nothing';

export function unusedSteps(needs: UnusedStepsNeeds): UnusedSteps {
  const { work, carryOut, clock, meters } = needs;
  const isToGo = (stores: ClientStores, held: Held, watch: Watch): Promise<boolean> =>
    isUnusedNow(stores, held, { watch, rules: needs.rules, now: clock.now() });
  const at = (): string => timestamp(clock.now());
  /** `decide` sees a client as nobody else can change it, and as nobody else can note a use of it. */
  const about = async (
    inum: string,
    decide: (stores: ClientStores, held: Held) => Promise<Outcome>,
  ): Promise<boolean> => {
    const outcome = await carryOut<OpenClient | undefined, Outcome>({
      about: inum,
      propose: () => work.read((stores) => opened(stores, inum)),
      commit: async (stores, open) => {
        if (open === undefined) return 'nothing';
        await stores.clients.hold(open.stored);
        const usedAt = await stores.disuse.lastUse(inum);
        return decide(stores, { ...open, disuse: await stores.disuse.find(inum), usedAt });
      },
    });
    if (outcome !== 'nothing') meters.unusedClient(outcome);
    return outcome !== 'nothing';
  };

  return {
    report: (inum, watch) =>
      about(inum, async (stores, held) => {
        if (held.disuse?.state === 'reported' || !(await isToGo(stores, held, watch))) return 'nothing';
        await stores.disuse.set({ inum, state: 'reported', at: at(), usedAt: held.usedAt });
        return 'reported';
      }),

    disable: (inum, watch) =>
      about(inum, async (stores, held) => {
        if (held.disuse?.state !== 'reported') return 'nothing';
        if (held.usedAt !== held.disuse.usedAt || !(await isToGo(stores, held, watch))) {
          await stores.disuse.clear(inum);
          return 'nothing';
        }
        await stores.corridor.change(held, { document: { ...held.document, disabled: true } }, by('disable'));
        await stores.disuse.set({ ...held.disuse, state: 'disabled', at: at() });
        return 'disabled';
      }),

    remove: (inum) => about(inum, (stores, held) => removed(stores, held, at())),
  };
}

/** Removes one whose grace is over, unless it is somebody's meanwhile, or was used before it was disabled. */
async function removed(stores: ClientStores, held: Held, at: string): Promise<Outcome> {
  const { document, disuse } = held;
  if (disuse?.state !== 'disabled') return 'nothing';
  if (!document.disabled || isUndecided(document) || (await isTrusted(stores, document))) {
    await stores.disuse.set({ ...disuse, state: 'kept', at });
    return 'nothing';
  }
  if (held.usedAt === disuse.usedAt) {
    await stores.corridor.remove(held, by('remove'));
    return 'removed';
  }
  // Who could not use it has not used it: such a use lets nobody in.
  const isLate = (momentOf(held.usedAt) ?? Infinity) <= (momentOf(disuse.at) ?? 0);
  if (!isLate) {
    await stores.disuse.set({ ...disuse, state: 'kept', at });
    return 'nothing';
  }
  await stores.corridor.change(held, { document: { ...document, disabled: false } }, by('enable'));
  await stores.disuse.set({ ...disuse, state: 'kept', at });
  return 'enabled';
}

interface Judging {
  readonly watch: Watch;
  readonly rules: UnusedRules;
  readonly now: number;
}

/** Whether nobody uses the client, and it is one that may be judged. */
async function isUnusedNow(stores: ClientStores, held: Held, { watch, rules, now }: Judging): Promise<boolean> {
  const { stored, document, usedAt, disuse } = held;
  const since = watchedSince(document.grantTypes, watch);
  if (since === undefined || document.disabled || !rules.methods.includes(stored.source)) return false;
  const keptAt = disuse?.state === 'kept' ? momentOf(disuse.at) : undefined;
  const life = { createdAt: momentOf(stored.createdAt) ?? now, usedAt: momentOf(usedAt), keptAt };
  return isUnused(life, since, rules, now) && !(await isTrusted(stores, document));
}

async function opened({ clients }: ClientStores, inum: string): Promise<OpenClient | undefined> {
  const stored = await clients.find(inum);
  return stored && { stored, document: JSON.parse(stored.text) as ClientDocument };
}

/** What administrators have trusted is theirs, however it came in. */
async function isTrusted(stores: ClientStores, document: ClientDocument): Promise<boolean> {
  return document.trustedClient || (await scopeIdsOf(stores, document)).some(isAdministrationScope);
}

/** Whether an approval keeps it disabled. */
const isUndecided = ({ approval }: ClientDocument): boolean =>
  approval?.state === 'waiting' || approval?.state === 'rejected';

const by = (verb: 'disable' | 'remove' | 'enable') => ownOrigin('task', 'sweep', `${verb}-unused-client`);
