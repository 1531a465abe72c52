import type { SettingStore } from '../../shared/database/setting.store.ts';
import { heard, type Evidence } from './judgement.ts';

/** Who tells of uses. */
export type Witness = 'service' | 'reporter';

const nameOf = (witness: Witness): string => `uses seen by ${witness}`;

export async function evidenceOf(settings: SettingStore, witness: Witness): Promise<Evidence | undefined> {
  const text = await settings.get(nameOf(witness));
  return text === undefined ? undefined : (JSON.parse(text) as Evidence);
}

/** Notes at `now` that somebody tells of uses. Says whether the evidence begins with it. */
export async function hear(
  settings: SettingStore,
  witness: Witness,
  now: number,
): Promise<{ readonly evidence: Evidence; readonly isNew: boolean }> {
  const before = await evidenceOf(settings, witness);
  const evidence = heard(before, now);
  await settings.set(nameOf(witness), JSON.stringify(evidence));
  return { evidence, isNew: before?.since !== evidence.since };
}
