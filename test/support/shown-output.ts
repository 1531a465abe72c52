import type { ShownOutput } from './documentation.ts';

/** What is another one on each run: it has to be of the same kind, not the same. */
const VOLATILE: readonly [string, RegExp][] = [
  ['<jwt>', /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g],
  ['<uuid>', /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g],
  ['<date>', /\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?Z?)?/g],
  ['<secret>', /(?<![\w-])[\w-]{43}(?![\w-])/g],
];

/**
 * Says how the output of a command differs from what a page shows, or undefined when it does not. In what is shown,
 * `…` stands for any text, a line of it for any lines, and in JSON the member or last entry `"…"` for any others.
 * Ids, dates, tokens and secrets that are made on each run have to be of the same kind.
 */
export function difference(shown: ShownOutput, output: string): string | undefined {
  if (!shown.isJson) {
    return linesPattern(stable(shown.text)).test(`${stable(output)}\n`) ? undefined : `it printed\n${output}`;
  }
  const expected = JSON.parse(stable(shown.text)) as unknown;
  let actual: unknown;
  try {
    actual = JSON.parse(stable(output));
  } catch {
    return `it printed no JSON:\n${output}`;
  }
  const faults = faultsOf(expected, actual, '');
  return faults.length === 0 ? undefined : `${faults.join('\n')}\nit printed\n${output}`;
}

const stable = (text: string): string =>
  VOLATILE.reduce((replaced, [kind, pattern]) => replaced.replaceAll(pattern, kind), text.trimEnd());

function linesPattern(shown: string): RegExp {
  const lines = shown.split('\n').map((line) => (line.trim() === '…' ? '(?:.*\\n)*' : `${patternOf(line)}\\n`));
  return new RegExp(`^${lines.join('')}$`);
}

const patternOf = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*');

function faultsOf(expected: unknown, actual: unknown, pointer: string): string[] {
  if (typeof expected === 'string' && typeof actual === 'string') {
    return new RegExp(`^${patternOf(expected)}$`).test(actual) ? [] : [`${pointer} is ${actual}, not ${expected}`];
  }
  if (!isObject(expected) || !isObject(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return expected === actual ? [] : [`${pointer} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`];
  }
  const rest = Array.isArray(expected) && expected.at(-1) === '…' ? String(expected.length - 1) : '…';
  const names = Object.keys(expected).filter((name) => name !== rest);
  const others = rest in expected ? [] : Object.keys(actual).filter((name) => !names.includes(name));
  return [
    ...others.map((name) => `${pointer}/${name} is not shown`),
    ...names.flatMap((name) => faultsOf(expected[name], actual[name], `${pointer}/${name}`)),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
