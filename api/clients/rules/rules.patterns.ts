import { ADMINISTRATION_SCOPES, FORMER_SCOPES } from '../../../openapi/operations.gen.ts';
import { compilePatterns, type Compilation } from '../../shared/contract/pattern.ts';
import { ADVICE, BOTH_DOORS, findTexts, textsOf, type Finding, type Rule, type Text } from './rule.ts';

/** Addresses that are no client's: a pattern that takes one of them takes any. */
const STRANGERS = ['https://stranger.invalid/', 'http://stranger.invalid/', 'javascript:alert(1)', 'data:text/html,x'];

/** Scopes that open administration: under both names, and those of Janssen's software statements. */
const ADMINISTRATION = [
  ...Object.keys(ADMINISTRATION_SCOPES),
  ...Object.keys(FORMER_SCOPES),
  ...['admin', 'portal', 'developer'].map((role) => `https://jans.io/auth/ssa.${role}`),
];

/** A finding about each pattern for which `isBroken` holds. */
function findPatterns(
  texts: readonly Text[],
  isBroken: (compilation: Compilation) => boolean | string,
): readonly Finding[] {
  const compilations = compilePatterns(texts.map(({ text }) => text));
  return texts.flatMap((text, index) => findTexts([text], () => isBroken(compilations[index] ?? '')));
}

const compileFault = (compilation: Compilation): string | false =>
  typeof compilation === 'string' ? compilation : false;

/** The first of `candidates` that a pattern takes as a whole. */
const firstMatch =
  (candidates: readonly string[]) =>
  (compilation: Compilation): string | false => {
    if (typeof compilation === 'string') return false;
    const match = candidates.find((candidate) => compilation.matches(candidate));
    return match === undefined ? false : `it takes ${match}`;
  };

/** Members that hold regular expressions. */
export const PATTERN_RULES: readonly Rule[] = [
  {
    id: 'redirect-pattern-is-safe',
    reference: 'RE2 syntax',
    properties: ['attributes.redirectUrisRegex'],
    doors: BOTH_DOORS,
    sentence: 'must be a regular expression that RE2 compiles: without look-around, back-references and \\Q',
    find: (client) => findPatterns(textsOf(client, ['attributes.redirectUrisRegex']), compileFault),
  },
  {
    id: 'redirect-pattern-is-narrow',
    reference: 'RFC 9700 section 4.1',
    properties: ['attributes.redirectUrisRegex'],
    doors: BOTH_DOORS,
    sentence: 'must not match the address of any site',
    find: (client) => findPatterns(textsOf(client, ['attributes.redirectUrisRegex']), firstMatch(STRANGERS)),
  },
  {
    id: 'scope-patterns-are-safe',
    reference: 'RE2 syntax',
    properties: ['attributes.spontaneousScopes'],
    doors: BOTH_DOORS,
    sentence: 'must be regular expressions that RE2 compiles: without look-around, back-references and \\Q',
    find: (client) => findPatterns(textsOf(client, ['attributes.spontaneousScopes']), compileFault),
  },
  {
    id: 'scope-patterns-open-no-administration',
    reference: 'RFC 9700 section 2.3',
    properties: ['attributes.spontaneousScopes'],
    doors: ADVICE,
    sentence: 'should not match a scope that opens administration',
    find: (client) => findPatterns(textsOf(client, ['attributes.spontaneousScopes']), firstMatch(ADMINISTRATION)),
  },
];
