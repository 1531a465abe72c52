import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OPERATIONS, type Operation } from './operations.ts';
import { readReport, type Report } from './report.ts';

export interface BenchOptions {
  readonly clients: number;
  readonly rounds: number;
  /** Of load in each round, for each server and operation. */
  readonly seconds: number;
  /** So many requests of each operation are answered by each server before it is measured. */
  readonly warm: number;
  readonly database: 'mariadb' | 'sqlite';
  /** What is measured. */
  readonly operations: readonly Operation[];
  /** Where the results are written as JSON. */
  readonly json?: string;
  /** An earlier run to compare with. */
  readonly earlier?: Report;
  /** Whether it is scripts that are measured, in place of operations. */
  readonly scripts: boolean;
  /** Whether it is a run over all clients that is measured, and what others have of the service meanwhile. */
  readonly bulk: boolean;
  /** A folder for CPU profiles of the service. */
  readonly profile?: string;
  /** So many clients are asked one question after the other, in place of the comparison with the reference server. */
  readonly scale?: number;
  /** A folder whose database stays, and is filled further by the next run. */
  readonly keep?: string;
}

const NAMES = OPERATIONS.map(({ name }) => name);

export const USAGE = `usage: npm run bench -- [options]
  --clients n                how many clients are in the database (1000)
  --rounds n                 how often each operation is measured (5)
  --seconds n                for how long, for each server (3)
  --warm n                   requests that each has answered before (3000): node compiles what is called often
  --database mariadb|sqlite  which database (mariadb)
  --only a,b                 operations: ${NAMES.join(', ')} (all)
  --scripts                  measures interception scripts instead: what they cost, and hostile ones
  --bulk                     measures what others wait beside a run that changes all clients (10000)
  --json file                writes the results to a file
  --compare file             compares with the results of an earlier run
  --profile folder           writes CPU profiles of the service
  --scale n                  instead: fills up to n clients and asks one question after the other, then a mix at a
                             rate (--warm: 10000 of it before), then GETs beside twenty of the worst questions
                             (--seconds for each: 15)
  --keep folder              with --scale: keeps the database there; the next run goes on with it
  --help                     shows this
`;

/** Reads the arguments and looks at the files that they name. Throws an Error that says what is wrong. */
export function benchOptions(args: readonly string[]): BenchOptions | 'help' {
  const text = { type: 'string' } as const;
  const numbers = { clients: text, rounds: text, seconds: text, warm: text, scale: text } as const;
  const files = { json: text, compare: text, profile: text, keep: text } as const;
  const { values } = parseArgs({
    args: withNegativeNumbers(args),
    options: {
      ...numbers,
      ...files,
      database: text,
      only: text,
      help: { type: 'boolean' },
      scripts: { type: 'boolean' },
      bulk: { type: 'boolean' },
    },
  });
  if (values.help === true) return 'help';
  const { database = 'mariadb', scripts = false, bulk = false, json, compare, profile, scale, keep } = values;
  if (database !== 'mariadb' && database !== 'sqlite') {
    throw new Error(`--database is mariadb or sqlite, not ${JSON.stringify(database)}`);
  }
  if (keep !== undefined && scale === undefined) throw new Error('--keep stands beside --scale');
  const [seconds, warm] = scale === undefined ? ['3', '3000'] : ['15', '10000'];
  const options = {
    clients: whole('clients', values.clients ?? (bulk ? '10000' : '1000')),
    rounds: whole('rounds', values.rounds ?? '5'),
    seconds: whole('seconds', values.seconds ?? seconds),
    warm: whole('warm', values.warm ?? warm),
    database,
    scripts,
    bulk,
    operations: values.only === undefined ? OPERATIONS : operationsOf(values.only),
    ...(json !== undefined && { json }),
    ...(compare !== undefined && { earlier: readReport(compare) }),
    ...(profile !== undefined && { profile }),
    ...(scale !== undefined && { scale: whole('scale', scale) }),
    ...(keep !== undefined && { keep }),
  } as const;
  if (json !== undefined) requireWritable(json);
  // The last, since it makes something.
  if (profile !== undefined) makeFolder(profile);
  return options;
}

const isOption = (arg = ''): boolean => /^--[a-z]+$/.test(arg);
const isNegative = (arg = ''): boolean => /^-\d/.test(arg);

/** The parser takes what begins with a dash for an option, and would not say what is wrong with the number. */
const withNegativeNumbers = (args: readonly string[]): string[] =>
  args.flatMap((arg, at) => {
    if (isNegative(arg) && isOption(args[at - 1])) return [];
    return isOption(arg) && isNegative(args[at + 1]) ? [`${arg}=${args[at + 1] ?? ''}`] : [arg];
  });

function whole(name: string, text: string): number {
  const number = Number(text);
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(number)) {
    throw new Error(`--${name} is a whole number from 1, not ${JSON.stringify(text)}`);
  }
  return number;
}

function operationsOf(only: string): readonly Operation[] {
  const wanted = only.split(',');
  const unknown = wanted.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--only: there is no operation ${JSON.stringify(unknown)}; there are ${NAMES.join(', ')}`);
  }
  return OPERATIONS.filter(({ name }) => wanted.includes(name));
}

function requireWritable(file: string): void {
  const path = resolve(file);
  try {
    if (existsSync(path)) {
      if (statSync(path).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
      accessSync(path, constants.W_OK);
    } else {
      // The dot refuses a file in the place of the folder.
      accessSync(`${dirname(path)}/.`, constants.W_OK);
    }
  } catch (error) {
    throw new Error(`--json ${file} cannot be written (${codeOf(error)})`, { cause: error });
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Error(`--profile ${folder} cannot be made (${codeOf(error)})`, { cause: error });
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
