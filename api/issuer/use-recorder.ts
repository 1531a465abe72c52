import { LRUCache } from 'lru-cache';
import { ageing, parseWireDate, timestamp, type Clock } from '../shared/clock.ts';
import { errorFields, type Log } from '../shared/log/log.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { AuthenticatedClient } from './authentication/client-authentication.ts';
import type { IssuerStores } from './issuer.stores.ts';

export interface UseRecorderNeeds {
  readonly work: UnitOfWork<IssuerStores>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface UseRecorder {
  /**
   * Notes that a client and its secret were used, once a minute, after the reply, and keeps the secret's digest as it
   * would be made now. It never fails.
   */
  note(client: AuthenticatedClient): void;
  /** Resolves when everything noted so far is written. */
  idle(): Promise<void>;
}

const MINUTE = 60_000;
const MOST_CLIENTS = 10_000;

export function useRecorder({ work, clock, log }: UseRecorderNeeds): UseRecorder {
  const recent = new LRUCache<string, true>({ max: MOST_CLIENTS, ttl: MINUTE, ttlResolution: 0, perf: ageing(clock) });
  const pending = new Set<Promise<void>>();

  const isDue = ({ document, createdAt, lastAccessTime }: AuthenticatedClient): boolean => {
    const key = `${document.inum} ${createdAt}`;
    // Another replica, or this process before it was started again, may have written within the minute.
    const age = clock.now() - (parseWireDate(lastAccessTime ?? '') ?? -Infinity);
    // What is from the future was written before the clock was set back.
    const isWritten = age >= 0 && age < MINUTE;
    if (isWritten || recent.has(key)) return false;
    recent.set(key, true);
    return true;
  };
  const write = async ({ document, secretId, renewDigest }: AuthenticatedClient, at: string): Promise<void> => {
    const { inum } = document;
    try {
      const digest = await renewDigest?.();
      await work.write(async ({ clients, secrets }) => {
        await clients.noteUse(inum, at);
        if (secretId !== undefined) await secrets.noteUse(secretId, at);
        if (secretId !== undefined && digest !== undefined) await secrets.rewrap(secretId, 'scrypt', digest);
      });
    } catch (error) {
      // Such as: the client was deleted meanwhile. The next use is noted again.
      log.warn('a use was not noted', { client: inum, ...errorFields(error) });
    }
  };

  return {
    note(client) {
      if (!isDue(client)) return;
      const at = timestamp(clock.now());
      const task = new Promise<void>((resolve) => {
        setImmediate(() => void write(client, at).then(resolve));
      });
      pending.add(task);
      void task.then(() => pending.delete(task));
    },
    async idle() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}
