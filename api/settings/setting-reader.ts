import { parseUrl } from '../../openapi/parse-url.ts';
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { lookup } from '../../openapi/lookup.ts';
import { authorizationServerIn, type Surroundings } from './authorization-server.ts';
import { isSafeUrl } from './safe-url.ts';
import type { AuthorizationServer } from '../shared/authorization-server.ts';
import { keyRing } from '../shared/keys/key-ring.ts';
import { hostIn, HOSTS_HELD, isRedirectScheme, redirectHost, SCHEMES_HELD } from '../shared/redirect-entry.ts';
import { statementIssuersIn } from './statement-issuers.ts';
import type { StatementIssuer } from '../shared/statement-issuer.ts';
import type { TrustedIssuer } from '../shared/trusted-issuer.ts';
import { trustedIssuersIn } from './trusted-issuers.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How many times in how many seconds. */
export interface RateLimit {
  readonly points: number;
  readonly seconds: number;
}

const SECONDS: Readonly<Record<string, number>> = { sec: 1, min: 60, hour: 3_600 };

/** Reads settings one by one. A wrong one becomes a line of `mistakes`, never with a secret in it, and its default. */
export class SettingReader {
  readonly mistakes: string[] = [];

  constructor(private readonly env: Environment) {}

  text(name: string, fallback: string): string {
    return this.raw(name) ?? fallback;
  }

  list(name: string): string[] {
    return (this.raw(name) ?? '').split(/[,\s]+/).filter((entry) => entry !== '');
  }

  /** `<count>,<days>d`, or `off` for all of them. */
  historyKeep(name: string, fallback: string): { historyKeep?: { count: number; age: number } } {
    const text = this.text(name, fallback);
    const [, count = '', days = ''] = /^([1-9]\d{0,6}),([1-9]\d{0,4})d$/.exec(text) ?? [];
    if (count !== '') return { historyKeep: { count: Number(count), age: Number(days) * 86_400_000 } };
    if (text !== 'off')
      this.mistakes.push(`${name} must be <how many>,<days>d, such as ${fallback}, or off to keep all, not ${text}`);
    return {};
  }

  /** Addresses, subnets, or names of address ranges that Express knows. */
  proxies(name: string): string[] {
    return this.list(name).filter((proxy) => {
      if (isNetwork(proxy) || ['loopback', 'linklocal', 'uniquelocal'].includes(proxy)) return true;
      const what = 'addresses (192.0.2.7), subnets (10.0.0.0/8, 2001:db8::/32), loopback, linklocal or uniquelocal';
      return this.wrong(name, `must hold ${what}, not ${proxy}`, false);
    });
  }

  /** Addresses and subnets. */
  networks(name: string): string[] {
    return this.list(name).filter((network) => {
      if (isNetwork(network)) return true;
      return this.wrong(name, `must hold addresses (192.0.2.7) and subnets (10.0.0.0/8), not ${network}`, false);
    });
  }

  /** The name of a header, in lower case. */
  header<K extends string>(name: string, member: K): Partial<Record<K, string>> {
    const text = this.raw(name)?.toLowerCase();
    if (text === undefined) return {};
    if (/^[a-z0-9-]{1,64}$/.test(text)) return { [member]: text } as Record<K, string>;
    return this.wrong(name, 'must be the name of a header, such as X-Client-Cert', {});
  }

  /** `host:port`, or a port of this machine only. */
  address(name: string): { host: string; port: number } | undefined {
    const text = this.raw(name);
    if (text === undefined) return undefined;
    const [, host = '127.0.0.1', port = ''] = /^(?:(\[[\da-f:.]+\]|[^:\s[\]]+):)?(\d{1,5})$/i.exec(text) ?? [];
    if (Number(port) > 0 && Number(port) <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
    this.mistakes.push(`${name} must be host:port, or a port on this machine, not ${text}`);
    return undefined;
  }

  /** Where spans go is read by OpenTelemetry itself, as are its other variables. */
  tracing(): { tracing?: { service: string } } {
    const name = 'OTEL_EXPORTER_OTLP_ENDPOINT';
    const text = this.raw(name);
    if (text === undefined) return {};
    const url = parseUrl(text);
    if (url === undefined || !/^https?:$/.test(url.protocol))
      return this.wrong(name, 'must be the URL of a receiver of OTLP over HTTP, such as http://localhost:4318', {});
    return { tracing: { service: this.text('OTEL_SERVICE_NAME', 'clientele') } };
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.raw(name);
    if (text === undefined) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    return this.wrong(name, `must be a number from ${least} to ${most}, not ${text}`, fallback);
  }

  /** The first of `choices` is the default. */
  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const text = this.raw(name) ?? choices[0];
    const known = choices.find((choice) => choice === text);
    return known ?? this.wrong(name, `must be one of ${[...new Set(choices)].join(', ')}, not ${text}`, choices[0]);
  }

  issuer(name: string, fallback: string): string {
    const text = this.raw(name) ?? fallback;
    const fault = text.endsWith('/') ? 'must not end with a slash' : issuerFault(text);
    return fault === undefined ? text : this.wrong(name, fault, fallback);
  }

  /** Hosts, or hosts with a port, as they stand in a parsed URL. */
  hosts(name: string): string[] {
    return this.list(name).flatMap((entry) => {
      const host = hostIn(entry);
      if (host !== undefined) return [host];
      return this.wrong(name, `must hold hosts (keys.internal, 10.0.0.7:8443, [fd00::7]), not ${entry}`, []);
    });
  }

  /** Schemes, or whole redirect URIs of them, in the setting or in the file that stands for it. */
  redirectSchemes(name: string): string[] {
    return this.listOrFile(name).filter(
      (entry) => isRedirectScheme(entry) || this.wrong(name, `must hold ${SCHEMES_HELD}, not ${entry}`, false),
    );
  }

  /** Hosts, or `*.` and a host for its subdomains, in the setting or in the file that stands for it. */
  redirectHosts(name: string): string[] {
    return this.listOrFile(name).flatMap(
      (entry) => redirectHost(entry) ?? this.wrong(name, `must hold ${HOSTS_HELD}, not ${entry}`, []),
    );
  }

  origins(name: string): string[] {
    return this.list(name).filter((origin) => {
      const isWeb = parseUrl(origin)?.origin === origin && !origin.includes('*');
      if (isWeb || APP_ORIGIN.test(origin)) return true;
      return this.wrong(name, `must hold origins such as https://admin.example.com, not ${origin}`, false);
    });
  }

  databaseUrl(name: string, fallback: string): string {
    const text = this.raw(name) ?? fallback;
    if (isDatabaseUrl(text)) return text;
    return this.wrong(name, 'must be sqlite:<file> or mysql://user:password@host:port/name', fallback);
  }

  /** The address of a replica of the database, which is a server. */
  databaseReader(name: string): { databaseReaderUrl?: string } {
    const text = this.raw(name);
    if (text === undefined) return {};
    if (text.startsWith('mysql://') && isDatabaseUrl(text)) return { databaseReaderUrl: text };
    return this.wrong(name, 'must be mysql://user:password@host:port/name', {});
  }

  rate(name: string, fallback: string): RateLimit {
    const [, points = '', unit = ''] = /^(\d{1,9})\/(sec|min|hour)$/.exec(this.raw(name) ?? fallback) ?? [];
    const seconds = lookup(SECONDS, unit);
    if (seconds !== undefined && Number(points) > 0) return { points: Number(points), seconds };
    return this.wrong(name, 'must be <count>/sec, <count>/min or <count>/hour', { points: 1, seconds: 60 });
  }

  trustedIssuers(name: string): TrustedIssuer[] {
    const entries = (this.raw(name) ?? '').split(/[,\n]+/).map((entry) => entry.trim());
    return entries
      .filter((entry) => entry !== '')
      .flatMap((entry, index) => {
        const parsed = trustedIssuer(entry);
        return typeof parsed === 'string' ? this.wrong(name, `entry ${index + 1} ${parsed}`, []) : [parsed];
      });
  }

  /** The entries of a JSON file; see `trustedIssuersIn`. */
  trustedIssuersFile(name: string): TrustedIssuer[] {
    const text = this.file(name);
    const parsed = text === undefined ? [] : trustedIssuersIn(text, issuerFault);
    return typeof parsed === 'string' ? this.wrong(name, parsed, []) : parsed;
  }

  /** The metadata in a JSON file; see `authorizationServerIn`. */
  authorizationServer(name: string, around: Surroundings): { authorizationServer?: AuthorizationServer } {
    const text = this.file(name);
    if (text === undefined) return {};
    const found = authorizationServerIn(text, around);
    if (!Array.isArray(found)) return { authorizationServer: found as AuthorizationServer };
    for (const fault of found) this.mistakes.push(`${name} ${fault}`);
    return {};
  }

  /** The identifier of a protected resource (RFC 9728 section 2). */
  audience(name: string, fallback: string): string {
    const text = this.text(name, fallback);
    const url = parseUrl(text);
    if (url === undefined) return this.wrong(name, `must be a URL, such as ${fallback}, not ${text}`, fallback);
    if (!isSafeUrl(url)) return this.wrong(name, 'must be https, except on the loopback interface', fallback);
    const isPlain = url.username === '' && url.password === '' && url.search === '' && !text.includes('#');
    return isPlain ? text : this.wrong(name, 'must not have credentials, a query or a fragment', fallback);
  }

  /** The entries of a JSON file; see `statementIssuersIn`. */
  statementIssuers(name: string): StatementIssuer[] {
    const text = this.file(name);
    const parsed = text === undefined ? [] : statementIssuersIn(text);
    return typeof parsed === 'string' ? this.wrong(name, parsed, []) : parsed;
  }

  tls(): { tls?: { cert: string; key: string } } {
    for (const [one, other] of [
      ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
      ['TLS_KEY_FILE', 'TLS_CERT_FILE'],
    ] as const) {
      const alone = this.raw(one) !== undefined && this.raw(other) === undefined;
      if (alone) this.wrong(other, `is needed beside ${one}`, undefined);
    }
    const [cert, key] = [this.file('TLS_CERT_FILE'), this.secretFile('TLS_KEY_FILE')];
    if (cert === undefined || key === undefined) return {};
    try {
      createSecureContext({ cert, key });
      return { tls: { cert, key } };
    } catch {
      return this.wrong('TLS_CERT_FILE', 'and TLS_KEY_FILE are no certificate and its key in PEM', {});
    }
  }

  /** The key ring, out of a variable or a file; the one who can read it reads everything. */
  encryptionKey(): { encryptionKey?: string } {
    const [inPlace, path] = [this.raw('ENCRYPTION_KEY'), this.raw('ENCRYPTION_KEY_FILE')];
    if (inPlace !== undefined && path !== undefined)
      return this.wrong('ENCRYPTION_KEY_FILE', 'is there beside ENCRYPTION_KEY: give one of them', {});
    const name = path === undefined ? 'ENCRYPTION_KEY' : 'ENCRYPTION_KEY_FILE';
    const spec = inPlace ?? this.secretFile('ENCRYPTION_KEY_FILE');
    if (spec === undefined) return {};
    try {
      keyRing(spec);
      return { encryptionKey: spec };
    } catch (error) {
      return this.wrong(name, `is not a key ring: ${error instanceof Error ? error.message : ''}`, {});
    }
  }

  databaseCa(): { databaseCa?: string } {
    const ca = this.file('DATABASE_CA_FILE');
    if (ca === undefined) return {};
    try {
      new X509Certificate(ca);
      return { databaseCa: ca };
    } catch {
      return this.wrong('DATABASE_CA_FILE', 'holds no certificate in PEM', {});
    }
  }

  adminSecret(): { adminSecret?: string } {
    const secret = this.secretFile('ADMIN_SECRET_FILE')?.trim();
    if (secret === undefined) return {};
    if (/^[\x21-\x7E]{16,256}$/.test(secret)) return { adminSecret: secret };
    return this.wrong('ADMIN_SECRET_FILE', 'must hold 16 to 256 printable ASCII characters', {});
  }

  private listOrFile(name: string): string[] {
    const [inPlace, inFile] = [this.list(name), this.file(`${name}_FILE`)];
    if (inFile === undefined) return inPlace;
    if (inPlace.length > 0) return this.wrong(`${name}_FILE`, `is there beside ${name}: give one of them`, inPlace);
    const entries = inFile.split(/[,\s]+/).filter((entry) => entry !== '');
    // A list that was lost on its way here would let everybody in.
    return entries.length > 0 ? entries : this.wrong(`${name}_FILE`, 'names a file without an entry: leave it out', []);
  }

  private raw(name: string): string | undefined {
    const text = lookup(this.env, name)?.trim();
    return text === '' ? undefined : text;
  }

  private file(name: string): string | undefined {
    const path = this.raw(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      this.mistakes.push(`${name} names a file that cannot be read: ${path}`);
      return undefined;
    }
  }

  /** A file that is refused when everybody on the machine can read it. */
  private secretFile(name: string): string | undefined {
    const [path, text] = [this.raw(name), this.file(name)];
    if (path === undefined || text === undefined || !isOpenToAll(path)) return text;
    this.mistakes.push(`${name} can be read by every user of this machine: chmod 600 ${path}`);
    return undefined;
  }

  private wrong<T>(name: string, what: string, instead: T): T {
    this.mistakes.push(`${name} ${what}`);
    return instead;
  }
}

/** Whether the permissions of a file let anybody in. The group may be the one of the service, as in Kubernetes. */
const isOpenToAll = (path: string): boolean => process.getuid !== undefined && (statSync(path).mode & 0o007) !== 0;

/** What pages in apps and extensions of browsers send: a scheme of their own, and no path. */
const APP_ORIGIN = /^(?!(?:https?|ftp|wss?|file|javascript|data|blob):)[a-z][a-z\d+.-]*:\/\/[\w.-]+(?::\d{1,5})?$/;

/** What is wrong with an issuer identifier (RFC 8414 section 2), or undefined. */
function issuerFault(text: string): string | undefined {
  const url = parseUrl(text);
  if (url === undefined) return 'is not a URL';
  const { search, hash, username, password } = url;
  if (username !== '' || password !== '') return 'must not have credentials';
  if (search !== '' || hash !== '') return 'must not have a query or a fragment';
  return isSafeUrl(url) ? undefined : 'must be https, except on the loopback interface';
}

/** Whether the text is an address, or a subnet with as many bits as its family has; the zone of another machine is none of ours. */
function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const most = { 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return most > 0 && (bits === undefined || (Number(bits) > 0 && Number(bits) <= most));
}

function isDatabaseUrl(text: string): boolean {
  // Two connections to a database in memory are two databases.
  if (/^sqlite:.+/.test(text)) return !text.includes(':memory:');
  const url = parseUrl(text);
  if (url === undefined) return false;
  const { protocol, hostname, pathname, search } = url;
  if (search !== '') return false;
  return /^(mysql|mariadb):$/.test(protocol) && hostname !== '' && /^\/[^/]+$/.test(pathname);
}

function trustedIssuer(entry: string): TrustedIssuer | string {
  const [issuer = '', audience = '', scopes = ''] = entry.split('|').map((part) => part.trim());
  const allowed = scopes.split(/\s+/).filter((scope) => scope !== '');
  if (audience === '' || allowed.length === 0) return 'must be issuer|audience|scopes separated by spaces';
  return issuerFault(issuer) ?? { issuer, audience, scopes: allowed };
}
