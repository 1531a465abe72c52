import type { ClientPropertyPath } from '../../../openapi/properties.gen.ts';
import { escapeToken } from '../../shared/contract/known-members.ts';
import { PROPERTIES, valueOf, type ClientDocument } from '../document/client.document.ts';

/** Where a client comes in: through the Config-API, or through dynamic registration. */
export type Door = 'admin' | 'registration';

/** A place where a client breaks a rule. */
export interface Finding {
  /** JSON Pointer, when it is more exact than the first member of the rule. */
  readonly pointer?: string;
  /** What is wrong there, to be read after the sentence of the rule. */
  readonly detail?: string;
  /** The members that this finding comes from, when they are not all members of the rule. */
  readonly concerns?: readonly ClientPropertyPath[];
  /** The text that is wrong, where it is one of the first member that this finding comes from. */
  readonly text?: string;
}

/** What JSON Schema cannot say about a client: relations between members, and what a text must mean. */
export interface Rule {
  readonly id: string;
  /** Where the rule comes from. */
  readonly reference: string;
  /** All the members that the rule reads; a finding without a pointer is about the first one. */
  readonly properties: readonly [ClientPropertyPath, ...ClientPropertyPath[]];
  /** The doors at which a client that breaks the rule is refused. At the others the rule is advice. */
  readonly doors: readonly Door[];
  /** What the member must or should be, to be read after its name. */
  readonly sentence: string;
  /** The security profile that asks for it; clients that do not follow it may ignore the advice. */
  readonly profile?: 'fapi2';
  /** The type of clients of which a deployment may name texts that the rule does not judge. */
  readonly hasExceptionsFor?: ClientDocument['applicationType'];
  /** The places where a client breaks it. Reads no other members than `properties`. */
  readonly find: (client: ClientDocument) => readonly Finding[];
}

export const BOTH_DOORS: readonly Door[] = ['admin', 'registration'];
/** Refused when a client registers itself, advice to administrators: Janssen lets them decide. */
export const REGISTRATION_ONLY: readonly Door[] = ['registration'];
export const ADVICE: readonly Door[] = [];

/** One finding about the first member of the rule, or none. */
export const when = (broken: boolean): readonly Finding[] => (broken ? [{}] : []);

/** A text in a client, and where it stands. */
export interface Text {
  readonly text: string;
  readonly path: ClientPropertyPath;
  readonly pointer: string;
}

/** The texts of these members: of a list every entry, of a localized member every language but the plain one. */
export function textsOf(client: ClientDocument, paths: readonly ClientPropertyPath[]): Text[] {
  return paths.flatMap((path) => {
    const pointer = pointerOf(path);
    const value = valueAt(client, path);
    if (typeof value === 'string') return [{ text: value, path, pointer }];
    if (Array.isArray(value)) {
      return (value as string[]).map((text, index) => ({ text, path, pointer: `${pointer}/${index}` }));
    }
    const { values = {} } = (value ?? {}) as { values?: Record<string, string> };
    return Object.entries(values)
      .filter(([language]) => language !== '')
      .map(([language, text]) => ({ text, path, pointer: `${pointer}/values/${escapeToken(language)}` }));
  });
}

/** A finding about each text for which `isBroken` holds; when that answers with a text, it is what is wrong. */
export function findTexts(
  texts: readonly Text[],
  isBroken: (text: string) => boolean | string,
  alsoConcerns: readonly ClientPropertyPath[] = [],
): readonly Finding[] {
  return texts.flatMap(({ text, path, pointer }) => {
    const broken = isBroken(text);
    if (broken === false) return [];
    return [
      { pointer, text, concerns: [path, ...alsoConcerns], ...(typeof broken === 'string' && { detail: broken }) },
    ];
  });
}

const BY_PATH = new Map(PROPERTIES.map((property) => [property.path, property]));

/** The value at the address of a property. */
export function valueAt(client: ClientDocument, path: ClientPropertyPath): unknown {
  const property = BY_PATH.get(path);
  return property && valueOf(client, property);
}

/** The JSON Pointer of a property. */
export const pointerOf = (path: ClientPropertyPath): string => `/${path.replace('.', '/')}`;
