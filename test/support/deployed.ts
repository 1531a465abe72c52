import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');

/** A process as a file of deploy/ has it. */
export interface DeployedProcess {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const pairs = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

/** What the image starts and sets by itself. */
function image(): DeployedProcess {
  const [last = ''] = read('Dockerfile')
    .split(/^FROM /m)
    .reverse();
  const [, set = ''] = /^ENV (.*)$/m.exec(last) ?? [];
  const [, command = '[]'] = /^CMD (.*)$/m.exec(last) ?? [];
  return { command: JSON.parse(command) as string[], environment: pairs(set.split(' ')) };
}

interface ComposeService {
  readonly image: string;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly depends_on?: string[] | Record<string, unknown>;
}

/** The services of compose.yaml in the order in which they start; `variables` are those of `.env`. */
export function composed(variables: Readonly<Record<string, string>>): Map<string, DeployedProcess> {
  const text = read('deploy/compose.yaml').replace(/\$\{(\w+)[^}]*\}/g, (_all, name: string) => variables[name] ?? '');
  const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> };
  const ordered = new Map<string, DeployedProcess>();
  const add = (name: string): void => {
    const service = services[name];
    if (service === undefined || ordered.has(name)) return;
    const { depends_on: before = [] } = service;
    for (const other of Array.isArray(before) ? before : Object.keys(before)) add(other);
    const own = service.image.startsWith('clientele') ? image() : { command: [], environment: {} };
    ordered.set(name, {
      command: service.command ?? own.command,
      environment: { ...own.environment, ...service.environment },
    });
  };
  Object.keys(services).forEach(add);
  return ordered;
}

interface Container {
  readonly command?: string[];
  readonly env: { readonly name: string; readonly valueFrom: { readonly secretKeyRef: { readonly name: string } } }[];
}

/** A job or a deployment of kubernetes/; `secrets` has the values of secrets by their name. */
export function podOf(file: string, secrets: Readonly<Record<string, string>>): DeployedProcess {
  const { spec } = parse(read(`deploy/kubernetes/${file}`)) as {
    spec: { template: { spec: { containers: [Container] } } };
  };
  const [container] = spec.template.spec.containers;
  const settings = read('deploy/kubernetes/settings/settings.env').split('\n');
  const { command, environment } = image();
  return {
    command: container.command ?? command,
    environment: {
      ...environment,
      ...pairs(settings.filter((line) => /^[A-Z]/.test(line))),
      ...Object.fromEntries(
        container.env.map(({ name, valueFrom }) => [name, secrets[valueFrom.secretKeyRef.name] ?? '']),
      ),
    },
  };
}

/** The unit of systemd for a port; `environment` is what stands in /etc/clientele/environment. */
export function unit(port: number, environment: string): DeployedProcess {
  const lines = read('deploy/systemd/clientele@.service').replaceAll('%i', String(port)).split('\n');
  const values = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  return {
    command: values('ExecStart')[0]?.split(' ') ?? [],
    environment: { ...pairs(values('Environment')), ...pairs(environment.trim().split('\n')) },
  };
}
