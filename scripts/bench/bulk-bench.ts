import { setTimeout as sleep } from 'node:timers/promises';
import { aligned } from './report.ts';
import type { Server } from './servers.ts';

const CLIENTS = '/jans-config-api/api/v1/openid/clients';
/** So many others read clients at once, each with a pause between two requests; in milliseconds. */
const [READERS, PAUSE, ALONE] = [4, 5, 10_000];
const LOOK = 500;

interface Means {
  readonly service: Server;
  readonly token: string;
  /** Clients that are there to be read. */
  readonly inums: readonly string[];
  readonly say: (text: string) => void;
}

interface Run {
  readonly id: string;
  readonly state: string;
  readonly confirm: string;
  readonly clients: number;
  readonly counts: { readonly waiting: number; readonly changed: number };
}

/** Measures what others wait for their clients, alone and beside a run over all clients. Returns a table for people. */
export async function measureBulk(means: Means): Promise<string> {
  means.say('\rothers alone');
  const end = performance.now() + ALONE;
  const alone = await readers(means, () => performance.now() < end);
  const body = { action: 'patch', filter: 'inum pr', mergePatch: { contacts: ['bench@client.example'] } };
  const plan = await ask(means, 'POST', '/bulk', body);
  const began = performance.now();
  let run = await ask(means, 'POST', '/bulk', { ...body, confirm: plan.confirm });
  const isOver = (): boolean => run.state !== 'waiting' && run.state !== 'running';
  const beside = readers(means, () => !isOver());
  while (!isOver()) {
    await sleep(LOOK);
    run = await ask(means, 'GET', `/bulk/${run.id}`);
    means.say(`\rothers beside a run: ${run.counts.waiting} of ${run.clients} clients are left  `);
  }
  const seconds = (performance.now() - began) / 1_000;
  const row = (what: string, took: readonly number[]): string[] => [
    what,
    String(took.length),
    ...[0.5, 0.99].map((part) => quantile(took, part).toFixed(1)),
  ];
  means.say(`\r${''.padEnd(70)}\r`);
  const pace = `${run.counts.changed} clients changed in ${seconds.toFixed(0)} s: ${(run.counts.changed / seconds).toFixed(0)} a second`;
  const rows = [
    ['reads of others', 'requests', 'p50 ms', 'p99 ms'],
    row('alone', alone),
    row('beside a run', await beside),
  ];
  return `${aligned(rows)}\n${pace}, the run is ${run.state}\n`;
}

/** Milliseconds of each request of several who read clients, for as long as `goesOn`. */
async function readers({ service, token, inums }: Means, goesOn: () => boolean): Promise<number[]> {
  const took: number[] = [];
  const headers = { authorization: `Bearer ${token}` };
  const read = async (_unused: unknown, reader: number): Promise<void> => {
    for (let at = reader; goesOn(); at += READERS) {
      const began = performance.now();
      await (await fetch(`${service.base}${CLIENTS}/${inums[at % inums.length] ?? ''}`, { headers })).text();
      took.push(performance.now() - began);
      await sleep(PAUSE);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return took;
}

async function ask({ service, token }: Means, method: string, path: string, body?: object): Promise<Run> {
  const reply = await fetch(`${service.base}${CLIENTS}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${method} ${path} was answered with ${reply.status}: ${await reply.text()}`);
  return (await reply.json()) as Run;
}

const quantile = (numbers: readonly number[], part: number): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor((numbers.length - 1) * part)] ?? NaN;
