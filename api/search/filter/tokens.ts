/** A piece of a filter: a parenthesis or bracket, a text in quotes, or a word, which also is a number. */
export interface Token {
  readonly kind: '(' | ')' | '[' | ']' | 'text' | 'word';
  readonly text: string;
  /** Where it stands, counted from 1. */
  readonly at: number;
}

/** What is wrong with a filter, in words for the one who wrote it. */
export class FilterFault extends Error {}

const PIECE = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/suy;
const DEEPEST = 16;

/** Cuts a filter of RFC 7644 section 3.4.2.2 into its pieces. Throws `FilterFault`. */
export function tokensOf(filter: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (let index = 0; filter.slice(index).trim() !== '';) {
    PIECE.lastIndex = index;
    const found = PIECE.exec(filter);
    if (found === null)
      throw new FilterFault(`the text that begins at character ${filter.indexOf('"', index) + 1} has no end`);
    const [all, mark, quoted, word = ''] = found;
    const at = index + all.length - (mark ?? quoted ?? word).length + 1;
    if (mark === '(' || mark === '[') depth += 1;
    if (mark === ')' || mark === ']') depth -= 1;
    if (depth > DEEPEST) throw new FilterFault(`parentheses stand more than ${DEEPEST} deep`);
    if (mark !== undefined) tokens.push({ kind: mark as Token['kind'], text: mark, at });
    else
      tokens.push(
        quoted === undefined ? { kind: 'word', text: word, at } : { kind: 'text', text: unquoted(quoted, at), at },
      );
    index = PIECE.lastIndex;
  }
  return tokens;
}

function unquoted(quoted: string, at: number): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new FilterFault(
      `the text at character ${at} is not written as JSON has it: \\ stands before ", \\, /, b, f, n, r, t or u and four digits only`,
    );
  }
}
