export interface Credentials {
  /** Base URL of the registry. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TokenSource {
  /** A token that is good for some time yet. */
  current(): Promise<string>;
  /** Forgets a token that was refused before its time. */
  discard(token: string): void;
}

/** What the registry or its issuer answered in place of what was asked for. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** For how long a request may take, in milliseconds. */
const TIMEOUT = 10_000;
/** How long before its end a token is renewed, in seconds, since a request with it takes its time. */
const MARGIN = 30;

/** Sends a request that ends in time and is never led to another address with its credentials. */
export const send = (address: string | Request, init: RequestInit = {}): Promise<Response> =>
  fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });

/** The body of a reply as JSON; throws when there is none. */
async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  if (response.ok) return (await response.json()) as Record<string, unknown>;
  throw new RegistryError(response.status, `${response.url} answered ${response.status}: ${await response.text()}`);
}

/**
 * Metadata of the issuer of the registry's tokens (RFC 9728 section 3, OpenID Connect Discovery 1.0 section 4). What speaks
 * for another resource is not believed (RFC 9728 section 3.3): the secret would go to wherever it says.
 */
export async function issuerMetadata(url: string): Promise<Record<string, unknown>> {
  const resource = await jsonOf(await send(`${url}/.well-known/oauth-protected-resource`));
  const [issuer] = resource['authorization_servers'] as string[];
  if (issuer === undefined) throw new RegistryError(0, `${url} names no issuer`);
  if (issuer !== url && resource['resource'] !== `${url}/jans-config-api`)
    throw new RegistryError(0, `${url} speaks for another resource`);
  return jsonOf(await send(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
}

/** The Authorization header of HTTP Basic, with id and secret form-encoded (RFC 6749 section 2.3.1). */
export function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string): string => new URLSearchParams({ v: text }).toString().slice('v='.length);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

interface Token {
  readonly value: string;
  readonly renewAt: number;
}

// region: renewal
/** Tokens for `client_credentials`: one is used until shortly before it ends, and callers at one time share one. */
export function tokenSource({ url, clientId, clientSecret }: Credentials): TokenSource {
  let token: Token | undefined;
  let pending: Promise<Token> | undefined;
  let endpoint: string | undefined;

  async function request(): Promise<Token> {
    endpoint ??= (await issuerMetadata(url))['token_endpoint'] as string;
    const reply = await jsonOf(
      await send(endpoint, {
        method: 'POST',
        headers: { Authorization: basic(clientId, clientSecret) },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      }),
    );
    const lifetime = Number(reply['expires_in']);
    const renewIn = Math.max(lifetime - MARGIN, lifetime / 2);
    return { value: String(reply['access_token']), renewAt: Date.now() + renewIn * 1_000 };
  }

  return {
    async current() {
      if (token !== undefined && Date.now() < token.renewAt) return token.value;
      pending ??= request().finally(() => (pending = undefined));
      token = await pending;
      return token.value;
    },
    discard(refused) {
      if (token?.value === refused) token = undefined;
    },
  };
}
// endregion
