import { fold } from './fold.ts';

/** Ends every searched value, so that trigrams start at its last characters too. No value has it. */
export const END = '\u0001';

/** The text that a resource is searched by: its folded values, each with its end. */
export const searchedText = (values: readonly string[]): string =>
  values.map((value) => `${value.replaceAll(END, ' ')}${END}${END}`).join('');

/** What the texts of a list are compared by when case does not count: each folded, between two ends; null for none. */
export const foldedList = (texts: readonly string[]): string | null =>
  texts.length === 0 ? null : `${END}${texts.map((text) => `${fold(text).replaceAll(END, ' ')}${END}`).join('')}`;

/** The distinct runs of three characters of a text. */
export function trigramsOf(text: string): string[] {
  const characters = Array.from(text);
  const trigrams = new Set<string>();
  for (let index = 0; index + 3 <= characters.length; index += 1) {
    trigrams.add(`${characters[index]}${characters[index + 1]}${characters[index + 2]}`);
  }
  return [...trigrams];
}

const LOOKED_AT = 12;

/** A few trigrams of a term, spread over it: enough to find what is rare about it. */
export function probesOf(term: string): string[] {
  const trigrams = trigramsOf(term);
  if (trigrams.length <= LOOKED_AT) return trigrams;
  const step = (trigrams.length - 1) / (LOOKED_AT - 1);
  return Array.from({ length: LOOKED_AT }, (_unused, index) => trigrams[Math.round(index * step)] ?? '');
}
