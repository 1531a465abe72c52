import { RE2JS } from 're2js';

/** How large patterns may be together: with more, compiling them would keep the service from answering. */
const LARGEST = 10_000;

export interface CompiledPattern {
  /** Whether the whole text matches. */
  matches(text: string): boolean;
}

/** A pattern, or why it is not one. */
export type Compilation = CompiledPattern | string;

/**
 * Compiles regular expressions in the syntax of RE2, which has no look-around and no back-references and is matched
 * in linear time: a text cannot be made for which the match takes for ever.
 */
export function compilePatterns(texts: readonly string[]): Compilation[] {
  let size = 0;
  return texts.map((text) => {
    if (size <= LARGEST) size += sizeOf(text);
    return size > LARGEST ? 'it is too large, alone or together with those before it' : compile(text);
  });
}

function compile(text: string): Compilation {
  try {
    const pattern = RE2JS.compile(text);
    return { matches: (candidate) => pattern.testExact(candidate) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it cannot be read';
    return reason.slice(0, 200);
  }
}

/**
 * Flags, an escape, a character class (or one that does not end, which RE2 refuses), the ends of a group, a counted
 * repetition, or any other character.
 */
const TOKEN = /\(\?[imsU-]+\)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*(?:\]|$)|[()]|\{(\d+)(?:,(\d*))?\}|./gsu;

/**
 * About how many instructions a pattern is compiled to, and never far less: counted repetitions are written out. It
 * has to be known before, since RE2 itself would take them in hundreds of thousands.
 */
function sizeOf(text: string): number {
  // Quotations would hide the brackets in them from the count; single characters can be escaped instead.
  if (text.includes('\\Q')) return Number.POSITIVE_INFINITY;
  /** The size of every group that is open, the pattern itself being the first. */
  const open = [0];
  let last = 0;
  const add = (size: number): void => {
    open.push((open.pop() ?? 0) + size);
  };
  for (const [token, least, most] of text.matchAll(TOKEN)) {
    if (token === '(') open.push(0);
    else if (token.startsWith('(')) continue;
    else if (least !== undefined) {
      const times = Math.max(Number(least), Number(most ?? 0), 1);
      add(last * (times - 1));
      last *= times;
    } else if ('*+?'.includes(token)) {
      add(1);
      last += 1;
    } else {
      last = token === ')' && open.length > 1 ? (open.pop() ?? 0) + 2 : 1;
      add(last);
    }
  }
  return open.reduce((sum, size) => sum + size, 0);
}
