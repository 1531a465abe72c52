import { Script } from 'node:vm';
import { LRUCache } from 'lru-cache';
import { sha256 } from '../../shared/ids.ts';

/** Where a text is no JavaScript, and why. */
export interface SyntaxFault {
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  readonly reason: string;
}

/** Says what is wrong with the syntax of a script, or undefined. Nothing of it runs. */
export type SyntaxCheck = (text: string) => SyntaxFault | undefined;

/** The check of the engine in which scripts run. It takes a moment, so that nothing waits for it in a transaction. */
export type EngineCheck = (
  text: string,
) => Promise<{ readonly message: string; readonly line?: number; readonly column?: number } | undefined>;

/** What a script is refused for by either engine: this process's own, whose words are better, and the one that runs it. */
export interface ScriptSyntax {
  /** Throws what `reading` waits for where the second engine has not read the text yet. */
  readonly check: SyntaxCheck;
  /** Does a write, and does it again when a text has been read that it needs to know about. */
  reading<T>(write: () => Promise<T>): Promise<T>;
}

class Unread extends Error {
  constructor(readonly text: string) {
    super('the text of a script has not been read yet');
  }
}

/** Texts whose syntax is remembered. */
const MOST_TEXTS = 100;

export function scriptSyntax(engine: EngineCheck): ScriptSyntax {
  const read = new LRUCache<string, { readonly fault?: SyntaxFault }>({ max: MOST_TEXTS });
  const readByEngine = async (text: string): Promise<void> => {
    const found = await engine(text);
    if (found === undefined) return void read.set(sha256(text), {});
    const { message, line = 1, column = 1 } = found;
    read.set(sha256(text), { fault: { line, column, reason: message.replace(/^SyntaxError: /, '') } });
  };
  const reading = async <T>(write: () => Promise<T>): Promise<T> => {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      await readByEngine(error.text);
      return reading(write);
    }
  };
  return {
    reading,
    check: (text) => {
      const fault = checkSyntax(text);
      if (fault !== undefined) return fault;
      const known = read.get(sha256(text));
      if (known === undefined) throw new Unread(text);
      return known.fault;
    },
  };
}

const NAME = 'script.js';

/**
 * The check of the engine that this process runs on: it compiles the text as a script (ECMA-262 section 16.1), and
 * forgets it.
 */
export const checkSyntax: SyntaxCheck = (text) => {
  try {
    new Script(text, { filename: NAME });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return { line: 1, column: 1, reason: 'it cannot be read' };
    return placed(error);
  }
};

/** The place stands at the head of the stack: `script.js:3`, the line itself, and a mark under the place. */
function placed({ message, stack = '' }: Error): SyntaxFault {
  const [head = '', , mark = ''] = stack.split('\n');
  const line = Number(/:(\d+)$/.exec(head)?.[1] ?? 1);
  return { line, column: Math.max(1, mark.indexOf('^') + 1), reason: message };
}
