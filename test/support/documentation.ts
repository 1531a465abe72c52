import { marked, type Token, type Tokens } from 'marked';

/** A block of commands on a page of the documentation. */
export interface CommandBlock {
  /** Line of the page on which its fence opens, from 1. */
  readonly line: number;
  readonly text: string;
  /** Runs before the blocks of every other page. */
  readonly isSetup: boolean;
  /** Whether a test can run it. */
  readonly isRun: boolean;
  /** Programs beside bash and curl that it calls. */
  readonly needs: readonly string[];
  /** What the page shows as its output. */
  readonly shown?: ShownOutput;
}

export interface ShownOutput {
  readonly isJson: boolean;
  readonly text: string;
}

const SHELLS = ['sh', 'bash'];
const OUTPUTS = ['', 'json', 'text'];

/**
 * The command blocks of a page, in order: those marked `sh` or `bash`. After the language stands nothing, `setup`,
 * `no-run`, with a reason where the page does not give it, or `needs` with the names of programs. A `json`, `text` or unmarked block that follows a
 * command block is its output. Throws on another word.
 */
export function commandBlocks(markdown: string): CommandBlock[] {
  const fences = fencesOf(markdown);
  return fences.flatMap(({ code, line }, index) => {
    const [language = '', ...words] = infoOf(code);
    if (!SHELLS.includes(language)) return [];
    const next = fences[index + 1];
    const shown = next?.isAfterFence === true ? shownBy(next.code) : undefined;
    return [{ line, text: code.text, ...markOf(words, line), ...(shown && { shown }) }];
  });
}

interface Fence {
  readonly code: Tokens.Code;
  readonly line: number;
  /** Whether nothing but empty lines is between the fence before and this one. */
  readonly isAfterFence: boolean;
}

function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = [];
  let line = 1;
  let isAfterFence = false;
  for (const token of marked.lexer(markdown)) {
    if (isFence(token)) fences.push({ code: token, line, isAfterFence });
    if (token.type !== 'space') isAfterFence = isFence(token);
    line += token.raw.split('\n').length - 1;
  }
  return fences;
}

const isFence = (token: Token): token is Tokens.Code => token.type === 'code' && token.codeBlockStyle !== 'indented';
const infoOf = (code: Tokens.Code): string[] => (code.lang ?? '').split(/\s+/);

function shownBy(code: Tokens.Code): ShownOutput | undefined {
  const [language = ''] = infoOf(code);
  return OUTPUTS.includes(language) ? { isJson: language === 'json', text: code.text } : undefined;
}

function markOf(words: readonly string[], line: number): Pick<CommandBlock, 'isSetup' | 'isRun' | 'needs'> {
  const [mark, ...rest] = words;
  if (mark === undefined) return { isSetup: false, isRun: true, needs: [] };
  if (mark === 'setup' && rest.length === 0) return { isSetup: true, isRun: true, needs: [] };
  if (mark === 'no-run') return { isSetup: false, isRun: false, needs: [] };
  if (mark === 'needs' && rest.length > 0) return { isSetup: false, isRun: true, needs: rest };
  throw new Error(`line ${line}: a command block is marked setup, no-run or needs <program>…, not ${words.join(' ')}`);
}
