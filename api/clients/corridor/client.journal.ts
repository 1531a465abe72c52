import type { Write } from '../../history/revision.ts';
import type { RevisionStore } from '../../history/revision.store.ts';
import type { AuditRecord, AuditStore } from '../../shared/log/audit.store.ts';
import type { StoredClient } from '../client.store.ts';

/** A write of a client, whose texts are its documents before and after. */
export interface Entry
  extends Pick<Write, 'at' | 'origin' | 'restoredFrom' | 'before' | 'after' | 'newest'>, Pick<AuditRecord, 'changed'> {
  readonly client: Pick<StoredClient, 'inum' | 'createdAt'>;
}

/** What is kept of writes: a revision where the document is another one, and a record in the log where anything is. */
export interface Journal {
  enter(entry: Entry): Promise<void>;
  /** The same for many, in few statements. */
  enterAll(entries: readonly Entry[]): Promise<void>;
}

export interface JournalNeeds {
  readonly revisions: RevisionStore;
  readonly audit: AuditStore;
}

export const clientJournal = ({ revisions, audit }: JournalNeeds): Journal => ({
  async enter(entry) {
    if (entry.before !== entry.after) await revisions.add(writeOf(entry));
    if (entry.changed.length > 0) await audit.record(recordOf(entry));
  },
  async enterAll(entries) {
    await revisions.addAll(entries.map(writeOf));
    await audit.recordAll(entries.map(recordOf));
  },
});

const writeOf = ({ client: { inum, createdAt }, changed: _changed, ...entry }: Entry): Write => {
  return { kind: 'client', inum, createdAt, ...entry };
};

const recordOf = ({ client: { inum }, at, origin, changed }: Entry): AuditRecord => {
  return { kind: 'client', inum, at, origin, changed };
};
