import { Script } from 'node:vm';

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
