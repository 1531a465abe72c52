import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOSTILE_SCRIPTS } from './hostile-scripts.ts';
import { cpuSeconds } from './load/cpu.ts';
import { aligned } from './report.ts';
import { withScript } from './script.ts';
import type { Server } from './servers.ts';

const REGISTER = '/jans-auth/restv1/register';
const CLIENTS = '/jans-config-api/api/v1/openid/clients';

/** Settings under which anybody registers as often as they want, and the token lasts until the end. */
export const SCRIPT_SETTINGS = {
  ACCESS_TOKEN_TTL: '3600',
  REGISTRATION: 'open',
  REGISTRATION_RATE_LIMIT: '1000000/min',
  REGISTRATION_RATE_LIMIT_TOTAL: '1000000/min',
};

/** Scripts as people write them, by what they do. */
const USUAL: Readonly<Record<string, string | undefined>> = {
  none: undefined,
  'one that judges': `function createClient(ctx) {
    const hosts = 'client.example *.client.example'.split(' ');
    return (ctx.client.redirect_uris || []).every((uri) => hosts.includes(uri.split('/')[2]));
  }`,
  'one that changes': 'function createClient(ctx) { ctx.client.require_pkce = true; return true }',
  'one that edits the reply as well': `function createClient(ctx) { return ctx.client.client_name !== 'Bad' }
    function modifyPostResponse(ctx) { ctx.client.policy_uri = 'https://client.example/terms'; return true }`,
};
const WARM_UP = 150;
const REGISTRATIONS = 100;
/** In milliseconds: the pause between two pings. */
const PAUSE = 5;

interface Means {
  readonly service: Server;
  readonly token: string;
  /** A client that is there to be read. */
  readonly inum: string;
  /** How often the usual scripts are measured. */
  readonly rounds: number;
  /** How long each hostile script is let loose. */
  readonly seconds: number;
  readonly say: (text: string) => void;
}

/** Measures what a script costs a registration, and what hostile ones cost others. Returns tables for people. */
export async function measureScripts(means: Means): Promise<string> {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  try {
    return `${aligned(await usualCosts(means))}\n${aligned(await hostileCosts(means, silent.address() as AddressInfo))}`;
  } finally {
    silent.close();
  }
}

async function usualCosts(means: Means): Promise<string[][]> {
  const measured = new Map(Object.keys(USUAL).map((what) => [what, { times: [] as number[], cpu: [] as number[] }]));
  for (let round = 0; round <= means.rounds; round += 1) {
    for (const [what, { times, cpu }] of measured) {
      means.say(`\r${what.padEnd(34)} round ${round} of ${means.rounds}`);
      await withScript(means, USUAL[what], {}, async () => {
        // The first round warms up.
        const count = round === 0 ? WARM_UP : REGISTRATIONS;
        const before = cpuSeconds(means.service.pid) ?? NaN;
        const took: number[] = [];
        for (let made = 0; made < count; made += 1) took.push((await register(means)).milliseconds);
        if (round === 0) return;
        times.push(...took);
        cpu.push((((cpuSeconds(means.service.pid) ?? NaN) - before) * 1_000) / count);
      });
    }
  }
  const rows = [...measured].map(([what, { times, cpu }]) => [
    what,
    ms(quantile(times, 0.5)),
    ms(quantile(times, 0.99)),
    ms(quantile(cpu, 0.5)),
  ]);
  return [['script', 'p50 ms', 'p99 ms', 'CPU ms'], ...rows];
}

async function hostileCosts(means: Means, { port }: AddressInfo): Promise<string[][]> {
  const host = `127.0.0.1:${port}`;
  const all: [string, string | undefined][] = [['none', undefined], ...HOSTILE_SCRIPTS.map(([...one]) => one)];
  const rows: string[][] = [];
  for (const [what, code] of all) {
    means.say(`\r${what.padEnd(34)} ${''.padEnd(20)}`);
    const text = code?.replace('"never"', `"https://${host}/"`);
    await withScript(means, text, { fetch_hosts: host }, async () => {
      const until = performance.now() + means.seconds * 1_000;
      const [pings, answers] = await Promise.all([ping(means, until), registerUntil(means, until)]);
      const slowest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
      const statuses = [...new Set(answers.map(({ status }) => status))].join(', ');
      rows.push([what, statuses, ms(slowest), ms(quantile(pings, 0.5)), ms(quantile(pings, 0.99))]);
    });
  }
  means.say(`\r${''.padEnd(60)}\r`);
  return [['hostile script', 'answer', 'slowest ms', 'others p50', 'others p99'], ...rows];
}

/** Milliseconds of each of the requests of somebody else, until then. */
async function ping({ service, token, inum }: Means, until: number): Promise<number[]> {
  const took: number[] = [];
  while (performance.now() < until) {
    const began = performance.now();
    await (await fetch(`${service.base}${CLIENTS}/${inum}`, { headers: { authorization: `Bearer ${token}` } })).text();
    took.push(performance.now() - began);
    await sleep(PAUSE);
  }
  return took;
}

interface Answer {
  readonly status: number;
  readonly milliseconds: number;
}

async function registerUntil(means: Means, until: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (performance.now() < until) answers.push(await register(means));
  return answers;
}

async function register({ service }: Means): Promise<Answer> {
  const began = performance.now();
  const reply = await fetch(`${service.base}${REGISTER}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"redirect_uris":["https://client.example/cb"],"client_name":"Bench"}',
  });
  await reply.text();
  return { status: reply.status, milliseconds: performance.now() - began };
}

const ms = (value: number): string => value.toFixed(1);

const quantile = (numbers: readonly number[], part: number): number =>
  [...numbers].sort((one, other) => one - other)[Math.floor((numbers.length - 1) * part)] ?? NaN;
