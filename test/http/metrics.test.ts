import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { serviceMetrics } from '../../api/metrics/metrics.ts';
import { settingStore } from '../../api/shared/database/setting.store.ts';
import { unitOfWork } from '../../api/shared/database/unit-of-work.ts';
import { databaseKind } from '../support/database.ts';
import { newClient } from '../support/clients.ts';
import { assertionOf, keySet, newClientKey, tokenOf, withAssertion } from '../support/issuer.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

const METRICS = '/metrics';
/** How many connections the pool for MariaDB has at most. */
const POOL = 20;
const STATISTICS = 'https://jans.io/oauth/config/stats.readonly';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  token = await service.adminToken();
});

const scrape = async (): Promise<string> => {
  const reply = await service.request('GET', METRICS, { token });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return reply.text;
};

/** The value of a sample, by its name and labels as they are written. */
function sample(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? NaN : Number(line.slice(series.length + 1));
}

/** By how much samples grow while `task` runs. */
async function growth(series: readonly string[], task: () => Promise<unknown>): Promise<number[]> {
  const before = await scrape();
  await task();
  const after = await scrape();
  return series.map((name) => (sample(after, name) || 0) - (sample(before, name) || 0));
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}

describe('who may read the metrics', () => {
  it('is who has a scope for it, and nobody else', async () => {
    expect((await service.request('GET', METRICS)).status).toBe(401);
    const monitor = await tokenOf(service, await newClient(service, { scopes: [STATISTICS] }));
    expect((await service.request('GET', METRICS, { token: monitor })).status).toBe(200);
    expect((await service.request('GET', CLIENTS, { token: monitor })).status).toBe(403);
    const reader = 'https://jans.io/oauth/config/openid/clients.readonly';
    const other = await tokenOf(service, await newClient(service, { scopes: [reader] }));
    expect((await service.request('GET', METRICS, { token: other })).status).toBe(403);
  });
});

describe('the metrics', () => {
  it('count requests by operation and status, and measure how long they take', async () => {
    const requests = 'clientele_http_request_duration_seconds_count';
    const grown = await growth(
      [
        `${requests}{operation="get-oauth-openid-clients",status="200"}`,
        `${requests}{operation="get-oauth-openid-clients",status="400"}`,
        `${requests}{operation="get-oauth-openid-clients-by-inum",status="404"}`,
      ],
      async () => {
        await service.request('GET', CLIENTS, { token });
        await service.request('GET', CLIENTS, { token });
        await service.request('GET', `${CLIENTS}?limit=999`, { token });
        await service.request('GET', `${CLIENTS}/nobody`, { token });
      },
    );
    expect(grown).toEqual([2, 1, 1]);
    const sum = sample(
      await scrape(),
      'clientele_http_request_duration_seconds_sum{operation="get-oauth-openid-clients",status="200"}',
    );
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(60);
  });

  describe('count a request as 499 when its caller goes away, and so does the log:', () => {
    const REQUEST = 'clientele_http_request_duration_seconds_count';
    const logged = (id: string): string | undefined =>
      service.logLines.find((line) => line.includes('"message":"request"') && line.includes(`"requestId":"${id}"`));
    const end = async (id: string): Promise<unknown> => {
      for (let tries = 0; tries < 3_000 && logged(id) === undefined; tries += 1) await sleep(20);
      return JSON.parse(logged(id) ?? '{}');
    };
    const send = (method: string, path: string, headers: Record<string, string>): ClientRequest => {
      const sent = httpRequest(service.url + path, { method, headers });
      sent.on('error', () => undefined).flushHeaders();
      return sent;
    };

    it('before the reply', async () => {
      const answers = signal();
      const asked = signal();
      const { manager } = service.database.reader;
      const query = manager.query.bind(manager);
      const slow = jest.spyOn(manager, 'query').mockImplementation(async (sql, values) => {
        if ((values as unknown[] | undefined)?.[0] === 'slow') {
          asked.give();
          await answers.given;
        }
        return query<unknown>(sql, values);
      });
      const operation = 'get-oauth-openid-clients-by-inum';
      const headers = { Authorization: `Bearer ${token}`, 'X-Request-Id': 'impatient' };
      const grown = await growth([`${REQUEST}{operation="${operation}",status="499"}`], async () => {
        const sent = send('GET', `${CLIENTS}/slow`, headers);
        await asked.given;
        sent.destroy();
        expect(await end('impatient')).toMatchObject({ status: 499, operation });
        answers.give();
      });
      expect(grown).toEqual([1]);
      slow.mockRestore();
    });

    it('in the middle of the request', async () => {
      // Under its operation, or under none when the caller was that quick.
      const gone = async (): Promise<number> =>
        [...(await scrape()).matchAll(new RegExp(`^${REQUEST}\\{.*status="499"\\} (\\d+)$`, 'gm'))]
          .map(([, count]) => Number(count))
          .reduce((sum, count) => sum + count, 0);
      const before = await gone();
      const sent = send('POST', CLIENTS, {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'Content-Length': '100',
        'X-Request-Id': 'cut-off',
        Expect: '100-continue',
      });
      // The service has begun, and waits for a body that never comes.
      await once(sent, 'continue');
      sent.destroy();
      expect(await end('cut-off')).toMatchObject({ status: 499, method: 'POST' });
      expect((await gone()) - before).toBe(1);
    });
  });

  it('have no label that a caller can choose', async () => {
    for (let count = 0; count < 20; count += 1) {
      await service.request('GET', `/made-up-${count}`);
      await service.request('GET', `${CLIENTS}/made-up-${count}`, { token });
      await service.request('GET', `${CLIENTS}/x/made-up-${count}`, { token });
    }
    const text = await scrape();
    expect(text).not.toContain('made-up');
    const operations = [...text.matchAll(/operation="([^"]*)"/g)].map(([, operation]) => operation);
    const known = new Set<string | undefined>(['unmatched', ...OPERATIONS.map((operation) => operation.id)]);
    expect(operations.filter((operation) => !known.has(operation))).toEqual([]);
    expect(sample(text, 'clientele_http_request_duration_seconds_count{operation="unmatched",status="404"}')).toBe(40);
  });

  it('count the look-ups in caches and what is in them', async () => {
    const client = await newClient(service, { scopes: [STATISTICS] });
    const own = await tokenOf(service, client);
    const hits = 'clientele_cache_lookups_total{cache="tokens",result="hit"}';
    const misses = 'clientele_cache_lookups_total{cache="tokens",result="miss"}';
    const ask = (): Promise<unknown> => service.request('GET', METRICS, { token: own });
    // The second scrape of `growth` is itself a hit.
    expect(await growth([hits, misses], ask)).toEqual([1, 1]);
    expect(await growth([hits, misses], ask)).toEqual([2, 0]);
    const text = await scrape();
    for (const cache of ['tokens', 'token_status', 'signing_keys'])
      expect(sample(text, `clientele_cache_entries{cache="${cache}"}`)).toBeGreaterThan(0);
    const total = 'clientele_cache_lookups_total{cache="search_totals",result="hit"}';
    const search = `${CLIENTS}?fieldValuePair=applicationType=web&limit=1`;
    await service.request('GET', search, { token });
    expect(await growth([total], () => service.request('GET', search, { token }))).toEqual([1]);
  });

  it('count signatures', async () => {
    const count = 'clientele_signature_duration_seconds_count';
    const series = ['sign', 'verify'].map((action) => `${count}{action="${action}",token="access_token"}`);
    const client = await newClient(service, { scopes: [STATISTICS] });
    const grown = await growth(series, async () => {
      await service.request('GET', METRICS, { token: await tokenOf(service, client) });
    });
    expect(grown).toEqual([1, 1]);
  });

  it('count signatures of software statements for themselves', async () => {
    const count = 'clientele_signature_duration_seconds_count';
    const series = ['access_token', 'software_statement'].map((kind) => `${count}{action="sign",token="${kind}"}`);
    const grown = await growth(series, async () => {
      const reply = await service.request('POST', '/jans-auth/restv1/ssa', { token, body: { org_id: 'org-1' } });
      expect(reply.status).toBe(201);
    });
    expect(grown).toEqual([0, 1]);
  });

  it('count the signatures of clients apart from those of tokens', async () => {
    const count = 'clientele_signature_duration_seconds_count';
    const key = newClientKey();
    const { inum } = await newClient(service, { tokenEndpointAuthMethod: 'private_key_jwt', jwks: keySet(key) });
    const series = [
      `${count}{action="verify",token="client_assertion"}`,
      `${count}{action="sign",token="access_token"}`,
      `${count}{action="verify",token="access_token"}`,
    ];
    const assertion = await assertionOf(service, inum, { key: key.privateKey });
    // The token of the scrapes has been verified before, and is in the cache.
    const grown = await growth(series, async () => expect((await withAssertion(service, assertion)).status).toBe(200));
    expect(grown).toEqual([1, 1, 0]);
    const refused = await growth(series, async () =>
      expect((await withAssertion(service, `${assertion.slice(0, -9)}AAAAAAAAA`)).status).toBe(401),
    );
    expect(refused).toEqual([1, 0, 0]);
  });

  it('measure units of work and what they wait for', async () => {
    const writes = 'clientele_unit_of_work_duration_seconds_count{kind="write",outcome="done"}';
    const refused = 'clientele_unit_of_work_duration_seconds_count{kind="write",outcome="failed"}';
    const body = { inum: 'measured', redirectUris: [] };
    const create = (): Promise<unknown> => service.request('POST', CLIENTS, { token, body });
    await service.idle();
    expect(await growth([writes, refused], create)).toEqual([1, 0]);
    expect(await growth([writes, refused], create)).toEqual([0, 1]);
    const text = await scrape();
    for (const name of ['unit_of_work_retries_total', 'searches_stopped_total'])
      expect(sample(text, `clientele_${name}`)).toBe(0);
    if (databaseKind() === 'sqlite') {
      expect(sample(text, 'clientele_database_write_queue')).toBe(0);
    } else {
      expect(sample(text, 'clientele_database_connections')).toBeGreaterThan(0);
      expect(sample(text, 'clientele_database_connections_idle')).toBeGreaterThan(0);
      expect(sample(text, 'clientele_database_connections_waiting')).toBe(0);
    }
  });

  it('tell who waits', async () => {
    const metrics = serviceMetrics();
    const work = unitOfWork(service.database, settingStore, metrics.meters);
    if (databaseKind() !== 'sqlite') return;
    let waiting = NaN;
    const others: Promise<void>[] = [];
    await work.write(async () => {
      for (let count = 0; count < 3; count += 1) others.push(work.write(() => Promise.resolve()));
      waiting = sample((await metrics.text()).text, 'clientele_database_write_queue');
    });
    await Promise.all(others);
    expect(waiting).toBe(3);
  });

  it('tell how many connections there are, how many of them nobody uses, and who waits for one', async () => {
    const { connections, sources } = service.database;
    if (connections === undefined) {
      expect(databaseKind()).toBe('sqlite');
      return;
    }
    await service.idle();
    const measured = async (): Promise<number[]> => {
      const { text } = await serviceMetrics(connections).text();
      return ['', '_idle', '_waiting'].map((what) => sample(text, `clientele_database_connections${what}`));
    };
    const [one, other = one] = sources.map((source) => () => source.createQueryRunner());
    const runners = Array.from({ length: POOL + 3 }, (_unused, at) => (at % 2 === 0 ? one : other)?.()).flatMap(
      (runner) => runner ?? [],
    );
    const opened: Promise<unknown>[] = runners.slice(0, POOL - 5).map((runner) => runner.connect());
    await Promise.all(opened);
    const [open = 0, idle, waiting] = await measured();
    expect([idle, waiting]).toEqual([open - (POOL - 5), 0]);
    for (const runner of runners.slice(POOL - 5, POOL)) await runner.connect();
    const waited = runners.slice(POOL).map((runner) => runner.connect());
    expect(await measured()).toEqual([POOL, 0, 3]);
    for (const runner of runners.slice(0, POOL)) await runner.release();
    await Promise.all(waited);
    for (const runner of runners.slice(POOL)) await runner.release();
    expect(await measured()).toEqual([POOL, POOL, 0]);
  });

  it('tell of the process', async () => {
    const text = await scrape();
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect([name, sample(text, name)]).toEqual([name, expect.any(Number)]);
  });

  it('have every metric and operation that the alert rules ask for', async () => {
    const rules = readFileSync(new URL('../../deploy/prometheus/alerts.yaml', import.meta.url), 'utf8');
    const asked = new Set(rules.match(/\b(clientele|process|nodejs)(_[a-z0-9]+)+/g));
    const text = await scrape();
    const told = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
      ),
    );
    // The other database has the other one of these.
    const other =
      databaseKind() === 'sqlite' ? 'clientele_database_connections_waiting' : 'clientele_database_write_queue';
    // And others have that of a replica of the database, and that of the sweep, which is off here.
    const others = ['clientele_database_replica_read', 'clientele_unused_clients_sweep_stopped'];
    expect([...asked].filter((name) => !told.has(name)).sort()).toEqual([other, ...others].sort());
    const known = new Set<string>(OPERATIONS.map(({ id }) => id));
    const operations = [...rules.matchAll(/operation="([^"]*)"/g)].map(([, operation = '']) => operation);
    expect([operations.length > 0, operations.filter((operation) => !known.has(operation))]).toEqual([true, []]);
  });

  it('have the names of counters where they are counters, as promtool wants it', async () => {
    const types = [...(await scrape()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    expect(types.filter(([, name = '', type]) => name.endsWith('_total') !== (type === 'counter'))).toEqual([]);
  });
});
