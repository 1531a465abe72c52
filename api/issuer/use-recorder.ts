import { LRUCache } from 'lru-cache';
import { ageing, parseWireDate, timestamp, type Clock } from '../shared/clock.ts';
import { errorFields, type Log } from '../shared/log/log.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { AuthenticatedClient } from './authentication/client-authentication.ts';
import { IssueLedger, type Issued } from './issue-ledger.ts';
import type { IssuerStores } from './issuer.stores.ts';

export interface UseRecorderNeeds {
  readonly work: UnitOfWork<IssuerStores>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface UseRecorder {
  /**
   * Notes that a client and its secret were used, and the token that it got, once a minute, after the reply, and keeps
   * the secret's digest as it would be made now. It never fails.
   */
  note(client: AuthenticatedClient, issued?: Issued): void;
  /** Resolves when everything noted so far of the tokens of a client is written. */
  flush(inum: string): Promise<void>;
  /** Resolves when everything noted so far is written. */
  idle(): Promise<void>;
}

const MINUTE = 60_000;
const MOST_CLIENTS = 10_000;

export function useRecorder({ work, clock, log }: UseRecorderNeeds): UseRecorder {
  const isDue = oncePerMinute(clock);
  const pending = new Set<Promise<void>>();
  const ledger = new IssueLedger();
  let later: NodeJS.Timeout | undefined;

  const guarded = async (inum: string, write: () => Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (error) {
      // Such as: the client was deleted meanwhile. The next use is noted again.
      log.warn('a use was not noted', { client: inum, ...errorFields(error) });
    }
  };
  const write = ({ document: { inum }, secretId, renewDigest }: AuthenticatedClient, at: string): Promise<void> =>
    guarded(inum, async () => {
      const digest = await renewDigest?.();
      const issued = ledger.take(inum);
      await work.write(async ({ clients, secrets, issuedTokens }) => {
        await clients.noteUse(inum, at);
        if (secretId !== undefined) await secrets.noteUse(secretId, at);
        if (secretId !== undefined && digest !== undefined) await secrets.rewrap(secretId, 'scrypt', digest);
        if (issued.length > 0) await issuedTokens.add(issued);
      });
    });
  const flush = async (inum?: string): Promise<void> => {
    for (const one of inum === undefined ? ledger.clients() : [inum]) {
      const issued = ledger.take(one);
      if (issued.length > 0) await guarded(one, () => work.write(({ issuedTokens }) => issuedTokens.add(issued)));
    }
  };
  const afterReply = (task: () => Promise<void>): void => {
    const done = new Promise<void>((resolve) => {
      setImmediate(() => void task().then(resolve));
    });
    pending.add(done);
    void done.then(() => pending.delete(done));
  };

  return {
    note(client, issued) {
      const now = clock.now();
      if (issued !== undefined) ledger.add(client, issued, now);
      if (isDue(client)) afterReply(() => write(client, timestamp(now)));
      else if (issued !== undefined && later === undefined) {
        later = setTimeout(() => {
          later = undefined;
          afterReply(flush);
        }, MINUTE).unref();
      }
    },
    async flush(inum) {
      await Promise.all(pending);
      await flush(inum);
    },
    async idle() {
      clearTimeout(later);
      later = undefined;
      while (pending.size > 0) await Promise.all(pending);
      await flush();
    },
  };
}

/** Whether a use is to be written: the first one within a minute, and that of a hash that is to be replaced. */
function oncePerMinute(clock: Clock): (client: AuthenticatedClient) => boolean {
  const recent = new LRUCache<string, true>({ max: MOST_CLIENTS, ttl: MINUTE, ttlResolution: 0, perf: ageing(clock) });
  return ({ document, createdAt, lastAccessTime, isImported = false }) => {
    if (isImported) return true;
    const key = `${document.inum} ${createdAt}`;
    // Another replica, or this process before it was started again, may have written within the minute.
    const age = clock.now() - (parseWireDate(lastAccessTime ?? '') ?? -Infinity);
    // What is from the future was written before the clock was set back.
    const isWritten = age >= 0 && age < MINUTE;
    if (isWritten || recent.has(key)) return false;
    recent.set(key, true);
    return true;
  };
}
