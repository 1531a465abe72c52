import { isDuplicate } from '../../shared/database/database-fault.ts';
import { timestamp } from '../../shared/clock.ts';
import { Problem } from '../../shared/problem.ts';
import { requireApproval } from '../approval/client.approval.ts';
import { changedProperties, type ClientDocument } from '../document/client.document.ts';
import type { KeptSecret, RemovedClient } from '../removed/removed-client.store.ts';
import type { ClientSecrets } from '../secrets/client.secrets.ts';
import type { StoredClient } from '../client.store.ts';
import type { Origin } from '../../shared/log/origin.ts';
import { newlyStored } from './newly-stored.ts';
import type { RemovedRows } from './removed-rows.store.ts';
import type { Opened, RenameNeeds } from './rename.ts';

/** What a client is again, and its secret in clear where one had to be made. */
export interface Restored {
  readonly stored: StoredClient;
  readonly secret?: string;
}

/** The part of the corridor that removes clients, and makes them again. */
export interface Removals {
  /**
   * Removes an open client with everything that belongs to it. Where removed clients are kept it can be restored. Throws
   * `Overtaken` when the client is not as it was opened.
   */
  remove(open: Opened, origin: Origin): Promise<void>;
  /**
   * Makes a removed client again as `document` says, with the secret that it had unless that has ended. It counts as another
   * one than it was, so that no token that it had is good again, and its versions go on, so that no ETag is. Throws
   * `client-exists` when the inum is taken, `client-not-found` when somebody else was first, and
   * `approval-needed` where it would let in one that waited.
   */
  restore(removed: RemovedClient, document: ClientDocument, origin: Origin): Promise<Restored>;
  /** Takes a removed client away for good. */
  forget(removed: Pick<RemovedClient, 'inum' | 'incarnation'>): Promise<void>;
  /** Keeps the secret of a removed client in another form. */
  rewrapRemoved(removed: RemovedClient, secret: KeptSecret): Promise<void>;
}

export interface RemovalNeeds extends Omit<RenameNeeds, 'secrets'> {
  readonly removed: RemovedRows;
  readonly secrets: Pick<ClientSecrets, 'apply' | 'restored'>;
  /** Whether clients that are removed are kept, so that they can be restored. */
  readonly keepsRemoved: boolean;
}

export function removals(needs: RemovalNeeds): Removals {
  const { rows, lastVersions, removed: removedRows, secretsOf, secrets, journal, now } = needs;
  return {
    async remove({ stored, document, secrets: present, newest }, origin) {
      const at = now();
      if (needs.keepsRemoved) await removedRows.keep(stored, { at, origin, secrets: present });
      else await lastVersions.keep(stored.inum, stored.version);
      await rows.remove({ document, version: stored.version });
      await journal.enter({ client: stored, at, origin, before: stored.text, changed: Object.keys(document), newest });
    },

    async restore(removed, document, origin) {
      const { inum } = document;
      const at = now();
      const was = JSON.parse(removed.text) as ClientDocument;
      requireApproval(was, document);
      await lastVersions.keepOf(removed);
      if (!(await removedRows.take(removed))) throw new Problem('client-not-found', { detail: GONE });
      const createdAt = at > removed.createdAt ? at : timestamp(Date.parse(removed.createdAt) + 1);
      const version = 1 + (await lastVersions.of(inum));
      const { source, registeredBy } = removed;
      const came = { source, ...(registeredBy !== undefined && { registeredBy }) };
      await rows.insert([{ document, at, createdAt, version, ...came }]).catch((error: unknown) => {
        if (!isDuplicate(error)) throw error;
        throw new Problem('client-exists', { detail: `${inum} is taken: give it another id with inum` });
      });
      const kept = secrets.restored(removed, inum);
      if (kept !== undefined) await secretsOf.add(inum, kept);
      // None is made for a client whose secret has ended: it needed one before.
      const secret = await secrets.apply(secretsOf, document, {}, was);
      const stored = newlyStored({ inum, version, createdAt, updatedAt: at, ...came }, document);
      const changed = changedProperties(undefined, document);
      const restoredFrom = { inum: removed.inum, incarnation: removed.incarnation };
      await journal.enter({ client: stored, at, origin, restoredFrom, after: stored.text, changed });
      return { stored, ...(secret !== undefined && { secret }) };
    },

    async forget(removed) {
      await lastVersions.keepOf(removed);
      await removedRows.take(removed);
    },

    rewrapRemoved: (removed, secret) => removedRows.setSecret(removed, secret),
  };
}

const GONE = 'it was restored or forgotten at the same moment';
