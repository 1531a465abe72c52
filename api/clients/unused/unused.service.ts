import { parseWireDate, timestamp, wireDate, type Clock } from '../../shared/clock.ts';
import type { RequestContext, Schemas } from '../../shared/contract/operation.ts';
import type { CarryOut } from '../../shared/database/proposals.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Part } from '../../shared/log/audit.store.ts';
import { originOf } from '../../shared/log/origin.ts';
import { Problem, type Fault } from '../../shared/problem.ts';
import type { ClientStores } from '../client.stores.ts';
import { openClient, type Target } from '../credentials/open-client.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { served, type ServedClient } from '../document/client.served.ts';
import type { ListedDisuse } from './disuse.store.ts';
import { ownEvidence } from './evidence.ts';
import { isSilent, type UnusedRules } from './judgement.ts';
import { sweepDetail } from './sweep-detail.ts';

export interface UnusedClientsNeeds {
  readonly work: UnitOfWork<ClientStores>;
  readonly carryOut: CarryOut<ClientStores>;
  readonly clock: Clock;
  /** Left out where clients that nobody uses stay. */
  readonly rules?: UnusedRules | undefined;
}

/** The clock of a reporter may be fast by so much, in milliseconds: its uses count as of now. */
const FAST = 60_000;
/** More reporters than these are not listed. */
const MOST_LISTED = 100;

/** Uses that others tell of, and the clients that nobody uses. */
export class UnusedClients {
  constructor(private readonly needs: UnusedClientsNeeds) {}

  /** Notes when clients were used. Refuses everything where a use is in the future. */
  async report(caller: string, { entries }: Schemas['ClientUse']): Promise<Schemas['ClientUseReply']> {
    const { work, clock } = this.needs;
    const now = clock.now();
    const uses = latestUses(entries, now);
    const known = await work.write(async (stores) => {
      await stores.reporters.hear(caller, now);
      return stores.reportedUses.note(uses);
    });
    return { received: entries.length, unknown: [...uses.keys()].filter((id) => !known.has(id)) };
  }

  /** A page of those that are reported or disabled, and what the sweep goes by. */
  list(part: Part): Promise<Schemas['UnusedClientPagedResult']> {
    const { work, clock, rules } = this.needs;
    return work.browse(async ({ disuse, settings, reporters }) => {
      const entries = (await disuse.page(part)).map((one) => listed(one, rules));
      const service = rules && (await ownEvidence(settings));
      const told = (await reporters.all()).map((one) => ({ ...one, isSilent: isSilent(one, clock.now()) }));
      const isStopped = told.some((one) => one.isSilent);
      return {
        ...{ start: part.offset, totalEntriesCount: await disuse.count(), entriesCount: entries.length, entries },
        sweep: {
          state: rules === undefined ? 'off' : isStopped ? 'stopped' : 'on',
          detail: sweepDetail(rules, told),
          ...(service && { since: wireDate(service.since) }),
          ...(told.length > 0 && {
            reportsSince: wireDate(Math.max(...told.map(({ since }) => since))),
            reportedAt: wireDate(Math.max(...told.map(({ heardAt }) => heardAt))),
          }),
          reporters: told.slice(0, MOST_LISTED).map(({ since, heardAt, ...one }) => ({
            ...one,
            reportsSince: wireDate(since),
            reportedAt: wireDate(heardAt),
          })),
        },
      };
    });
  }

  /** Nobody waits for the reports of a caller that is gone for good. Refuses with `not-found` where nobody does. */
  async forget(context: RequestContext, caller: string): Promise<void> {
    const { work, clock } = this.needs;
    await work.write(async ({ reporters, audit }) => {
      if (!(await reporters.forget(caller)))
        throw new Problem('not-found', { detail: 'nobody of this name has reported uses' });
      const about = { at: timestamp(clock.now()), kind: 'reporter', inum: caller.slice(0, 128) } as const;
      await audit.record({ ...about, changed: ['reporter'], origin: originOf(context) });
    });
  }

  /** Has a client stay: its time begins anew, and it is enabled where it was disabled for not being used. */
  keep(target: Target): Promise<ServedClient> {
    const { work, carryOut, clock } = this.needs;
    const { inum, context } = target;
    return carryOut({
      about: inum,
      propose: () => openClient(work, target),
      commit: async (stores, opened) => {
        await stores.clients.hold(opened.stored);
        const isOurs = (await stores.disuse.find(inum))?.state === 'disabled';
        const document = isOurs ? { ...opened.document, disabled: false } : opened.document;
        const change = { document, besides: ['unused'] };
        const { stored } = await stores.corridor.change(opened, change, originOf(context));
        await stores.disuse.set({ inum, state: 'kept', at: timestamp(clock.now()), usedAt: null });
        return served(stored);
      },
    });
  }
}

/** The latest use of each client, as dates of the wire. Throws `invalid-request` that names each that cannot be. */
function latestUses(entries: Schemas['ClientUse']['entries'], now: number): Map<string, string> {
  const uses = new Map<string, string>();
  const errors: Fault[] = [];
  for (const [index, { clientId, at }] of entries.entries()) {
    const moment = parseWireDate(at);
    const pointer = `/entries/${index}/at`;
    if (moment === undefined)
      errors.push({ pointer, detail: 'must be a date such as 2026-01-31T12:00:00Z', rule: 'date' });
    else if (moment > now + FAST)
      errors.push({ pointer, detail: `must not be in the future: it is ${wireDate(now)} (UTC) here`, rule: 'date' });
    else {
      const date = wireDate(Math.min(moment, now));
      if (date > (uses.get(clientId) ?? '')) uses.set(clientId, date);
    }
  }
  if (errors.length > 0) throw new Problem('invalid-request', { errors: errors.slice(0, 100) });
  return uses;
}

function listed({ inum, state, at, usedAt, source, createdAt, text }: ListedDisuse, rules?: UnusedRules): Entry {
  const { clientName } = JSON.parse(text) as ClientDocument;
  const grace = state === 'disabled' ? rules?.disabledFor : rules?.reportedFor;
  return {
    ...{ inum, state: state === 'disabled' ? 'disabled' : 'reported', since: at.slice(0, 19) },
    ...(clientName !== undefined && { clientName }),
    ...{ registrationMethod: source, createdAt: createdAt.slice(0, 19) },
    ...(usedAt !== null && { lastAccessTime: usedAt.slice(0, 19) }),
    ...(grace !== undefined && { until: wireDate(Date.parse(at) + grace) }),
  };
}

type Entry = Schemas['UnusedClient'];
