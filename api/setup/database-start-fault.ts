import { parseUrl } from '../../openapi/parse-url.ts';

interface DriverError {
  readonly code?: string;
  readonly message?: string;
}

/** Where the database is, of its address; the password stays out of it. */
interface Place {
  /** The setting that has the address. */
  readonly setting: string;
  readonly host: string;
  readonly user: string;
  readonly name: string;
  /** Whether the connection is TLS. */
  readonly tls: boolean;
}

type Words = (place: Place, reason: string) => string;

/** The driver has one code for whatever is wrong with a certificate, and the reason as OpenSSL or Node say it. */
const certificate: Words = ({ setting, host }, reason) => {
  if (/altnames|does not match/i.test(reason))
    return `${setting}: the certificate of the database server is not for ${host} (${reason})`;
  if (/expired/i.test(reason)) return `${setting}: the certificate of the database server has ended (${reason})`;
  return `DATABASE_CA_FILE: the certificate of the database server comes from none of its authorities (${reason})`;
};

/** By the code of the driver or of the system; what the setting is that has to be looked at comes first. */
const FAULTS: ReadonlyMap<string, Words> = new Map<string, Words>([
  ['ER_ACCESS_DENIED_ERROR', denied],
  ['ER_ACCESS_DENIED_NO_PASSWORD_ERROR', denied],
  [
    'ER_DBACCESS_DENIED_ERROR',
    ({ setting, user, name }) => `${setting}: the user ${user} may not use the database ${name}`,
  ],
  ['ER_BAD_DB_ERROR', ({ setting, name }) => `${setting}: the server has no database ${name}`],
  [
    'ER_HOST_NOT_PRIVILEGED',
    ({ setting, host }) => `${setting}: the server at ${host} takes no connections from this machine`,
  ],
  ['ER_SECURE_TRANSPORT_REQUIRED', () => 'DATABASE_CA_FILE is needed: the database server wants TLS'],
  [
    'HANDSHAKE_NO_SSL_SUPPORT',
    ({ host }) => `DATABASE_CA_FILE asks for TLS, which the database server at ${host} does not have`,
  ],
  ['HANDSHAKE_SSL_ERROR', certificate],
  ['ECONNREFUSED', ({ setting, host }) => `${setting}: nothing answers at ${host}`],
  ['ENOTFOUND', ({ setting, host }) => `${setting}: the name in ${host} is not known`],
  ['ETIMEDOUT', ({ setting, host }) => `${setting}: ${host} does not answer`],
]);

/** A server tells nobody whether the name, the password or the missing TLS was it. */
function denied({ setting, user, tls }: Place): string {
  const or = tls ? '' : ', or it wants TLS, which needs DATABASE_CA_FILE';
  return `${setting}: the server does not let ${user} in: the name or the password is wrong${or}`;
}

/** Why a database cannot be opened, in words that name the setting with its address. The innermost cause says most. */
export function databaseStartFault(error: unknown, url: string, tls: boolean, setting = 'DATABASE_URL'): string {
  const chain = causesOf(error);
  const known = chain.findLast(({ code }) => code !== undefined && FAULTS.has(code));
  const { code, message } = known ?? chain.at(-1) ?? {};
  const words = code === undefined ? undefined : FAULTS.get(code);
  const reason = message?.split('\n')[0] ?? 'unknown';
  const address = parseUrl(url);
  if (words === undefined || address === undefined)
    return `${setting}: the database cannot be opened (${code ?? reason})`;
  const { host, username, pathname } = address;
  return words({ setting, host, user: decodeURIComponent(username), name: pathname.slice(1), tls }, reason);
}

/** An error and what caused it, the innermost last. */
function causesOf(error: unknown): DriverError[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, message, cause } = error as DriverError & { readonly cause?: unknown };
  const own = { ...(typeof code === 'string' && { code }), ...(typeof message === 'string' && { message }) };
  return [own, ...causesOf(cause)];
}
