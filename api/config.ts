import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { keyRing } from './shared/key-ring.ts';
import { LOG_LEVELS, type LogLevel } from './shared/log.ts';

export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** The scopes that its tokens may bring. */
  readonly scopes: readonly string[];
}

export interface RateLimit {
  readonly points: number;
  readonly seconds: number;
}

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly trustProxy: readonly string[];
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly issuer: string;
  readonly audience: string;
  readonly builtInIssuer: boolean;
  readonly trustedIssuers: readonly TrustedIssuer[];
  readonly recoverableSecrets: boolean;
  /** The key ring, or undefined: it is kept in the data folder then. */
  readonly encryptionKey?: string;
  /** The secret of the first administrator, or undefined: one is made then. */
  readonly adminSecret?: string;
  readonly corsOrigins: readonly string[];
  readonly fetchAllow: readonly string[];
  readonly rateLimit: RateLimit;
  readonly accessTokenTtl: number;
  readonly logLevel: LogLevel;
  readonly docs: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings, and one line for each mistake in them; with mistakes the settings are not to be used. */
export interface LoadedConfig {
  readonly config: Config;
  readonly mistakes: readonly string[];
}

/** Reads the settings from the environment and finds every mistake at once. */
export function loadConfig(env: Environment): LoadedConfig {
  const reader = settingReader(env);
  const port = reader.integer('PORT', 8080, 0, 65_535);
  const issuer = reader.url('ISSUER', `http://localhost:${port}`);
  const dataDir = resolve(reader.text('DATA_DIR', './data'));
  const databaseUrl = reader.databaseUrl('DATABASE_URL', `sqlite:${join(dataDir, 'clientele.sqlite')}`);
  const config: Config = {
    host: reader.text('HOST', '127.0.0.1'),
    port,
    ...reader.tls(),
    trustProxy: reader.list('TRUST_PROXY'),
    databaseUrl,
    dataDir,
    issuer,
    audience: reader.text('AUDIENCE', `${issuer}/jans-config-api`),
    builtInIssuer: reader.choice('BUILTIN_ISSUER', ['on', 'off']) === 'on',
    trustedIssuers: reader.trustedIssuers('TRUSTED_ISSUERS'),
    recoverableSecrets: reader.choice('CLIENT_SECRETS', ['once', 'recoverable']) === 'recoverable',
    ...reader.encryptionKey(),
    ...reader.adminSecret(),
    corsOrigins: reader.origins('CORS_ORIGINS'),
    fetchAllow: reader.list('FETCH_ALLOW'),
    rateLimit: reader.rate('RATE_LIMIT', '20/min'),
    accessTokenTtl: reader.integer('ACCESS_TOKEN_TTL', 300, 10, 3_600),
    logLevel: reader.choice('LOG_LEVEL', ['info', ...LOG_LEVELS]),
    docs: reader.choice('DOCS', ['on', 'off']) === 'on',
  };
  return { config: Object.freeze(config), mistakes: [...reader.mistakes, ...contradictions(config)] };
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;

/** Settings that are fine by themselves and not together. */
function contradictions(config: Config): string[] {
  const lines: string[] = [];
  if (!LOOPBACK.test(config.host) && config.tls === undefined && config.trustProxy.length === 0) {
    lines.push(`HOST=${config.host} is reachable from outside: set TLS_CERT_FILE and TLS_KEY_FILE, or TRUST_PROXY when a proxy ends TLS`);
  }
  if (!config.databaseUrl.startsWith('sqlite:')) {
    if (config.encryptionKey === undefined) lines.push('ENCRYPTION_KEY is needed when the database is not embedded');
    if (config.adminSecret === undefined) lines.push('ADMIN_SECRET_FILE is needed when the database is not embedded');
  }
  if (!config.builtInIssuer && config.trustedIssuers.length === 0) {
    lines.push('BUILTIN_ISSUER=off needs TRUSTED_ISSUERS, or nobody could call the API');
  }
  return lines;
}

interface SettingReader {
  readonly mistakes: string[];
  text(name: string, fallback: string): string;
  integer(name: string, fallback: number, least: number, most: number): number;
  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T;
  list(name: string): string[];
  url(name: string, fallback: string): string;
  origins(name: string): string[];
  databaseUrl(name: string, fallback: string): string;
  rate(name: string, fallback: string): RateLimit;
  trustedIssuers(name: string): TrustedIssuer[];
  tls(): Pick<Config, 'tls'>;
  encryptionKey(): Pick<Config, 'encryptionKey'>;
  adminSecret(): Pick<Config, 'adminSecret'>;
}

function settingReader(env: Environment): SettingReader {
  const mistakes: string[] = [];
  const raw = (name: string): string | undefined => env[name]?.trim() || undefined;
  const wrong = <T>(name: string, what: string, instead: T): T => {
    mistakes.push(`${name} ${what}`);
    return instead;
  };
  const list = (name: string): string[] => (raw(name) ?? '').split(/[,\s]+/).filter((entry) => entry !== '');
  const file = (name: string): string | undefined => {
    const path = raw(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return wrong(name, `names a file that cannot be read: ${path}`, undefined);
    }
  };
  return {
    mistakes,
    list,
    text: (name, fallback) => raw(name) ?? fallback,
    integer(name, fallback, least, most) {
      const text = raw(name);
      if (text === undefined) return fallback;
      const value = /^\d+$/.test(text) ? Number(text) : NaN;
      return value >= least && value <= most ? value : wrong(name, `must be a number from ${least} to ${most}, not ${text}`, fallback);
    },
    choice(name, choices) {
      const text = raw(name) ?? choices[0];
      return choices.find((choice) => choice === text) ?? wrong(name, `must be one of ${[...new Set(choices)].join(', ')}, not ${text}`, choices[0]);
    },
    url: (name, fallback) => {
      const fault = issuerFault(raw(name) ?? fallback);
      return fault === undefined ? (raw(name) ?? fallback) : wrong(name, fault, fallback);
    },
    origins: (name) =>
      list(name).filter((origin) => {
        const exact = URL.canParse(origin) && new URL(origin).origin === origin;
        return exact || wrong(name, `must hold origins such as https://admin.example.com, not ${origin}`, false);
      }),
    databaseUrl: (name, fallback) => databaseUrl(raw(name) ?? fallback) ?? wrong(name, 'must be sqlite:<file> or mysql://user:password@host:port/name', fallback),
    rate: (name, fallback) => parseRate(raw(name) ?? fallback) ?? wrong(name, 'must be <count>/sec, <count>/min or <count>/hour', { points: 20, seconds: 60 }),
    trustedIssuers: (name) =>
      (raw(name) ?? '').split(/[,\n]+/).map((entry) => entry.trim()).filter((entry) => entry !== '').flatMap((entry, index) => {
        const parsed = trustedIssuer(entry);
        return typeof parsed === 'string' ? wrong(name, `entry ${index + 1} ${parsed}`, []) : [parsed];
      }),
    tls() {
      const [cert, key] = [file('TLS_CERT_FILE'), file('TLS_KEY_FILE')];
      if (raw('TLS_CERT_FILE') !== undefined && raw('TLS_KEY_FILE') === undefined) wrong('TLS_KEY_FILE', 'is needed beside TLS_CERT_FILE', 0);
      if (raw('TLS_KEY_FILE') !== undefined && raw('TLS_CERT_FILE') === undefined) wrong('TLS_CERT_FILE', 'is needed beside TLS_KEY_FILE', 0);
      return cert === undefined || key === undefined ? {} : { tls: { cert, key } };
    },
    encryptionKey() {
      const spec = raw('ENCRYPTION_KEY');
      if (spec === undefined) return {};
      try {
        keyRing(spec);
        return { encryptionKey: spec };
      } catch (error) {
        return wrong('ENCRYPTION_KEY', error instanceof Error ? `is not a key ring: ${error.message}` : '', {});
      }
    },
    adminSecret() {
      const secret = file('ADMIN_SECRET_FILE')?.trim();
      if (secret === undefined) return {};
      return /^[\x21-\x7E]{16,256}$/.test(secret) ? { adminSecret: secret } : wrong('ADMIN_SECRET_FILE', 'must hold 16 to 256 printable ASCII characters', {});
    },
  };
}

/** What is wrong with an issuer identifier (RFC 8414 section 2), or undefined. */
function issuerFault(text: string): string | undefined {
  if (!URL.canParse(text)) return `is not a URL: ${text}`;
  const { protocol, hostname, search, hash } = new URL(text);
  if (search !== '' || hash !== '') return 'must not have a query or a fragment';
  if (text.endsWith('/')) return 'must not end with a slash';
  const safe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  return safe ? undefined : 'must be https, except on the loopback interface';
}

function databaseUrl(text: string): string | undefined {
  if (/^sqlite:.+/.test(text)) return text;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, pathname } = new URL(text);
  const complete = /^(mysql|mariadb):$/.test(protocol) && hostname !== '' && /^\/[^/]+$/.test(pathname);
  return complete ? text : undefined;
}

const SECONDS: Readonly<Record<string, number>> = { sec: 1, min: 60, hour: 3_600 };

function parseRate(text: string): RateLimit | undefined {
  const [, points = '', unit = ''] = /^(\d{1,9})\/(sec|min|hour)$/.exec(text) ?? [];
  const seconds = SECONDS[unit];
  return seconds === undefined || Number(points) === 0 ? undefined : { points: Number(points), seconds };
}

function trustedIssuer(entry: string): TrustedIssuer | string {
  const [issuer = '', audience = '', scopes = ''] = entry.split('|').map((part) => part.trim());
  const allowed = scopes.split(/\s+/).filter((scope) => scope !== '');
  if (audience === '' || allowed.length === 0) return 'must be issuer|audience|scopes separated by spaces';
  const fault = issuerFault(issuer);
  return fault === undefined ? { issuer, audience, scopes: allowed } : fault;
}
