import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Request } from 'autocannon';
import { cpuSeconds } from './cpu.ts';
import { CONNECTIONS, type Load, type Measured } from './load.ts';

/** In milliseconds. */
const LOOK = 50;

interface Outcome {
  readonly requests: number;
  /** In microseconds. */
  readonly duration: number;
  readonly refused: number;
  readonly broken: number;
  /** In microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Loads a server by one thread of wrk, with a file in `folder`. Throws an Error when requests are refused or connections
 * break.
 */
export async function loadByWrk(folder: string, base: string, load: Load): Promise<Measured> {
  const script = join(folder, 'requests.lua');
  writeFileSync(script, scriptOf(load.requests), { mode: 0o600 });
  const { outcome, cpu } = await run(base, script, load.seconds);
  const { requests, duration, refused, broken, p50, p99 } = outcome;
  if (refused + broken > 0) throw new Error(`${refused} requests were refused, ${broken} connections broke`);
  const seconds = duration / 1e6;
  const busy = cpu && { busy: Math.min(1, cpu / seconds) };
  return { rps: requests / seconds, p50: p50 / 1e3, p99: p99 / 1e3, requests, ...busy };
}

async function run(base: string, script: string, seconds: number): Promise<{ outcome: Outcome; cpu?: number }> {
  const args = ['-t', '1', '-c', String(CONNECTIONS), '-d', `${seconds}s`, '--timeout', '30s', '-s', script, base];
  const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let cpu: number | undefined;
  child.stdout.on('data', (data) => (output += String(data)));
  const watch = setInterval(() => (cpu = cpuSeconds(child.pid) ?? cpu), LOOK);
  await once(child, 'close').finally(() => clearInterval(watch));
  const [, json] = /^outcome (.*)$/m.exec(output) ?? [];
  if (json === undefined) throw new Error(`wrk says:\n${output}`);
  return { outcome: JSON.parse(json) as Outcome, ...(cpu !== undefined && { cpu }) };
}

/** The requests as a program for wrk, which sends them in turn and sums up. */
function scriptOf(requests: readonly Request[]): string {
  const specs = requests.map(({ method = 'GET', path = '/', headers = {}, body }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[${quoted(name)}]=${quoted(String(value))}`);
    const parts = [quoted(method), quoted(path), `{${fields.join(',')}}`];
    return `add(${[...parts, body === undefined ? 'nil' : quoted(String(body))].join(',')})`;
  });
  return `local requests, at = {}, 0
function add(method, path, headers, body) table.insert(requests, { method, path, headers, body }) end
${specs.join('\n')}
function init()
  for index, one in ipairs(requests) do requests[index] = wrk.format(one[1], one[2], one[3], one[4]) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    'outcome {"requests":%d,"duration":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
`;
}

/** A text for Lua, byte by byte where it has more than letters, digits and spaces. */
const quoted = (text: string): string =>
  `"${Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9 /._:;,{}=&?-]/.test(character) ? character : `\\${String(byte).padStart(3, '0')}`;
  }).join('')}"`;
