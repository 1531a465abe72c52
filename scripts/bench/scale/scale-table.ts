import { isAnswered, timeAt, type Answers } from './asking.ts';
import type { Question } from './questions.ts';

/** A line of the report: times in milliseconds. */
export interface Line {
  readonly name: string;
  readonly p50: number;
  /** Of few answers the slowest. */
  readonly p99: number;
  readonly max: number;
  readonly target?: number;
  readonly isMet?: boolean;
  /** How often each status came, where not all were what was asked for. */
  readonly statuses?: Readonly<Record<string, number>>;
}

/** The line of a question. The target is for the 99th part of a hundred. */
export function lineOf(question: Pick<Question, 'name' | 'target' | 'mayStop'>, answers: Answers): Line {
  const { name, target } = question;
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => rounded(timeAt(answers, part)));
  const isGood = isAnswered(answers, question);
  return {
    name,
    p50: p50 ?? NaN,
    p99: p99 ?? NaN,
    max: max ?? NaN,
    ...(target !== undefined && { target, isMet: isGood && (p99 ?? NaN) <= target }),
    ...((!isGood || question.mayStop) && { statuses: Object.fromEntries(answers.statuses) }),
  };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

const HEAD = ['', 'p50', 'p99', 'max', 'target', '', 'replies'];

/** Lines as a table for people. */
export function linesTable(title: string, lines: readonly Line[]): string {
  const rows = lines.map(({ name, p50, p99, max, target, isMet, statuses }) => [
    name,
    ...[p50, p99, max].map((time) => time.toFixed(1)),
    target === undefined ? '–' : String(target),
    isMet === undefined ? '' : isMet ? 'met' : 'missed',
    Object.entries(statuses ?? {})
      .map(([status, count]) => `${count} × ${status}`)
      .join(', '),
  ]);
  const all = [HEAD.with(0, title), ...rows];
  const widths = HEAD.map((_head, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, at: number): string =>
    at === 0 || at > 4 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  return `${all.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')}\n`;
}
