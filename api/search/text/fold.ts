/** The form in which text is searched and sorted: NFKC and lower case, the same in every database. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The first characters of a text, by code points as databases count them. */
export const firstCharacters = (text: string, length: number): string =>
  text.length <= length ? text : Array.from(text).slice(0, length).join('');
