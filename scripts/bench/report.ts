import { readFileSync } from 'node:fs';
import { isSaturated, type Measured } from './load/load.ts';

export interface ServerResult extends Measured {
  /** Resident memory in bytes after the last round. */
  readonly rss?: number;
  /** CPU time of a request in milliseconds: of the server, and of a database in a process of its own. */
  readonly cpu?: number;
  readonly databaseCpu?: number;
}

export interface Result {
  readonly operation: string;
  readonly database: string;
  readonly clients: number;
  /** Requests per second of the service by those of the reference: the median of the rounds. */
  readonly ratio: number;
  /** The lowest and the highest ratio of a round. */
  readonly spread: readonly [number, number];
  readonly service: ServerResult;
  readonly reference: ServerResult;
}

export interface Report {
  readonly conditions: Readonly<Record<string, string | number | boolean>>;
  readonly results: readonly Result[];
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN;

/** Sums up the rounds of an operation. Throws where a server has answered nothing: with that nothing can be compared. */
export function resultOf(
  about: Pick<Result, 'operation' | 'database' | 'clients'>,
  rounds: readonly { service: ServerResult; reference: ServerResult }[],
): Result {
  const silent = (['service', 'reference'] as const).find((which) => rounds.some((round) => round[which].rps === 0));
  if (silent !== undefined) throw new Error(`${about.operation}: the ${silent} answered nothing in one of the rounds`);
  const ratios = rounds.map(({ service, reference }) => service.rps / reference.rps);
  const summed = (which: 'service' | 'reference'): ServerResult => {
    const of = (member: keyof ServerResult): number | undefined => {
      const values = rounds.map((round) => round[which][member]).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : rounded(median(values));
    };
    const [rps = NaN, p50 = NaN, p99 = NaN, requests = NaN] = [of('rps'), of('p50'), of('p99'), of('requests')];
    const told = { busy: of('busy'), cpu: of('cpu'), databaseCpu: of('databaseCpu'), rss: rounds.at(-1)?.[which].rss };
    const known = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
    return { rps, p50, p99, requests, ...known };
  };
  return {
    ...about,
    ratio: rounded(median(ratios)),
    spread: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
    service: summed('service'),
    reference: summed('reference'),
  };
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

const HEAD = ['operation', 'ratio', 'spread', 'service/s', 'CPU ms', 'p50', 'p99', 'reference/s', 'CPU ms', 'p50'];

/**
 * The report as a table for people: times in milliseconds, CPU as that of the server and that of the database, `≥` where
 * the generator of the load was the limit; where there is an earlier report, with its ratios.
 */
export function table({ results }: Report, earlier?: Report): string {
  const before = new Map(earlier?.results.map((result) => [keyOf(result), result.ratio]));
  const rows = results.map((result) => {
    const { operation, ratio, spread, service, reference } = result;
    const was = before.get(keyOf(result));
    const sign = isSaturated(reference) && !isSaturated(service) ? '≤' : '';
    const cells = [operation, `${sign}${ratio.toFixed(2)}`, `${spread[0].toFixed(2)}-${spread[1].toFixed(2)}`];
    const numbers = [...numbersOf(service), service.p99.toFixed(1), ...numbersOf(reference)];
    return [...cells, ...numbers, ...(earlier === undefined ? [] : [was?.toFixed(2) ?? '–'])];
  });
  return aligned([earlier === undefined ? HEAD : [...HEAD, 'ratio before'], ...rows]);
}

/** Rows as lines in which the columns stand below each other. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_head, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return `${rows.map(line).join('\n')}\n`;
}

const keyOf = ({ operation, database, clients }: Result): string => `${operation} ${database} ${clients}`;

const numbersOf = (result: ServerResult): string[] => [
  `${isSaturated(result) ? '≥' : ''}${result.rps.toFixed(0)}`,
  cpuOf(result),
  result.p50.toFixed(1),
];

const cpuOf = ({ cpu, databaseCpu }: ServerResult): string =>
  cpu === undefined ? '–' : [cpu, databaseCpu].flatMap((part) => part?.toFixed(2) ?? []).join('+');

/** What an earlier run wrote with `--json`. Throws an Error when the file has something else. */
export function readReport(file: string): Report {
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`--compare ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!isReport(report)) throw new Error(`--compare ${file} is not what --json of an earlier run wrote`);
  return report;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isReport = (value: unknown): value is Report =>
  isObject(value) && Array.isArray(value['results']) && value['results'].every(isComparable);

/** Whether a result has what the table takes from an earlier run. */
const isComparable = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['operation'] === 'string' &&
  typeof value['database'] === 'string' &&
  Number.isInteger(value['clients']) &&
  Number.isFinite(value['ratio']);
