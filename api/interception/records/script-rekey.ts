import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { ScriptSecrets } from './script.secrets.ts';
import type { ScriptDocument } from './script.store.ts';
import type { ScriptStores } from './script.stores.ts';

const BATCH = 100;

/** Encrypts the hidden values of scripts and of their revisions under the first key of the ring. Returns in how many of both. */
export async function resealScripts(work: UnitOfWork<ScriptStores>, secrets: ScriptSecrets): Promise<number> {
  const resealed = (text: string): string | undefined => {
    const script = text.includes('"hide":true') ? secrets.resealed(JSON.parse(text) as ScriptDocument) : undefined;
    return script === undefined ? undefined : JSON.stringify(script);
  };
  return (await resealRecords(work, resealed)) + (await resealRevisions(work, resealed));
}

type Resealed = (text: string) => string | undefined;

async function resealRecords(work: UnitOfWork<ScriptStores>, resealed: Resealed): Promise<number> {
  let changed = 0;
  for (let last: string | undefined = ''; last !== undefined;) {
    const after: string = last;
    last = await work.write(async ({ scripts }) => {
      const batch = await scripts.withHidden(after, BATCH);
      for (const stored of batch) {
        const text = resealed(stored.text);
        if (text === undefined) continue;
        await scripts.rewrite(stored, text);
        changed += 1;
      }
      return batch.at(-1)?.inum;
    });
  }
  return changed;
}

async function resealRevisions(work: UnitOfWork<ScriptStores>, resealed: Resealed): Promise<number> {
  let changed = 0;
  for (let last: { inum: string; number: number } | undefined = { inum: '', number: 0 }; last !== undefined;) {
    const after: { inum: string; number: number } = last;
    last = await work.write(async ({ revisions }) => {
      const batch = await revisions.after('script', after, BATCH);
      for (const place of batch) {
        const text = resealed(place.document);
        if (text === undefined) continue;
        await revisions.rewrite('script', place, text);
        changed += 1;
      }
      return batch.at(-1);
    });
  }
  return changed;
}
