import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly clients: number;
  readonly rounds: number;
  /** Of load in each round, for each server and operation. */
  readonly seconds: number;
  readonly database: 'mariadb' | 'sqlite';
  /** The operations to measure; all when it is left out. */
  readonly only?: readonly string[];
  /** Where the results are written as JSON. */
  readonly json?: string;
  /** The JSON of an earlier run to compare with. */
  readonly compare?: string;
  /** A folder for CPU profiles of the service. */
  readonly profile?: string;
}

export const USAGE =
  'usage: npm run bench -- [--clients n] [--rounds n] [--seconds n] [--database mariadb|sqlite]\n' +
  '                        [--only get,list,…] [--json file] [--compare file] [--profile folder]\n';

/** Reads the arguments. Throws an Error that says what is wrong with them. */
export function benchOptions(args: string[]): BenchOptions {
  const text = { type: 'string' } as const;
  const options = { clients: text, rounds: text, seconds: text, database: text, only: text } as const;
  const { values } = parseArgs({ args, options: { ...options, json: text, compare: text, profile: text } });
  const { database = 'mariadb', only, json, compare, profile } = values;
  if (database !== 'mariadb' && database !== 'sqlite') throw new Error(`there is no database ${database}`);
  return {
    clients: whole('clients', values.clients ?? '1000'),
    rounds: whole('rounds', values.rounds ?? '5'),
    seconds: whole('seconds', values.seconds ?? '3'),
    database,
    ...(only !== undefined && { only: only.split(',') }),
    ...(json !== undefined && { json }),
    ...(compare !== undefined && { compare }),
    ...(profile !== undefined && { profile }),
  };
}

function whole(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} is a whole number from 1`);
  return number;
}
