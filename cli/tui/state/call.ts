import type { Version } from '../../resource/calls.ts';
import type { Body, Entry } from '../../resource/entry.ts';
import type { Page } from '../../resource/paging.ts';
import type { Verdict } from '../../resource/reply.ts';
import type { Named } from '../../resource/request.ts';
import type { Operation } from '../../contract/contract.ts';

export interface Choice {
  readonly label: string;
  readonly note?: string;
  readonly value: string;
}

/** An entry as the service has it, and with its references by the names that people know. */
export interface Stored {
  readonly stored: Version;
  readonly base: Entry;
}

interface Of<T> {
  /** Only a type: what the call is answered with. */
  readonly answers?: T;
}

/** What can be asked of the service, or of the disk. */
export type Call =
  | ({ readonly does: 'list'; readonly noun: string; readonly named: Named } & Of<Page>)
  | ({ readonly does: 'read'; readonly noun: string; readonly id: string } & Of<Stored>)
  | ({
      readonly does: 'change';
      readonly noun: string;
      readonly id: string;
      readonly patch: Body;
      readonly etag: string | undefined;
    } & Of<Stored>)
  | ({ readonly does: 'create'; readonly noun: string; readonly body: Body } & Of<Entry>)
  | ({ readonly does: 'validate'; readonly noun: string; readonly body: Body } & Of<Verdict>)
  | ({
      readonly does: 'remove';
      readonly noun: string;
      readonly id: string;
      /** As it was shown to who agreed: one that was changed since is left alone. */
      readonly shown: Entry;
    } & Of<true>)
  | ({
      readonly does: 'act';
      readonly noun: string;
      readonly id: string;
      readonly operation: Operation;
      readonly named?: Named;
      readonly body?: Body;
      /** As it was shown, where what is agreed to is about all of it. */
      readonly shown?: Entry;
    } & Of<unknown>)
  | ({
      readonly does: 'undo';
      readonly noun: string;
      readonly operation: Operation;
      readonly body: Body;
      /** Whether it is only said what would become of it. */
      readonly isTrial: boolean;
    } & Of<Entry>)
  | ({
      /** What is about none of them in particular. */
      readonly does: 'call';
      readonly noun: string;
      readonly operation: Operation;
      readonly named?: Named;
      readonly body?: Body;
    } & Of<Entry>)
  | ({
      readonly does: 'page';
      readonly noun: string;
      readonly operation: Operation;
      readonly named: Named;
    } & Of<Page>)
  | ({
      readonly does: 'revisions';
      readonly noun: string;
      readonly id: string;
      readonly operation: Operation;
      /** That tells the names of what was changed. */
      readonly log: Operation | undefined;
    } & Of<readonly Revision[]>)
  | ({
      readonly does: 'write-files';
      readonly noun: string;
      readonly ids: readonly string[];
      readonly path: string;
      readonly isReplacing: boolean;
    } & Of<string>)
  | ({ readonly does: 'read-file'; readonly noun: string; readonly path: string } & Of<FromFile>)
  | ({
      /** Makes an empty file that only its owner reads. */
      readonly does: 'reserve-file';
      readonly path: string;
    } & Of<true>)
  | ({
      /** Writes to it what a run has made of each. */
      readonly does: 'write-results';
      readonly noun: string;
      readonly operation: Operation;
      readonly run: string;
      readonly path: string;
    } & Of<number>)
  | ({ readonly does: 'references'; readonly refs: string } & Of<readonly Choice[]>);

/** A version of an entry: who wrote it, and when (UTC). */
export interface Revision {
  readonly number: number;
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly isRemoved: boolean;
  /** What it has restored, for a person. */
  readonly restored?: string;
  readonly reason?: string;
  /** With which it was written. */
  readonly requestId?: string;
}

/** What a file says, and what is stored of it. */
export interface FromFile {
  readonly body: Body;
  readonly stored?: Stored;
}
