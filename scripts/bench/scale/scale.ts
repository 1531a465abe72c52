import { join } from 'node:path';
import type { Ending } from '../ending.ts';
import { administrator, benchGround, type BenchGround } from '../ground.ts';
import { gather } from '../material.ts';
import type { BenchOptions } from '../options.ts';
import { startReference } from '../reference-server.ts';
import { freePort, pinLoad, startServer, type Server } from '../servers.ts';
import { randomNumbers } from '../../seed/realistic-client.ts';
import { askOnce, asSoonAsPossible, atRate, noAnswers, sequence, type Answers } from './asking.ts';
import { fillUpTo } from './fill.ts';
import { MIX, QUESTIONS, WORST, type Question, type Request, type Stock } from './questions.ts';
import { lineOf, linesTable, type Line } from './scale-table.ts';

/** How often each question is asked. */
const TIMES = 20;
/** Of the mix, in a second, by what the database is aimed at. */
const RATES = { mariadb: 100, sqlite: 50 } as const;
/** GETs in a second, beside so many of the worst questions. */
const [BESIDE, WORST_AT_ONCE] = [50, 20];
/** In milliseconds; of the worst questions as a factor. */
const [MIX_SEARCH, NOTHING_OVER, LIVE, FACTOR, START] = [25, 500, 300, 3, 2_000];
const MIX_GET = { mariadb: 10, sqlite: 20 } as const;
/** In bytes. */
const MEMORY = 300e6;

const say = (text: string): void => void process.stderr.write(text);

/** What a run has measured, part by part. */
export interface ScaleReport {
  readonly conditions: Readonly<Record<string, string | number>>;
  readonly parts: Readonly<Record<string, readonly Line[]>>;
  readonly notes: readonly string[];
}

interface Asker {
  readonly stock: Stock;
  readonly ask: (request: Request, answers: Answers) => Promise<string>;
}

/** Measures the service with so many clients, and prints the tables as they come. */
export async function scaleRun(clients: number, options: BenchOptions, ending: Ending): Promise<ScaleReport> {
  const ground = await benchGround(options, ending);
  await fillUpTo(clients, ground, ending);
  pinLoad([ground.databasePid]);
  const { server, milliseconds } = await started(ground, ending);
  const asker = await askerFor(server, ground, clients);
  const parts: Record<string, Line[]> = {};
  const notes = [`start until the first answer: ${Math.round(milliseconds)} ms (target ${START})`];
  const print = (name: string, lines: Line[]): void => {
    parts[name] = lines;
    process.stdout.write(`\n${linesTable(name, lines)}`);
  };
  say('one after the other\n');
  const results = await sequence(QUESTIONS, TIMES, asker.ask, asker.stock);
  print(
    'one after the other',
    [...results].map(([question, answers]) => lineOf(question, answers)),
  );
  const rate = RATES[options.database];
  say(`${options.warm} requests of the mix, to warm up\n`);
  await asSoonAsPossible(options.warm, mixOf(asker).send);
  say(`${rate} requests/s\n`);
  print(`${rate}/s`, await mixed(asker, options));
  say('beside the worst questions\n');
  const reference = { ...asker, ...askingOf(await startReference(ground, server, ending), '') };
  print(`${BESIDE} GET/s`, await beside(asker, reference, options.seconds));
  const rss = server.rss();
  if (rss !== undefined) notes.push(`memory at the end: ${Math.round(rss / 1e6)} MB (target ${MEMORY / 1e6})`);
  process.stdout.write(`\n${notes.join('\n')}\n`);
  const { database } = ground;
  return { conditions: { database, clients, rate, seconds: options.seconds, node: process.version }, parts, notes };
}

async function started(ground: BenchGround, ending: Ending): Promise<{ server: Server; milliseconds: number }> {
  const start = performance.now();
  const log = join(ground.folder, 'log');
  const args = ['dist/api/main.js'];
  const server = await startServer({ name: 'service', port: await freePort(), args, env: ground.env, log }, ending);
  return { server, milliseconds: performance.now() - start };
}

async function askerFor(server: Server, ground: BenchGround, clients: number): Promise<Asker> {
  const { token, inums, basic } = await gather(server, administrator(ground.folder));
  const random = randomNumbers(Date.now());
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let number = 0;
  const { ask } = askingOf(server, token);
  const page = `/jans-config-api/api/v1/openid/clients?limit=1&startIndex=${Math.floor(clients * 0.9)}`;
  const { nextCursor } = JSON.parse(await ask({ path: page }, noAnswers())) as { nextCursor?: string };
  if (nextCursor === undefined) throw new Error('there is no page at nine tenths of the clients');
  return { ask, stock: { clients, inums, basic, deep: nextCursor, pick, next: () => (number += 1) } };
}

const askingOf = (server: Server, token: string): Pick<Asker, 'ask'> => ({
  ask: (request, answers) => askOnce(server, token, request, answers),
});

interface Mix {
  /** Asks one of its questions. */
  readonly send: () => Promise<unknown>;
  readonly answers: ReadonlyMap<Question, Answers>;
}

function mixOf({ ask, stock }: Asker): Mix {
  const deck = MIX.flatMap((question) => Array.from({ length: question.share }, () => question));
  const answers = new Map(MIX.map((question) => [question, noAnswers()]));
  const send = (): Promise<unknown> => {
    const question = stock.pick(deck);
    return ask(question.ask(stock), answers.get(question) ?? noAnswers());
  };
  return { send, answers };
}

async function mixed(asker: Asker, { database, seconds }: BenchOptions): Promise<Line[]> {
  const { send, answers } = mixOf(asker);
  await atRate(RATES[database], seconds, send);
  return MIX.map((question) => {
    const target = question.name.startsWith('search')
      ? MIX_SEARCH
      : question.name === 'GET by id'
        ? MIX_GET[database]
        : NOTHING_OVER;
    return lineOf({ name: question.name, target }, answers.get(question) ?? noAnswers());
  });
}

const LIVENESS: Request = { path: '/jans-config-api/api/v1/health/live' };

/** GETs and the health check, first with nothing else, then beside twenty callers who ask the worst again and again. */
async function beside({ ask, stock }: Asker, reference: Asker, seconds: number): Promise<Line[]> {
  const get = QUESTIONS.find(({ name }) => name === 'GET by id') as Question;
  const both = async (): Promise<[Answers, Answers]> => {
    const [gets, live] = [noAnswers(), noAnswers()];
    await Promise.all([
      atRate(BESIDE, seconds, () => ask(get.ask(stock), gets)),
      atRate(4, seconds, () => ask(LIVENESS, live)),
    ]);
    return [gets, live];
  };
  const bare = noAnswers();
  await atRate(BESIDE, seconds, () => reference.ask(get.ask(stock), bare));
  const [alone, aloneLive] = await both();
  const worst = noAnswers();
  const going = { on: true };
  const callers = Array.from({ length: WORST_AT_ONCE }, async () => {
    while (going.on) await ask(stock.pick(WORST)(stock), worst);
  });
  const [gets, live] = await both();
  going.on = false;
  await Promise.all(callers);
  const before = lineOf({ name: 'GET by id, nothing else' }, alone);
  return [
    lineOf({ name: 'GET by id of the bare reference server' }, bare),
    before,
    lineOf(
      { name: `GET by id, beside ${WORST_AT_ONCE} of the worst questions`, target: Math.round(before.p99 * FACTOR) },
      gets,
    ),
    lineOf({ name: '/health/live, nothing else' }, aloneLive),
    lineOf({ name: '/health/live, beside them', target: LIVE }, live),
    lineOf({ name: 'the worst questions', mayStop: true }, worst),
  ];
}
