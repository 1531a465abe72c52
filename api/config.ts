import { join, resolve } from 'node:path';
import type { AuthorizationServer } from './shared/authorization-server.ts';
import { LOG_LEVELS, type LogLevel } from './shared/log/log.ts';
import type { StatementIssuer } from './shared/statement-issuer.ts';
import type { TrustedIssuer } from './shared/trusted-issuer.ts';
import { LOOPBACK } from './settings/safe-url.ts';
import { SettingReader, type Environment, type RateLimit } from './settings/setting-reader.ts';
import { unusedRules, type UnusedSettings } from './settings/unused-rules.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The proxies whose `X-Forwarded-*` headers are believed. */
  readonly trustProxy: readonly string[];
  /** The header, in lower case, in which such a proxy says whose certificate it has seen. */
  readonly clientCertHeader?: string;
  readonly databaseUrl: string;
  /** A replica of the database, for reading. */
  readonly databaseReaderUrl?: string;
  /** By how much that may be behind to be read, in milliseconds. */
  readonly databaseReaderLag: number;
  /** Authorities in PEM, one of which has signed the certificates of the database servers; without it there is no TLS. */
  readonly databaseCa?: string;
  readonly dataDir: string;
  /** The public base URL, which is the issuer of tokens. */
  readonly issuer: string;
  /** The audience that tokens must have. */
  readonly audience: string;
  readonly builtInIssuer: boolean;
  /** The authorization server of the deployment, as far as discovery here tells about it. */
  readonly authorizationServer?: AuthorizationServer;
  readonly trustedIssuers: readonly TrustedIssuer[];
  readonly recoverableSecrets: boolean;
  /** Who may register clients dynamically: nobody, whoever has an initial access token, anyone. */
  readonly registration: 'off' | 'token' | 'open';
  /** Whose registrations wait until an administrator approves them: nobody's, all, those that nobody vouches for. */
  readonly registrationApproval: 'off' | 'all' | 'unvouched';
  /** How long rejected clients are kept, in milliseconds. */
  readonly rejectedKeep: number;
  /** How long such clients live, in seconds, where they do not ask for less; 0 for ever. */
  readonly registrationLifetime: number;
  /** Where clients that register themselves may have users sent back to. */
  readonly registrationRedirects: { readonly schemes: readonly string[]; readonly hosts: readonly string[] };
  /** When clients that nobody uses are reported, disabled and removed; left out where they stay. */
  readonly unused?: UnusedSettings;
  /** The issuers whose software statements are taken, beside the built-in one. */
  readonly statementIssuers: readonly StatementIssuer[];
  /** Whether clients register with a software statement only. */
  readonly requireStatement: boolean;
  /** Whether clients register with a signed request only. */
  readonly requireSigned: boolean;
  /** How long clients that were removed can be restored, in milliseconds; 0 for not at all. */
  readonly removedKeep: number;
  /** How many revisions are kept of each resource, and for how long (milliseconds); all of them where it is left out. */
  readonly historyKeep?: { readonly count: number; readonly age: number };
  /** Whether administrators say why they change something. */
  readonly requireReason: boolean;
  /** Whether public clients that register with the same metadata are one client. */
  readonly registrationReuse: boolean;
  /** Whether each use of a registration access token brings another one. */
  readonly rotateRegistrationToken: boolean;
  /** The key ring; when it is left out, it is kept in the data folder. */
  readonly encryptionKey?: string;
  /** The secret of the first administrator; when it is left out, one is made. */
  readonly adminSecret?: string;
  readonly corsOrigins: readonly string[];
  /** Origins whose pages may register and get tokens, beside those. */
  readonly registrationCorsOrigins: readonly string[];
  /** Hosts on private networks that addresses named by clients may lead to. */
  readonly fetchAllow: readonly string[];
  readonly rateLimit: RateLimit;
  /** How often clients may register and change themselves. */
  readonly registrationLimits: {
    readonly perSource: RateLimit;
    readonly total: RateLimit;
    readonly exempt: readonly string[];
  };
  /** In seconds. */
  readonly accessTokenTtl: number;
  /** How many processes serve, kept by one more. */
  readonly workers: number;
  /** How many connections the API takes at the same time. */
  readonly maxConnections: number;
  /** How long a reply may be under way, in seconds. */
  readonly replyTimeout: number;
  /** How long a search may take, in milliseconds. */
  readonly searchBudget: number;
  readonly logLevel: LogLevel;
  readonly docs: boolean;
  /** Where metrics are served without a token. */
  readonly metrics?: { readonly host: string; readonly port: number };
  readonly fastHttp: boolean;
  /** The name of this service in traces, which are sent somewhere where this is set. */
  readonly tracing?: { readonly service: string };
}

/** The settings, and one line for each mistake in them; with mistakes the settings are not to be used. */
export interface LoadedConfig {
  readonly config: Config;
  readonly mistakes: readonly string[];
}

/** Reads the settings from the environment and finds every mistake at once. */
export function loadConfig(env: Environment): LoadedConfig {
  const reader = new SettingReader(env);
  const port = reader.integer('PORT', 8080, 0, 65_535);
  const issuer = reader.issuer('ISSUER', `http://localhost:${port}`);
  const dataDir = resolve(reader.text('DATA_DIR', './data'));
  const metrics = reader.address('METRICS');
  const builtInIssuer = reader.choice('BUILTIN_ISSUER', ['on', 'off']) === 'on';
  const config: Config = {
    host: reader.text('HOST', '127.0.0.1'),
    port,
    ...reader.tls(),
    trustProxy: reader.proxies('TRUST_PROXY'),
    ...reader.header('CLIENT_CERT_HEADER', 'clientCertHeader'),
    databaseUrl: reader.databaseUrl('DATABASE_URL', `sqlite:${join(dataDir, 'clientele.sqlite')}`),
    dataDir,
    issuer,
    audience: reader.audience('AUDIENCE', `${issuer}/jans-config-api`),
    builtInIssuer,
    ...reader.authorizationServer('AUTHORIZATION_SERVER_FILE', { issuer, builtInIssuer }),
    trustedIssuers: [...reader.trustedIssuers('TRUSTED_ISSUERS'), ...reader.trustedIssuersFile('TRUSTED_ISSUERS_FILE')],
    recoverableSecrets: reader.choice('CLIENT_SECRETS', ['once', 'recoverable']) === 'recoverable',
    ...registrationSettings(reader),
    removedKeep: reader.integer('REMOVED_KEEP_DAYS', 30, 0, 36_500) * 86_400_000,
    ...reader.historyKeep('HISTORY_KEEP', '100,400d'),
    requireReason: reader.choice('REQUIRE_REASON', ['off', 'on']) === 'on',
    ...reader.databaseReader('DATABASE_READER_URL'),
    databaseReaderLag: reader.integer('DATABASE_READER_LAG', 200, 1, 10_000),
    ...reader.databaseCa(),
    ...reader.encryptionKey(),
    ...reader.adminSecret(),
    corsOrigins: reader.origins('CORS_ORIGINS'),
    registrationCorsOrigins: reader.origins('REGISTRATION_CORS_ORIGINS'),
    fetchAllow: reader.hosts('FETCH_ALLOW'),
    rateLimit: reader.rate('RATE_LIMIT', '20/min'),
    accessTokenTtl: reader.integer('ACCESS_TOKEN_TTL', 300, 10, 3_600),
    workers: reader.integer('WORKERS', 1, 1, 64),
    maxConnections: reader.integer('MAX_CONNECTIONS', 2_000, 10, 100_000),
    replyTimeout: reader.integer('REPLY_TIMEOUT', 30, 1, 3_600),
    searchBudget: reader.integer('SEARCH_BUDGET', 2_000, 10, 10_000),
    logLevel: reader.choice('LOG_LEVEL', ['info', ...LOG_LEVELS]),
    docs: reader.choice('DOCS', ['on', 'off']) === 'on',
    ...(metrics !== undefined && { metrics }),
    fastHttp: reader.choice('FAST_HTTP', ['on', 'off']) === 'on',
    ...reader.tracing(),
  };
  return { config: Object.freeze(config), mistakes: mistakesIn(reader, config) };
}

/** Who may register, with what, and for how long. */
const registrationSettings = (reader: SettingReader) => ({
  registration: reader.choice('REGISTRATION', ['token', 'off', 'open']),
  registrationApproval: reader.choice('REGISTRATION_APPROVAL', ['off', 'all', 'unvouched']),
  rejectedKeep: reader.integer('REJECTED_KEEP_DAYS', 30, 0, 36_500) * 86_400_000,
  registrationLifetime: reader.integer('REGISTRATION_LIFETIME', 0, 0, 2_147_483_647),
  registrationRedirects: {
    schemes: reader.redirectSchemes('REGISTRATION_REDIRECT_SCHEMES'),
    hosts: reader.redirectHosts('REGISTRATION_REDIRECT_HOSTS'),
  },
  ...unusedRules(reader),
  registrationReuse: reader.choice('REGISTRATION_REUSE', ['off', 'on']) === 'on',
  rotateRegistrationToken: reader.choice('ROTATE_REGISTRATION_TOKEN', ['off', 'on']) === 'on',
  statementIssuers: reader.statementIssuers('SOFTWARE_STATEMENT_ISSUERS_FILE'),
  requireStatement: reader.choice('REQUIRE_SOFTWARE_STATEMENT', ['off', 'on']) === 'on',
  requireSigned: reader.choice('REGISTRATION_SIGNED', ['off', 'required']) === 'required',
  registrationLimits: {
    perSource: reader.rate('REGISTRATION_RATE_LIMIT', '20/min'),
    total: reader.rate('REGISTRATION_RATE_LIMIT_TOTAL', '600/min'),
    exempt: reader.networks('REGISTRATION_RATE_EXEMPT'),
  },
});

/** What is wrong with settings by themselves, and with those that are fine by themselves. */
function mistakesIn(reader: SettingReader, config: Config): string[] {
  // A variable and the file that can stand for it are one setting.
  const nameOf = (line: string): string | undefined => line.split(/[ =,]/)[0]?.replace(/_FILE$/, '');
  const named = new Set(reader.mistakes.map(nameOf));
  const further = contradictions(config).filter((line) => !named.has(nameOf(line)));
  return [...reader.mistakes, ...further];
}

/** Settings that are fine by themselves and not together. */
function contradictions(config: Config): string[] {
  const lines: string[] = [];
  if (!LOOPBACK.test(config.host) && config.tls === undefined && config.trustProxy.length === 0) {
    const remedy = 'set TLS_CERT_FILE and TLS_KEY_FILE, or TRUST_PROXY when a proxy ends TLS';
    lines.push(`HOST=${config.host} is reachable from outside: ${remedy}`);
  }
  if (config.metrics !== undefined && config.metrics.port === config.port)
    lines.push(`METRICS needs another port than the API, which has ${config.port}`);
  if (config.unused !== undefined && config.removedKeep === 0)
    lines.push('REGISTRATION_UNUSED_DAYS needs REMOVED_KEEP_DAYS: what it removes can be restored');
  if (config.clientCertHeader !== undefined && config.trustProxy.length === 0)
    lines.push('CLIENT_CERT_HEADER needs TRUST_PROXY: from anybody else the header is not believed');
  if (config.databaseUrl.startsWith('sqlite:')) {
    if (config.workers > 1)
      lines.push(
        'WORKERS needs MariaDB: on the embedded database writes take turns in one process; leave it out, or set DATABASE_URL',
      );
    if (config.databaseReaderUrl !== undefined)
      lines.push('DATABASE_READER_URL is for MariaDB; the embedded database has no replicas');
    if (config.databaseCa !== undefined)
      lines.push('DATABASE_CA_FILE is for MariaDB; the embedded database has no connection');
  } else {
    if (config.databaseReaderUrl === config.databaseUrl)
      lines.push('DATABASE_READER_URL is the address in DATABASE_URL, not that of a replica: leave it out');
    if (config.encryptionKey === undefined)
      lines.push('ENCRYPTION_KEY_FILE, or ENCRYPTION_KEY, is needed when the database is not embedded');
    if (config.adminSecret === undefined && config.builtInIssuer)
      lines.push('ADMIN_SECRET_FILE is needed when the database is not embedded');
  }
  if (!config.builtInIssuer && config.trustedIssuers.length === 0) {
    lines.push('BUILTIN_ISSUER=off needs TRUSTED_ISSUERS or TRUSTED_ISSUERS_FILE, or nobody could call the API');
  }
  return lines;
}
