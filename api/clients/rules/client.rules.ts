import { OPERATIONS } from '../../../openapi/operations.gen.ts';
import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { Fault } from '../../shared/problem.ts';
import { differences, type ClientDocument } from '../document/client.document.ts';
import {
  BOTH_DOORS,
  findTexts,
  pointerOf,
  REGISTRATION_ONLY,
  textsOf,
  when,
  type Door,
  type Finding,
  type Rule,
} from './rule.ts';
import { ADVICE_RULES } from './rules.advice.ts';
import { ALGORITHM_RULES } from './rules.algorithms.ts';
import { AUTHENTICATION_RULES } from './rules.authentication.ts';
import { CIBA_RULES } from './rules.ciba.ts';
import { FAPI_RULES } from './rules.fapi.ts';
import { GRANT_RULES } from './rules.grants.ts';
import { KEY_RULES } from './rules.keys.ts';
import { LIFETIME_RULES } from './rules.lifetimes.ts';
import { PATTERN_RULES } from './rules.patterns.ts';
import { LOGOUT_RULES, REDIRECT_RULES } from './rules.redirects.ts';
import { URI_RULES } from './rules.uris.ts';

/** What a caller is told that is no reason to refuse a client. */
export type Warning = Schemas['ClientValidation']['warnings'][number];

/** Words of this API that stand where the id of a client stands: `…/openid/clients/validate`. */
export const RESERVED_INUMS: readonly string[] = OPERATIONS.flatMap(
  ({ path }) => /\/openid\/clients\/([^/{}]+)$/.exec(path)?.[1] ?? [],
);

const READ_BY_PEOPLE: Rule['properties'] = [
  'clientName',
  'clientNameLocalized',
  'description',
  'contacts',
  'softwareId',
  'softwareVersion',
];
/** The control characters of Unicode, and those that turn the direction of what follows. */
const STEERING = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

const IDENTITY_RULES: readonly Rule[] = [
  {
    id: 'inum-is-no-address',
    reference: 'the paths of this API',
    properties: ['inum'],
    doors: BOTH_DOORS,
    sentence: 'must not be a word that this API has in the same place of its addresses, nor . or ..',
    find: (client) => when(RESERVED_INUMS.includes(client.inum) || /^\.{1,2}$/.test(client.inum)),
  },
  {
    id: 'texts-steer-nothing',
    reference: 'RFC 7591 section 5',
    properties: READ_BY_PEOPLE,
    doors: REGISTRATION_ONLY,
    sentence: 'must not hold control characters or ones that turn the direction of writing: people read it',
    find: (client) => findTexts(textsOf(client, READ_BY_PEOPLE), (text) => STEERING.test(text)),
  },
];

/** Every rule about clients. */
export const RULES: readonly Rule[] = [
  ...IDENTITY_RULES,
  ...URI_RULES,
  ...REDIRECT_RULES,
  ...PATTERN_RULES,
  ...LOGOUT_RULES,
  ...AUTHENTICATION_RULES,
  ...KEY_RULES,
  ...ALGORITHM_RULES,
  ...GRANT_RULES,
  ...LIFETIME_RULES,
  ...CIBA_RULES,
  ...ADVICE_RULES,
  ...FAPI_RULES,
];

/**
 * The rules that a settled client breaks at this door. With `older`, only what comes from members that differ counts:
 * a patch is not held up by what it does not touch. A client that changes itself is not judged by entries of lists that
 * were there either: an administrator may have added them. Rules that have exceptions do not judge texts that `isAllowed`.
 */
export function brokenRules(
  document: ClientDocument,
  door: Door,
  older?: ClientDocument,
  isAllowed: (text: string) => boolean = () => false,
): Fault[] {
  const different = older && differences(older, document);
  const differs = (path: ClientPropertyPath): boolean => different === undefined || different.has(path);
  const isNew = (path: ClientPropertyPath, text: string): boolean =>
    older === undefined ||
    (door === 'admin' ? differs(path) : !textsOf(older, [path]).some((known) => known.text === text));
  return RULES.filter(({ doors, properties }) => doors.includes(door) && properties.some(differs)).flatMap((rule) => {
    const isJudged = ({ text, concerns: [path, ...others] = rule.properties }: Finding): boolean => {
      if (text === undefined || path === undefined) return [path, ...others].some((one) => one && differs(one));
      return (
        (isNew(path, text) || others.some(differs)) &&
        !(rule.hasExceptionsFor === document.applicationType && isAllowed(text))
      );
    };
    return faultsOf(rule, document, isJudged);
  });
}

/** What would be better about a settled client, though it is no reason to refuse it at this door. */
export function adviceOn(document: ClientDocument, door: Door): Warning[] {
  return RULES.filter(({ doors }) => !doors.includes(door)).flatMap((rule) => asAdvice(rule, document));
}

/** What would be better about the secret that a settled client has: one that breaks a rule goes on all the same. */
export const adviceOnSecret = (document: ClientDocument): Warning[] =>
  RULES.filter(({ properties }) => properties[0] === 'clientSecret').flatMap((rule) => asAdvice(rule, document));

const asAdvice = (rule: Rule, document: ClientDocument): Warning[] =>
  faultsOf(rule, document).map((fault) => ({
    ...fault,
    // The words of a rule that is one at another door.
    detail: fault.detail.replace(/^must\b/, 'should'),
    ...(rule.profile !== undefined && { profile: rule.profile }),
  }));

function faultsOf(
  { id, reference, properties, sentence, find }: Rule,
  document: ClientDocument,
  isJudged: (finding: Finding) => boolean = () => true,
): Required<Omit<Fault, 'parameter'>>[] {
  return find(document)
    .filter(isJudged)
    .map(({ pointer = pointerOf(properties[0]), detail }) => ({
      pointer,
      detail: detail === undefined ? sentence : `${sentence} (${detail})`,
      rule: id,
      reference,
    }));
}
