import type { Server } from '../servers.ts';
import type { Question, Request, Stock } from './questions.ts';

/** How long the replies to something took, in milliseconds, and with which statuses they came. */
export interface Answers {
  readonly times: number[];
  readonly statuses: Map<number, number>;
}

/** Callers who each wait for their answer. */
const AT_ONCE = 8;

export const noAnswers = (): Answers => ({ times: [], statuses: new Map() });

/** Sends a request and notes the answer. */
export async function askOnce({ base }: Server, token: string, request: Request, answers: Answers): Promise<string> {
  const { method = 'GET', path, headers, body } = request;
  const start = performance.now();
  const reply = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await reply.text();
  answers.times.push(performance.now() - start);
  answers.statuses.set(reply.status, (answers.statuses.get(reply.status) ?? 0) + 1);
  return text;
}

/** Whether each answer was what the question should be answered with. */
export const isAnswered = ({ statuses }: Answers, { mayStop }: Pick<Question, 'mayStop'>): boolean =>
  [...statuses.keys()].every((status) => status < 300 || (mayStop === true && status === 503));

/** The time below which this part of the answers was. */
export function timeAt({ times }: Answers, part: number): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** Asks one question after the other, each of them so many times. */
export async function sequence(
  questions: readonly Question[],
  times: number,
  ask: (request: Request, answers: Answers) => Promise<string>,
  stock: Stock,
): Promise<Map<Question, Answers>> {
  const results = new Map<Question, Answers>();
  for (const question of questions) {
    const answers = noAnswers();
    for (let round = 0; round < times; round += 1) await ask(question.ask(stock), answers);
    results.set(question, answers);
  }
  return results;
}

/** Sends something at a rate, whether or not what was sent before has been answered, until the time is over. */
export async function atRate(perSecond: number, seconds: number, send: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  const sent: Promise<unknown>[] = [];
  for (let number = 0; number < perSecond * seconds; number += 1) {
    const wait = start + (number * 1_000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(send());
  }
  await Promise.all(sent);
}

/** Sends something so many times, some at once. */
export async function asSoonAsPossible(count: number, send: () => Promise<unknown>): Promise<void> {
  let sent = 0;
  const caller = async (): Promise<void> => {
    while ((sent += 1) <= count) await send();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
}
