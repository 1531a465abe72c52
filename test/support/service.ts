import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { openDatabase, type Database } from '../../entities/data-source.ts';
import { compose, foundations, type Ground, type Service } from '../../api/compose.ts';
import { loadConfig } from '../../api/config.ts';
import { listen } from '../../api/http/listen.ts';
import { prepareDataFolder } from '../../api/setup/data-folder.ts';
import { credentialsPath } from '../../api/setup/credentials-file.ts';
import { prepare } from '../../api/setup/prepare.ts';
import type { Clock } from '../../api/shared/clock.ts';
import { keyRing, newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import type { Log, LogFields } from '../../api/shared/log/log.ts';
import { contractFaults } from './contract-check.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { exchange } from './exchange.ts';
import { freePort } from './ports.ts';
import { preparedDatabase } from './prepared-database.ts';
import { nextPair } from './rsa-pairs.ts';

export interface TestClock extends Clock {
  advance(milliseconds: number): void;
  /** Sets the wall clock, as an administrator or NTP does, while time goes on as before. */
  set(milliseconds: number): void;
  /** How long was waited each time, which a test does not. */
  readonly waits: number[];
}

export interface RequestOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly form?: Record<string, string> | URLSearchParams | [string, string][];
  readonly headers?: Record<string, string>;
  /** Sent as it is, with the Content-Type of `headers`. */
  readonly raw?: string | Uint8Array;
}

export interface TestReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests look into replies of every kind; the contract check has seen their shape.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
  readonly body: any;
}

export interface TestService {
  readonly url: string;
  readonly clock: TestClock;
  readonly ground: Ground;
  readonly database: Database;
  readonly work: ReturnType<typeof foundations>['work'];
  readonly logLines: readonly string[];
  readonly admin: { readonly clientId: string; readonly clientSecret: string };
  /** Sends a request, checks the reply against the contract, and returns it. */
  request(method: string, path: string, options?: RequestOptions): Promise<TestReply>;
  /** A token of the administrator with all scopes, or with these. */
  adminToken(scope?: string): Promise<string>;
  /** Resolves when what is written after replies is written. */
  idle(): Promise<void>;
  readonly tasks: Service['tasks'];
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Where it listens on the loopback interface; at some port unless given. */
  readonly port?: number;
  readonly env?: Record<string, string>;
  /** Puts something between the service and its database: gets the address, returns the one to use. */
  readonly wrapDatabase?: (url: string) => Promise<string>;
  /** A certificate authority that fetches from addresses of clients trust. */
  readonly fetchCa?: string;
  /** A database that is not empty, in this folder or of its own; `admin` then is who its administrator is. */
  readonly database?: (folder: string) => Promise<TestDatabase>;
  readonly admin?: TestService['admin'];
}

export const CLIENTS = '/jans-config-api/api/v1/openid/clients';

/** Starts the whole service, on a database without clients unless another one is given, listening on a free port. */
export async function startService(options: StartOptions = {}): Promise<TestService> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
  const created = await databaseFor(options)(folder);
  const databaseUrl = (await options.wrapDatabase?.(created.url)) ?? created.url;
  const port = options.port ?? (await freePort());
  const ringSpec = options.env?.['ENCRYPTION_KEY'] ?? newKeyRingSpec();
  const { config, mistakes } = loadConfig({
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEY: ringSpec,
    RATE_LIMIT: '100000/min',
    REGISTRATION_RATE_LIMIT: '100000/min',
    REGISTRATION_RATE_LIMIT_TOTAL: '100000/min',
    LOG_LEVEL: 'debug',
    // What is found is tested, not how fast the machine is.
    SEARCH_BUDGET: '10000',
    ...options.env,
  });
  const needless = mistakes.filter((line) => !line.startsWith('ADMIN_SECRET_FILE is needed'));
  if (needless.length > 0) throw new Error(needless.join('\n'));
  prepareDataFolder(config.dataDir);
  if (created.credentials !== undefined)
    writeFileSync(credentialsPath(config.dataDir), created.credentials, { mode: 0o600 });
  const database = await openDatabase(config.databaseUrl);
  const logLines: string[] = [];
  const clock = testClock();
  const ground: Ground = {
    config,
    database,
    ring: keyRing(ringSpec),
    clock,
    log: collectingLog(logLines),
    newKeyPair: () => Promise.resolve(nextPair('signing')),
    ...(options.fetchCa !== undefined && { fetchCa: options.fetchCa }),
  };
  await prepare(ground);
  const service = await compose(ground);
  const server = await listen(service.app, config);
  const secrets = new Set<string>([ringSpec]);
  const url = `http://localhost:${port}`;
  const admin = options.admin ?? readAdmin(config.dataDir);
  secrets.add(admin.clientSecret);
  const request = requester(url, secrets);
  return {
    url,
    clock,
    ground,
    database,
    work: foundations(ground).work,
    logLines,
    admin,
    request,
    adminToken: async (scope) => {
      const reply = await request('POST', '/jans-auth/restv1/token', {
        headers: basic(admin.clientId, admin.clientSecret),
        form: { grant_type: 'client_credentials', ...(scope !== undefined && { scope }) },
      });
      expect(reply.status).toBe(200);
      return reply.body.access_token as string;
    },
    idle: () => service.idle(),
    tasks: service.tasks,
    sweep: () => sweep(service),
    stop: () => stop(),
  };

  async function stop(): Promise<void> {
    await server.close(0);
    await service.idle();
    await service.close();
    await database.close();
    await created.drop();
    rmSync(folder, { recursive: true, force: true });
    expectNoSecrets(logLines, secrets);
  }
}

/** What the first start reads, so that the database of another one will not do. */
const OF_FIRST_START = ['ADMIN_SECRET_FILE', 'BUILTIN_ISSUER'];

function databaseFor({ database, env = {} }: StartOptions): NonNullable<StartOptions['database']> {
  return database ?? (OF_FIRST_START.some((name) => name in env) ? createDatabase : preparedDatabase);
}

/** Runs every task that comes again by itself, as if its time had come. */
export async function sweep({ tasks: { service, runner } }: Pick<Service, 'tasks'>): Promise<void> {
  await runner.run();
  const { tasks } = await service.list({ startIndex: 0, limit: 100 });
  for (const { id, kind } of tasks) if (id === kind) await service.resume(id);
  await runner.run();
}

/** The Authorization header of HTTP Basic, form-encoded as RFC 6749 section 2.3.1 wants it. */
export function basic(id: string, secret: string): { Authorization: string } {
  const encode = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);
  return { Authorization: `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}` };
}

function requester(url: string, secrets: Set<string>): TestService['request'] {
  return async (method, path, { token, body, form, headers = {}, raw } = {}) => {
    const type = form !== undefined ? 'application/x-www-form-urlencoded' : 'application/json';
    const content =
      raw ??
      (form !== undefined
        ? new URLSearchParams(form).toString()
        : body === undefined
          ? undefined
          : JSON.stringify(body));
    noteSecrets(body, secrets);
    const key = headers['Idempotency-Key'];
    if (key !== undefined && key.length >= 16) secrets.add(key.replaceAll('"', ''));
    const {
      status,
      headers: fields,
      text,
    } = await exchange(url + path, {
      method,
      headers: {
        ...(content !== undefined && raw === undefined && { 'Content-Type': type }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(content !== undefined && { content }),
    });
    const parsed = parse(text);
    noteSecrets(parsed, secrets);
    const mediaType = fields.get('content-type');
    const faults = contractFaults({
      method,
      path: new URL(url + path).pathname,
      status,
      mediaType,
      body: mediaType?.startsWith('text/plain') === true ? text : parsed,
    });
    if (faults.length > 0)
      throw new Error(`the reply is not as the contract has it:\n${faults.join('\n')}\n${text.slice(0, 500)}`);
    return { status, headers: fields, text, body: parsed };
  };
}

const SECRET_MEMBERS = [
  'clientSecret',
  'clientSecretHash',
  'access_token',
  'client_secret',
  'token',
  'registration_access_token',
];

function noteSecrets(value: unknown, secrets: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  for (const name of SECRET_MEMBERS) {
    const secret = (value as Record<string, unknown>)[name];
    if (typeof secret === 'string' && secret.length >= 16) secrets.add(secret);
  }
}

/** No secret of the run is anywhere in its log. */
function expectNoSecrets(lines: readonly string[], secrets: ReadonlySet<string>): void {
  const leaks = lines.filter((line) => [...secrets].some((secret) => line.includes(secret)));
  expect(leaks).toEqual([]);
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function testClock(): TestClock {
  let [passed, correction] = [0, 0];
  const waits: number[] = [];
  return {
    waits,
    wait: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    now: () => Date.now() + passed + correction,
    elapsed: () => performance.now() + passed,
    advance: (milliseconds) => (passed += milliseconds),
    set: (milliseconds) => (correction += milliseconds),
  };
}

function collectingLog(lines: string[]): Log {
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push(JSON.stringify({ level, message, ...fields }));
    };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

function readAdmin(dataDir: string): TestService['admin'] {
  // Without the built-in issuer there is none.
  if (!existsSync(credentialsPath(dataDir))) return { clientId: 'none', clientSecret: randomUUID() };
  const file = JSON.parse(readFileSync(credentialsPath(dataDir), 'utf8')) as {
    client_id: string;
    client_secret: string;
  };
  return { clientId: file.client_id, clientSecret: file.client_secret };
}
