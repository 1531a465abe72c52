import { createHash } from 'node:crypto';
import type { KeptProperty } from '../../search/field.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { pointerOf } from '../rules/rule.ts';
import type { Profile, Requirement } from './check.ts';
import { CHECKS } from './checks.ts';

/** Goes up when a rule of a profile judges otherwise than before: every client is judged again then. */
const EDITION = 1;

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Stands before the findings of a client that is disabled, and sorts after those of the others. */
const DISABLED = '~';

const RULES = Object.values(CHECKS).map(({ rule }, at) => ({ rule, letter: LETTERS.charAt(at) }));
const LETTER_OF: ReadonlyMap<string, string> = new Map(RULES.map(({ rule: { id }, letter }) => [id, letter]));

/** How `client_values` has what clients break: one row for each client that breaks anything. */
export const JUDGED: KeptProperty = {
  property: 'findings',
  rule: createHash('sha256')
    .update(JSON.stringify([EDITION, ...LETTER_OF]))
    .digest('base64url'),
};

/** The properties that the findings of a client come from. */
export const JUDGED_BY: readonly string[] = [
  ...new Set(['disabled', ...RULES.flatMap(({ rule: { properties } }) => properties)]),
];

/** A place in a client, and what is wrong there. */
interface Place {
  readonly pointer: string;
  readonly detail: string;
}

/** What a client breaks as one short text, a letter for each rule; empty where that is nothing. */
export function signatureOf(client: ClientDocument): string {
  const letters = RULES.filter(({ rule }) => rule.find(client).length > 0).map(({ letter }) => letter);
  return letters.length === 0 ? '' : `${client.disabled ? DISABLED : ''}${letters.join('')}`;
}

/** Whether a signature says that the rule of a requirement is broken. */
export const isBroken = (signature: string, { check }: Pick<Requirement, 'check'>): boolean =>
  signature.includes(LETTER_OF.get(check.rule.id) ?? ' ');

/** Whether it is that of a client that can be used. */
export const isEnabled = (signature: string): boolean => !signature.startsWith(DISABLED);

/** Where a client breaks a requirement, in words. */
export const placesOf = (client: ClientDocument, requirement: Requirement): Place[] => {
  const { rule } = requirement.check;
  const sentence = sentenceOf(requirement);
  return rule.find(client).map(({ pointer = pointerOf(rule.properties[0]), detail }) => ({
    pointer,
    detail: detail === undefined ? sentence : `${sentence} (${detail})`,
  }));
};

/** What the rule of a requirement says of its members: `must` where the standard demands it. */
export const sentenceOf = ({ check, severity }: Requirement): string =>
  check.rule.sentence.replace(/^(?:must|should)\b/, severity === 'error' ? 'must' : 'should');

/** Everything that a client breaks of a profile. */
export const findingsOf = (client: ClientDocument, { requirements }: Profile): Schemas['ProfileFinding'][] =>
  requirements.flatMap((requirement) => {
    const { check, severity, reference } = requirement;
    const { rule, remedy, impact } = check;
    return placesOf(client, requirement).map((place) => ({
      rule: rule.id,
      severity,
      reference,
      ...place,
      remedy,
      impact,
    }));
  });
