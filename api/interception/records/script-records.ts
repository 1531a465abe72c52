import { wireDate, type Clock } from '../../shared/clock.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { StoredEntry } from '../../scopes/entry.store.ts';
import { Problem } from '../../shared/problem.ts';
import { grantedScopes } from './script.authority.ts';
import { SCRIPTS_MARK } from './script.registry.ts';
import type { ScriptSecrets } from './script.secrets.ts';
import type { ScriptDocument } from './script.store.ts';
import type { ScriptStores } from './script.stores.ts';

/** A script as it runs. */
export interface StoredScript {
  readonly inum: string;
  readonly name: string;
  readonly level: number;
  readonly revision: number;
  /** The text, which is empty where there is none. */
  readonly text: string;
  readonly document: ScriptDocument;
  /** Counts the writes of the script. */
  readonly version: number;
}

/** The scripts for those who run them. */
export interface ScriptRecords {
  /**
   * The enabled scripts of a type that run here, in ascending order of their levels. A change is seen within a second, and
   * at once after `forget`.
   */
  enabled(type: ScriptDocument['scriptType']): Promise<readonly StoredScript[]>;
  /** Has what was read read again: a script was written in this process. */
  forget(): void;
  /** One script as it is now. Throws `script-not-found`. */
  one(inum: string): Promise<StoredScript>;
  /** The value of each property, hidden ones in clear, by its name. */
  decryptedProperties(script: StoredScript): Readonly<Record<string, string>>;
  /** The scopes that a script may give to clients beyond what registration may. */
  grantedScopes(script: StoredScript): readonly string[];
  /** Notes that a script has failed, for the record to show; of many failures of a version at once, one. */
  noteFailure(script: StoredScript, what: string): Promise<void>;
}

export interface ScriptRecordsNeeds {
  readonly work: UnitOfWork<ScriptStores>;
  readonly clock: Clock;
  readonly secrets: ScriptSecrets;
}

/** In milliseconds: how long what was read is believed. */
const BELIEVED = 1_000;
/** In milliseconds: the least time between two failures of a script that are noted. */
const BETWEEN_FAILURES = 10_000;
/** In characters. */
const LONGEST_FAILURE = 4_096;

interface Known {
  readonly mark: string;
  readonly scripts: ReadonlyMap<string, readonly StoredScript[]>;
}

/** Keeps the enabled scripts at hand. While nothing changes it reads one small row a second, and only when asked. */
export function scriptRecords({ work, clock, secrets }: ScriptRecordsNeeds): ScriptRecords {
  let known: Known | undefined;
  let believedUntil = -Infinity;
  let reading: Promise<Known> | undefined;
  const failed = new Map<string, { readonly version: number; readonly at: number }>();

  let writes = 0;

  const read = async (): Promise<Known> => {
    const [from, begun] = [clock.elapsed(), writes];
    const found = await work.read((stores) => freshest(stores, known));
    // What began before a write is for those only who asked before it.
    if (begun !== writes) return found;
    known = found;
    believedUntil = from + BELIEVED;
    return found;
  };
  const current = (): Promise<Known> | Known => {
    if (known !== undefined && clock.elapsed() < believedUntil) return known;
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  };
  return {
    enabled: async (type) => (await current()).scripts.get(type) ?? [],
    forget: () => {
      writes += 1;
      believedUntil = -Infinity;
      reading = undefined;
    },
    one: (inum) => work.read(async (stores) => oneOf(stores, inum)),
    decryptedProperties: ({ document }) => secrets.opened(document),
    grantedScopes: ({ document }) => grantedScopes(document),
    noteFailure: async ({ inum, version }, what) => {
      const now = clock.elapsed();
      const last = failed.get(inum);
      if (last?.version === version && now - last.at < BETWEEN_FAILURES) return;
      failed.set(inum, { version, at: now });
      const failure: Schemas['ScriptErrorReply'] = {
        raisedAt: wireDate(clock.now()),
        stackTrace: what.slice(0, LONGEST_FAILURE),
      };
      await work.write(({ scripts }) => scripts.noteFailure(inum, version, JSON.stringify(failure)));
    },
  };
}

async function freshest({ settings, scripts }: ScriptStores, known: Known | undefined): Promise<Known> {
  // The mark is read first: what is written meanwhile has another one.
  const mark = (await settings.get(SCRIPTS_MARK)) ?? '';
  if (mark === known?.mark) return known;
  const all =
    mark === '' ? [] : (await scripts.enabled()).map(storedScript).filter(({ document }) => !document.storedOnly);
  const byType = new Map<string, StoredScript[]>();
  for (const script of all.sort(byLevel)) {
    const { scriptType } = script.document;
    byType.set(scriptType, [...(byType.get(scriptType) ?? []), script]);
  }
  return { mark, scripts: byType };
}

async function oneOf({ scripts }: ScriptStores, inum: string): Promise<StoredScript> {
  const stored = await scripts.find(inum);
  if (stored === undefined) throw new Problem('script-not-found');
  return storedScript(stored);
}

function storedScript({ version, text }: StoredEntry): StoredScript {
  const document = JSON.parse(text) as ScriptDocument;
  const { inum, name, level, revision, script = '' } = document;
  return { inum, name, level, revision, version, document, text: script };
}

/** Scripts of one level go in the order of their ids. */
const byLevel = (left: StoredScript, right: StoredScript): number =>
  left.level - right.level || (left.inum < right.inum ? -1 : 1);
