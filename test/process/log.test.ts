import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CollectedLines } from '../../api/shared/log/collected-lines.ts';
import { freePort } from '../support/ports.ts';
import { spawnService, type ServiceProcess } from '../support/process.ts';

let folder: string;
let url: string;
let env: Record<string, string>;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  const port = await freePort();
  url = `http://localhost:${port}/jans-config-api/api/v1/health/live`;
  const fails = `data:text/javascript,process.on('SIGUSR2', () => { throw new Error('on purpose'); })`;
  env = { PORT: String(port), DATA_DIR: join(folder, 'data'), NODE_OPTIONS: `--import="${fails}"` };
});
afterAll(() => {
  for (const service of running) service.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<ServiceProcess> {
  const service = spawnService(env);
  running.push(service);
  await service.started;
  return service;
}

let sent = 0;

/** Sends some requests, and returns their ids. */
async function send(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `request-${(sent += 1)}-${'x'.repeat(100)}`);
  for (const id of ids) {
    const reply = await fetch(url, { headers: { 'X-Request-Id': id } });
    expect([reply.status, await reply.text()]).toEqual([200, expect.anything()]);
  }
  return ids;
}

/** The ids of the requests in what has been written to standard error, in their order. */
const logged = (service: ServiceProcess): unknown[] =>
  service
    .errors()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ message }) => message === 'request')
    .map(({ requestId }) => requestId);

it('a service writes every line of its log, for a reader that stops for a while, and when it is ended', async () => {
  const service = await start();
  const { stderr } = service.child;
  stderr?.pause();
  const ids = await send(2_000);
  // More than the pipe holds, so that a write for each line would have stopped the service.
  expect(service.errors().length).toBeLessThan(400_000);
  stderr?.resume();
  ids.push(...(await send(3)));
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(logged(service)).toEqual(ids);
  const last = service.errors().trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toEqual({ level: 'info', message: 'stopped', timestamp: expect.any(String) });
});

it('a service that crashes writes every line of its log, and then why', async () => {
  const service = await start();
  const ids = await send(20);
  service.child.kill('SIGUSR2');
  expect(await service.ended).not.toBe(0);
  expect(logged(service)).toEqual(ids);
  expect(service.errors().indexOf('Error: on purpose')).toBeGreaterThan(service.errors().lastIndexOf(ids.at(-1) ?? ''));
});

it('lines that nobody takes are left out at some point, and it is said how many', () => {
  let [written, isRead] = ['', false];
  const lines = new CollectedLines({
    sink: (bytes) => {
      if (!isRead) throw Object.assign(new Error('again'), { code: 'EAGAIN' });
      // A part of them, as a pipe takes it.
      const some = bytes.subarray(0, 100_000);
      written += some.toString();
      return some.length;
    },
    leftOut: (count) => lines.add(`left out: ${count}`),
  });
  const line = 'x'.repeat(999);
  for (let count = 0; count < 10_000; count += 1) lines.add(line);
  isRead = true;
  lines.end();
  const kept = written.trimEnd().split('\n');
  const told = Number(kept.pop()?.replace('left out: ', ''));
  expect(kept.length).toBeGreaterThan(4_000);
  expect(kept.length + told).toBe(10_000);
  expect(new Set(kept)).toEqual(new Set([line]));
});
