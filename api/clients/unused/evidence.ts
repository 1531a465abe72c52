import type { SettingStore } from '../../shared/database/setting.store.ts';
import { heard, type Evidence } from './judgement.ts';

/** Under which name it is kept since when this service watches uses by itself. */
const NAME = 'uses seen by service';

/** Since when this service watches uses by itself; undefined where the sweep was never switched on. */
export async function ownEvidence(settings: SettingStore): Promise<Evidence | undefined> {
  const text = await settings.get(NAME);
  return text === undefined ? undefined : (JSON.parse(text) as Evidence);
}

/** Notes at `now` (epoch milliseconds) that this service watches uses. Says whether the evidence begins with it. */
export async function watchUses(settings: SettingStore, now: number): Promise<{ readonly isNew: boolean }> {
  const before = await ownEvidence(settings);
  const evidence = heard(before, now);
  await settings.set(NAME, JSON.stringify(evidence));
  return { isNew: before?.since !== evidence.since };
}
