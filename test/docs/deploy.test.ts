import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '../../api/config.ts';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { findProgram } from '../../scripts/machine/programs.mjs';
import { selfSignedCertificate } from '../support/certificate.ts';
import { nginxConfiguration } from '../support/nginx.ts';
import { freePort } from '../support/ports.ts';
import { suiteWith } from '../support/programs.ts';
import { startService, type TestService } from '../support/service.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const nginxBlocks = [...read('docs/operations.md').matchAll(/```nginx\n([^]*?)```/g)].map(([, text = '']) => text);
const { cert, key } = selfSignedCertificate();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  writeFileSync(join(folder, 'registry.crt'), cert);
  writeFileSync(join(folder, 'registry.key'), key);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface ComposeService {
  readonly image: string;
  readonly ports?: string[];
  readonly environment?: Record<string, string>;
  readonly secrets?: string[];
  readonly volumes?: string[];
  readonly networks: string[] | { front: { ipv4_address: string } };
  readonly read_only?: boolean;
}
interface Compose {
  readonly services: Record<'database' | 'clientele-1' | 'clientele-2' | 'nginx' | 'prometheus', ComposeService>;
  readonly networks: {
    inside: { internal: boolean };
    front: { ipam: { config: [Record<'subnet' | 'ip_range', string>] } };
  };
  readonly secrets: Record<string, { file: string }>;
}

/** Has the settings of a replica read as the service does, with its secrets in files of this machine. */
function settingsOf(environment: Record<string, string>, secrets: string): ReturnType<typeof loadConfig> {
  writeFileSync(join(folder, 'encryption.key'), newKeyRingSpec(), { mode: 0o600 });
  writeFileSync(join(folder, 'admin.secret'), 'x'.repeat(64), { mode: 0o600 });
  const entries = Object.entries({ ...environment, HOST: '0.0.0.0' });
  return loadConfig(Object.fromEntries(entries.map(([name, value]) => [name, value.replace(secrets, folder)])));
}

describe('deploy/compose.yaml', () => {
  const { services, networks, secrets } = parse(read('deploy/compose.yaml'), { merge: true }) as Compose;
  const replicas = [services['clientele-1'], services['clientele-2']];
  const address = ({ networks: own }: ComposeService): string => ('front' in own ? own.front.ipv4_address : '');

  it('has images with digests, as the Dockerfile has', () => {
    const named = Object.values(services).map(({ image }) => image);
    const base = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
    const others = [...named, ...base].filter((image) => !/^[\w./-]+(:[\w.-]+)?@sha256:[0-9a-f]{64}$/.test(image));
    expect([...new Set(others)]).toEqual(['clientele:0.1.0']);
  });

  it('publishes nginx, Prometheus for this machine, and nothing else; and keeps the database for the service', () => {
    const published = Object.entries(services).map(([name, { ports }]) => [name, ports]);
    expect(published.filter(([, ports]) => ports !== undefined)).toEqual([
      ['nginx', ['443:443']],
      ['prometheus', ['127.0.0.1:9090:9090']],
    ]);
    expect([services.database.networks, networks.inside.internal]).toEqual([['inside'], true]);
  });

  it('has replicas with settings that the service takes, which trust nginx alone', () => {
    expect(replicas[0]?.environment).toEqual(replicas[1]?.environment);
    for (const { environment = {}, secrets: taken, read_only } of replicas) {
      expect([Object.keys(secrets), read_only]).toEqual([taken, true]);
      const { config, mistakes } = settingsOf(environment, '/run/secrets');
      expect([mistakes, config.trustProxy, config.metrics?.port]).toEqual([[], [address(services.nginx)], 9464]);
    }
    for (const [name, { file }] of Object.entries(secrets)) expect(file).toBe(`./secrets/${name}`);
  });

  it('gives nginx and the replicas addresses that nobody else gets, and that nginx knows', () => {
    const [{ subnet, ip_range: range }] = networks.front.ipam.config;
    const chosen = [services.nginx, ...replicas].map(address);
    expect([new Set(chosen).size, subnet, range]).toEqual([3, '172.30.80.0/24', '172.30.80.128/25']);
    expect(chosen.filter((one) => !/^172\.30\.80\.(\d|\d\d)$/.test(one))).toEqual([]);
    const upstreams = [...read('deploy/nginx.conf').matchAll(/server (\S+):8080;/g)].map(([, one]) => one);
    expect(upstreams).toEqual(replicas.map(address));
  });

  it('has Prometheus ask every replica', () => {
    const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yaml')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    expect(jobs[0]?.static_configs[0]?.targets).toEqual(
      Object.keys(services).flatMap((name) => (name.startsWith('clientele') ? [`${name}:9464`] : [])),
    );
  });

  it('has the files that it mounts', () => {
    for (const volume of [services.nginx, services.prometheus].flatMap(({ volumes = [] }) => volumes)) {
      const [file = ''] = volume.split(':');
      if (!file.startsWith('./')) continue;
      expect([file, file === './tls' || existsSync(join(ROOT, 'deploy', file))]).toEqual([file, true]);
    }
  });
});

describe('deploy/prometheus', () => {
  it('has rules that are all described, and tried', () => {
    const rules = parse(read('deploy/prometheus/alerts.yaml')) as { groups: { rules: { alert: string }[] }[] };
    const names = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
    const named = (text: string): string[] => [...new Set(text.match(/\bClientele[A-Z]\w+/g))].sort();
    expect(named(read('deploy/prometheus/alerts.test.yaml'))).toEqual([...names].sort());
    expect(named(read('docs/operations.md'))).toEqual([...names].sort());
  });
});

suiteWith('promtool')('the alert rules', () => {
  it('fire when they should, and have nothing wrong', async () => {
    const promtool = (...args: string[]): Promise<unknown> =>
      run('promtool', args, { cwd: join(ROOT, 'deploy/prometheus') });
    await promtool('check', 'config', 'prometheus.yaml');
    await promtool('test', 'rules', 'alerts.test.yaml');
  });
});

suiteWith('systemd-analyze')('the unit of systemd', () => {
  it('has nothing wrong, and leaves the service little that it does not need', async () => {
    const file = join(folder, 'clientele@8080.service');
    writeFileSync(file, read('deploy/systemd/clientele@.service').replace('/usr/bin/node', process.execPath));
    const { stderr } = await run('systemd-analyze', ['verify', '--man=no', file]);
    expect(stderr).not.toContain('clientele@');
    // Of 100; the network and the other users of the machine it does need.
    await run('systemd-analyze', ['security', '--offline=true', '--no-pager', '--threshold=20', file]);
    await expect(
      run('systemd-analyze', ['security', '--offline=true', '--no-pager', '--threshold=5', file]),
    ).rejects.toThrow();
  });
});

suiteWith('nginx')('the configuration of nginx', () => {
  const nginx = findProgram('nginx') ?? 'nginx';
  const [page = '', below = ''] = nginxBlocks;

  it.each([
    ['for a service on the same machine', page],
    ['for one below a path', page.replace(/^}\n*$(?![^]*^})/m, `${below}}`)],
    ['of deploy', read('deploy/nginx.conf')],
  ])('%s has nothing wrong', async (_where, server) => {
    const file = nginxConfiguration(folder, server, { upstreams: ['127.0.0.1:8080'], port: 8443 });
    const { stderr } = await run(nginx, ['-t', '-p', folder, '-c', file]);
    expect(stderr).toContain('test is successful');
    expect(stderr).not.toContain('[warn]');
  });

  describe('in front of the service', () => {
    let service: TestService;
    let proxy: ChildProcess;
    let port: number;

    /** With what the page on scripts has for the certificates of clients. */
    const withCertificates = (server: string): string => {
      const [lines = ''] =
        /^ssl_client_certificate [^]*?^proxy_set_header .*$/m.exec(read('docs/interception-scripts.md')) ?? [];
      const [authorities, verify, header] = lines.split('\n');
      return server
        .replace('  client_max_body_size', `  ${authorities}\n  ${verify}\n  client_max_body_size`)
        .replace('    proxy_set_header Host', `    ${header}\n    proxy_set_header Host`);
    };

    beforeAll(async () => {
      writeFileSync(join(folder, 'clients.crt'), cert);
      const env = { TRUST_PROXY: 'loopback', CLIENT_CERT_HEADER: 'X-Client-Cert', REGISTRATION: 'open' };
      service = await startService({ env });
      port = await freePort();
      const file = nginxConfiguration(folder, withCertificates(read('deploy/nginx.conf')), {
        upstreams: [new URL(service.url).host],
        port,
      });
      proxy = spawn(nginx, ['-p', folder, '-c', file], { stdio: 'ignore' });
    });
    afterAll(async () => {
      proxy.kill('SIGTERM');
      await once(proxy, 'exit');
      await service.stop();
    });

    /** Waits until nginx listens. */
    async function ask(
      headers: Record<string, string>,
      { body, ...more }: RequestOptions & { readonly body?: string } = {},
    ): Promise<{ status?: number; hsts?: string }> {
      const options = { host: 'localhost', port, path: '/openapi.json', headers, ca: cert, agent: false as const };
      for (;;) {
        const sent = request({ ...options, ...more }).end(body);
        const [reply] = (await Promise.race([once(sent, 'response'), once(sent, 'error')]).catch(() => [])) as [
          { statusCode?: number; headers: Record<string, string>; resume(): void } | undefined,
        ];
        if (reply?.statusCode !== undefined) {
          reply.resume();
          return { status: reply.statusCode, hsts: reply.headers['strict-transport-security'] ?? '' };
        }
        await sleep(50);
      }
    }

    it('ends TLS, which the service knows, and says who is calling', async () => {
      const reply = await ask({ 'X-Forwarded-For': '192.0.2.1', 'X-Request-Id': 'made-up' });
      expect(reply).toEqual({ status: 200, hsts: 'max-age=31536000' });
      await service.idle();
      const line = service.logLines.find((entry) => entry.includes('"message":"request"')) ?? '{}';
      expect((JSON.parse(line) as Record<string, unknown>)['requestId']).not.toBe('made-up');
      expect(line).not.toContain('192.0.2.1');
    });

    it('says whose certificate it has seen, and nobody else does', async () => {
      const script = `function createClient(ctx) { return ctx.certificate?.subject.CN === 'clientele test' }`;
      const about = { scriptType: 'client_registration', programmingLanguage: 'javascript', level: 1, enabled: true };
      const path = '/jans-config-api/api/v1/config/scripts';
      const token = await service.adminToken();
      const made = await service.request('POST', path, { token, body: { ...about, name: 'certificate', script } });
      expect(made.status).toBe(201);
      service.clock.advance(1_000);
      const register = (headers: object, more: object): Promise<{ status?: number }> =>
        ask(
          { 'Content-Type': 'application/json', ...headers },
          {
            ...more,
            method: 'POST',
            path: '/jans-auth/restv1/register',
            body: '{"grant_types":["client_credentials"]}',
          },
        );
      const forged = { 'X-Client-Cert': encodeURIComponent(cert) };
      const replies = [register({}, { cert, key }), register({}, {}), register(forged, {})];
      expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([201, 400, 400]);
    });

    it('asks the replica that is there while the other one is away', async () => {
      const replies = await Promise.all(Array.from({ length: 6 }, () => ask({})));
      expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(200));
    });
  });
});
