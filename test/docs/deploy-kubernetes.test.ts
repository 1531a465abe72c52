import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { loadConfig } from '../../api/config.ts';
import { areHere } from '../support/programs.ts';

const FOLDER = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url));
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly image: string;
  readonly ports?: { name: string; containerPort: number }[];
  readonly securityContext: object;
  readonly volumeMounts: { name: string; mountPath: string }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}
interface Pod {
  readonly metadata: { labels: Record<string, string> };
  readonly spec: {
    automountServiceAccountToken: boolean;
    securityContext: object;
    containers: [Container];
    volumes: { name: string; secret?: { defaultMode: number } }[];
  };
}
interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Record<string, string>;
  readonly spec: {
    template: Pod;
    minAvailable?: number;
    replicas?: number;
    selector: { matchLabels: Record<string, string> };
    podSelector: { matchLabels: Record<string, string> };
    ingress: { ports: { port: number }[] }[];
  };
}

// YAML 1.1, as Kubernetes reads it: 0440 is octal.
const resource = (file: string): Resource => parse(read(file), { version: '1.1' }) as Resource;
const job = resource('migrate/job.yaml');
const deployment = resource('service/deployment.yaml');

describe('deploy/kubernetes', () => {
  it.each([
    ['the migration', job],
    ['the service', deployment],
  ])('runs %s as nobody in particular, with a root that cannot be written', (_what, { spec }) => {
    const { automountServiceAccountToken, securityContext, containers, volumes } = spec.template.spec;
    expect([automountServiceAccountToken, securityContext]).toMatchObject([
      false,
      { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    ]);
    expect(containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    // The service takes no key that every user may read.
    expect(volumes.find(({ name }) => name === 'secrets')?.secret?.defaultMode).toBe(0o440);
    expect(readFileSync(join(FOLDER, '../../Dockerfile'), 'utf8')).toContain('USER 1000:1000');
  });

  it('asks for health where the service tells it', () => {
    const { ports = [], livenessProbe, readinessProbe, startupProbe } = deployment.spec.template.spec.containers[0];
    const paths = [livenessProbe, readinessProbe, startupProbe].map((probe) => probe?.httpGet.path);
    const path = (id: string): string | undefined => OPERATIONS.find((operation) => operation.id === id)?.path;
    const live = path('get-config-health-live');
    expect(paths).toEqual([live, path('get-config-health-ready'), live]);
    expect(ports.map(({ containerPort }) => containerPort)).toEqual([8080, 9464]);
  });

  it('has settings that the service takes, in a folder that it can make', () => {
    const lines = read('settings/settings.env').split('\n');
    const env = Object.fromEntries(lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=')));
    const given = { ENCRYPTION_KEY: `k1:${'ab'.repeat(32)}`, HOST: '0.0.0.0', DATABASE_URL: 'mysql://u:p@db:3306/c' };
    const { ENCRYPTION_KEY_FILE: key, ADMIN_SECRET_FILE: secret, ...settings } = env as Record<string, string>;
    const { config, mistakes } = loadConfig({ ...settings, ...given });
    expect(mistakes).toEqual(['ADMIN_SECRET_FILE is needed when the database is not embedded']);
    const [{ volumeMounts }] = deployment.spec.template.spec.containers;
    const mounted = (name: string): string | undefined => volumeMounts.find((mount) => mount.name === name)?.mountPath;
    expect([key, secret]).toEqual([`${mounted('secrets')}/encryption.key`, `${mounted('secrets')}/admin.secret`]);
    expect([config.dataDir, config.metrics]).toEqual([`${mounted('data')}/clientele`, { host: '0.0.0.0', port: 9464 }]);
  });

  it('keeps one of the replicas, and lets nobody in but the ingress and the monitoring', () => {
    const { labels } = deployment.spec.template.metadata;
    const budget = resource('service/disruption-budget.yaml').spec;
    expect(budget.minAvailable).toBeLessThan(deployment.spec.replicas ?? 0);
    expect([budget.selector.matchLabels, deployment.spec.selector.matchLabels]).toEqual([labels, labels]);
    const policy = resource('service/network-policy.yaml').spec;
    expect(policy.ingress.map(({ ports }) => ports.map(({ port }) => port))).toEqual([[8080], [9464]]);
    for (const { spec } of [job, deployment])
      expect(spec.template.metadata.labels).toMatchObject(policy.podSelector.matchLabels);
  });

  it('is complete: every file is in a kustomization', () => {
    for (const part of ['settings', 'migrate', 'service']) {
      const { resources } = parse(read(`${part}/kustomization.yaml`)) as { resources: string[] };
      const files = readdirSync(join(FOLDER, part)).filter((name) => !/^kustomization|\.env$/.test(name));
      expect([...resources].sort()).toEqual(files.sort());
    }
  });
});

/** Some have a `kubectl` that only knows where the real one is. */
const isKustomizing = (): boolean => {
  try {
    return areHere(['kubectl']) && execFileSync('kubectl', ['kustomize', '--help'], { stdio: 'pipe' }).length > 0;
  } catch {
    return false;
  }
};

(isKustomizing() ? describe : describe.skip)('kustomize', () => {
  it.each(['migrate', 'service'])('makes %s of them, with the same settings in one namespace', (part) => {
    const text = execFileSync('kubectl', ['kustomize', join(FOLDER, part)], { encoding: 'utf8' });
    const made = parseAllDocuments(text).map((document) => document.toJS() as Resource);
    const apart = made.filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== 'clientele');
    expect(apart).toEqual([]);
    const settings = made.find(({ kind }) => kind === 'ConfigMap')?.metadata.name ?? '';
    expect([settings, text.split(settings).length]).toEqual([expect.stringMatching(/^clientele-settings-/), 3]);
  });
});
