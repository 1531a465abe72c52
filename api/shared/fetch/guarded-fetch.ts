import { parseUrl } from '../../../openapi/parse-url.ts';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { traced, traceHeaders } from '../tracing.ts';
import { checkedLookup, specialAddress } from './special-addresses.ts';

export interface GuardedFetchOptions {
  /**
   * Whether an administrator has set the addresses: then private ones are fetched from as well, loopback without TLS,
   * and JSON is taken under any media type, as servers of key sets send it.
   */
  readonly configured?: true;
  /** Hosts (`host` or `host:port`) that may be private or loopback addresses, and may be spoken to without TLS. */
  readonly allow: readonly string[];
  /** The only hosts (`host` or `host:port`) that addresses and redirects may name; any when it is left out. */
  readonly within?: readonly string[];
  /** A certificate authority in PEM that is trusted beside the usual ones. */
  readonly ca?: string;
  /** Finds the addresses of hosts; the system's way when it is left out. */
  readonly lookup?: LookupFunction;
  /** How long one exchange may take, its redirects included. */
  readonly milliseconds?: number;
  /** How long an answer may be. */
  readonly mostBytes?: number;
}

export interface FetchedDocument {
  readonly body: string;
  readonly cacheControl?: string;
}

/** Fetches the JSON document at an address. Rejects with an error whose message is for the log. */
export type GuardedFetch = (url: string) => Promise<FetchedDocument>;

const MILLISECONDS = 5_000;
const MOST_BYTES = 64 * 1024;
const MOST_REDIRECTS = 3;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const JSON_TYPE = /^application\/([a-z0-9.-]+\+)?json$/;
// Compressed bodies are not taken at all, so that a small one cannot unfold into a large one.
const HEADERS = { Accept: 'application/json', 'Accept-Encoding': 'identity', 'User-Agent': 'clientele' };

/**
 * The one way out of this service: https only, and the address that is connected to (not the name that was asked for)
 * is a public one, unless the host is allowed or an administrator has set the address. Redirects are checked like the
 * first address. An answer is a 200 with JSON of at most 64 KiB, within 5 seconds.
 */
export function guardedFetcher(options: GuardedFetchOptions): GuardedFetch {
  const { allow, ca, lookup, milliseconds = MILLISECONDS } = options;
  const isConfigured = options.configured === true;
  const limits = { mostBytes: options.mostBytes ?? MOST_BYTES, anyType: isConfigured };
  const allowed = new Set(allow.map((host) => host.toLowerCase()));
  const within = options.within && new Set(options.within.map((host) => host.toLowerCase()));
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const agents = {
    public: new HttpsAgent({ ...trust, lookup: checkedLookup(lookup) }),
    allowed: new HttpsAgent(trust),
    plain: new HttpAgent(),
  };

  const exchange = (url: URL, signal: AbortSignal): Promise<IncomingMessage> => {
    const isListed = isAmong(allowed, url);
    if (within !== undefined && !isAmong(within, url))
      throw new Error(`the host ${url.host} is not among those that may be asked`);
    const isAllowed = isListed || isConfigured;
    checkAddress(url, { isAllowed, isPlainAllowed: isListed || (isConfigured && LOOPBACK.test(url.hostname)) });
    return new Promise((resolve, reject) => {
      // Only those whom an administrator has named learn of traces.
      const headers = isConfigured ? { ...HEADERS, ...traceHeaders() } : HEADERS;
      const options = { headers, signal };
      const request =
        url.protocol === 'http:'
          ? httpRequest(url, { ...options, agent: agents.plain })
          : httpsRequest(url, { ...options, agent: isAllowed ? agents.allowed : agents.public });
      request.once('response', resolve).on('error', reject).end();
    });
  };

  const follow = async (address: string, signal: AbortSignal): Promise<FetchedDocument> => {
    let url = parseAddress(address);
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const response = await exchange(url, signal);
      const target = redirectOf(response);
      if (target === undefined) return readDocument(response, limits);
      response.destroy();
      url = parseAddress(target, url.href);
    }
    throw new Error(`the address redirects more than ${MOST_REDIRECTS} times`);
  };

  return async (address) => {
    const signal = AbortSignal.timeout(milliseconds);
    try {
      const host = parseUrl(address)?.host ?? '';
      return await traced('fetch', { 'server.address': host }, () => follow(address, signal));
    } catch (error) {
      throw signal.aborted ? new Error(`there is no answer within ${milliseconds} ms`, { cause: error }) : error;
    }
  };
}

function parseAddress(address: string, base?: string): URL {
  const url = parseUrl(address, base);
  if (url === undefined) throw new Error('the address is not a URL');
  return url;
}

const isAmong = (hosts: ReadonlySet<string>, url: URL): boolean =>
  hosts.has(url.hostname) || hosts.has(`${url.hostname}:${portOf(url)}`);

const portOf = (url: URL): string => (url.port !== '' ? url.port : url.protocol === 'http:' ? '80' : '443');

interface Permission {
  /** Whether it may lead into private networks. */
  readonly isAllowed: boolean;
  /** Whether it may be without TLS. */
  readonly isPlainAllowed: boolean;
}

function checkAddress(url: URL, { isAllowed, isPlainAllowed }: Permission): void {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isPlainAllowed)) {
    throw new Error(`${url.protocol}//${url.host} is not https`);
  }
  const special = isAllowed ? undefined : specialAddress(url.hostname.replace(/^\[|\]$/g, ''));
  if (special !== undefined) throw new Error(special);
  if (url.username !== '' || url.password !== '') throw new Error(`the address on ${url.host} has credentials in it`);
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return REDIRECTS.has(statusCode) ? headers.location : undefined;
}

interface Limits {
  readonly mostBytes: number;
  readonly anyType: boolean;
}

async function readDocument(response: IncomingMessage, { mostBytes, anyType }: Limits): Promise<FetchedDocument> {
  try {
    checkHead(response, anyType);
    const cacheControl = response.headers['cache-control'];
    return { body: await readBody(response, mostBytes), ...(cacheControl !== undefined && { cacheControl }) };
  } finally {
    response.destroy();
  }
}

function checkHead({ statusCode, headers }: IncomingMessage, anyType: boolean): void {
  if (statusCode !== 200) throw new Error(`the answer has status ${statusCode}`);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw new Error('the answer is compressed');
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!anyType && !JSON_TYPE.test(type))
    throw new Error(`the answer is ${type === '' ? 'of no type' : type}, not JSON`);
}

async function readBody(response: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`the answer is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
