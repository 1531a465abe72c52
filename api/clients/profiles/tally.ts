import { lookup } from '../../../openapi/lookup.ts';
import type { Requirement } from './check.ts';
import { CHECKS } from './checks.ts';
import { isBroken, isEnabled } from './judgement.ts';
import { PROFILES, type ProfileName } from './profiles.ts';

/** How many clients break something, and how many of these can be used. */
export type Broken = readonly [clients: number, enabled: number];

/** By the id of each rule and, for those that break any rule of severity error, by `failing` and the name of the profile. */
export type Tally = Readonly<Record<string, Broken>>;

/** The name of what fails a profile. */
export const failing = (profile: ProfileName): string => `failing ${profile}`;

const NAMED: readonly { readonly name: string; readonly any: readonly Pick<Requirement, 'check'>[] }[] = [
  ...Object.values(CHECKS).map((check) => ({ name: check.rule.id, any: [{ check }] })),
  ...Object.entries(PROFILES).map(([profile, { requirements }]) => ({
    name: failing(profile as ProfileName),
    any: requirements.filter(({ severity }) => severity === 'error'),
  })),
];

/** A tally with so many more clients that have a signature. */
export function tallied(tally: Tally, signature: string, clients: number): Tally {
  const enabled = isEnabled(signature) ? clients : 0;
  const added = NAMED.filter(({ any }) => any.some((one) => isBroken(signature, one))).map(({ name }) => {
    const [before, enabledBefore] = lookup(tally, name) ?? [0, 0];
    return [name, [before + clients, enabledBefore + enabled]] as const;
  });
  return { ...tally, ...Object.fromEntries(added) };
}
