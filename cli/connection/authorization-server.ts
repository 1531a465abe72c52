import {
  allowInsecureRequests,
  ClientError,
  ClientSecretBasic,
  clientCredentialsGrant,
  customFetch,
  discovery,
  getDPoPHandle,
  initiateDeviceAuthorization,
  None,
  pollDeviceAuthorizationGrant,
  randomDPoPKeyPair,
  refreshTokenGrant,
  ResponseBodyError,
  tokenIntrospection,
  tokenRevocation,
  WWWAuthenticateChallengeError,
  type Configuration,
  type TokenEndpointResponse,
} from 'openid-client';
import { EXIT, Failure, unreachable } from '../failure.ts';
import { limitedFetch } from './limited-fetch.ts';
import type { ProofKey } from './proof-key.ts';
import { textIn } from './reply-shape.ts';
import { checkedUrl, isLoopback } from './source.ts';
import type { TokenWishes } from './profiles.ts';
import type { IssuedToken } from './token-cache.ts';

export interface ClientIdentity {
  readonly id: string;
  readonly secret?: string | undefined;
}

/** Where to look for an authorization server, and for whom. */
export interface Search {
  /** Of the service. */
  readonly url: string;
  readonly client: ClientIdentity;
  readonly wishes?: TokenWishes | undefined;
  readonly now: () => number;
}

export interface Renewed extends IssuedToken {
  readonly refreshToken?: string;
}

/** The authorization server of a service, found by its metadata, as one client sees it. */
export class AuthorizationServer {
  private constructor(
    private readonly configuration: Configuration,
    private readonly search: Search,
  ) {}

  /** Asks the service which authorization server it trusts (RFC 9728), and that one for its addresses. */
  static async discover(search: Search): Promise<AuthorizationServer> {
    const [first = search.url] = await issuersFor(search);
    return AuthorizationServer.at(first, search);
  }

  /** The first of the authorization servers of a service by which a person can log in (RFC 8628), if there is one. */
  static async withDeviceFlow(search: Search): Promise<AuthorizationServer | undefined> {
    let failure: Failure | undefined;
    for (const issuer of await issuersFor(search)) {
      try {
        const server = await AuthorizationServer.at(issuer, search);
        if (server.hasDeviceFlow) return server;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failure ??= error;
      }
    }
    // One that is out of reach may be the one that has it.
    if (failure !== undefined) throw failure;
    return undefined;
  }

  private static async at(address: string, search: Search): Promise<AuthorizationServer> {
    const { url, client } = search;
    const issuer = new URL(address);
    const method = client.secret === undefined ? None() : ClientSecretBasic(client.secret);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked to be looked at: http is for this machine only
    const execute = isLoopback(issuer) ? [allowInsecureRequests] : [];
    return explained(url, async () => {
      const options = { execute, [customFetch]: limitedFetch };
      const configuration = await discovery(issuer, client.id, undefined, method, options);
      return new AuthorizationServer(configuration, search);
    });
  }

  /** A token, bound to a new key where the client can have no other (RFC 9449 section 5.2). */
  async clientCredentials(): Promise<Renewed> {
    let key: ProofKey | undefined;
    const renewed = await this.tokens(async () => {
      try {
        return await clientCredentialsGrant(this.configuration, this.wished());
      } catch (error) {
        if (!(error instanceof ResponseBodyError) || error.error !== 'invalid_dpop_proof') throw error;
        const pair = await randomDPoPKeyPair('ES256', { extractable: true });
        key = await crypto.subtle.exportKey('jwk', pair.privateKey);
        const DPoP = getDPoPHandle(this.configuration, pair);
        return clientCredentialsGrant(this.configuration, this.wished(), { DPoP });
      }
    });
    return { ...renewed, ...(key !== undefined && { key }) };
  }

  refresh(refreshToken: string): Promise<Renewed> {
    return this.tokens(() => refreshTokenGrant(this.configuration, refreshToken));
  }

  /** Whether a person can log in by the device flow (RFC 8628). */
  private get hasDeviceFlow(): boolean {
    return this.configuration.serverMetadata().device_authorization_endpoint !== undefined;
  }

  /** Of these scopes those that the server has; all where it does not say which it has. */
  offered(scopes: readonly string[]): string[] {
    const { scopes_supported: known } = this.configuration.serverMetadata();
    return scopes.filter((scope) => known?.includes(scope) ?? true);
  }

  /** Starts the device flow, tells the person where to go, and waits as the server says. */
  device(scope: string, tell: (address: string, code: string) => void): Promise<Renewed> {
    return this.tokens(async () => {
      const wished = { ...this.wished(), ...(scope !== '' && { scope }) };
      const started = await initiateDeviceAuthorization(this.configuration, wished);
      tell(started.verification_uri_complete ?? started.verification_uri, started.user_code);
      return pollDeviceAuthorizationGrant(this.configuration, started);
    });
  }

  /** What the server says about a token, or undefined when it does not say. */
  async introspect(token: string): Promise<Record<string, unknown> | undefined> {
    if (this.configuration.serverMetadata().introspection_endpoint === undefined) return undefined;
    return explained(this.issuer, async () => ({ ...(await tokenIntrospection(this.configuration, token)) }));
  }

  /** Ends a token. Returns whether the server takes tokens back at all. */
  async revoke(token: string): Promise<boolean> {
    if (this.configuration.serverMetadata().revocation_endpoint === undefined) return false;
    await explained(this.issuer, () => tokenRevocation(this.configuration, token));
    return true;
  }

  private wished(): Record<string, string> {
    const { scope, resource } = this.search.wishes ?? {};
    return { ...(scope !== undefined && { scope }), ...(resource !== undefined && { resource }) };
  }

  get issuer(): string {
    return this.configuration.serverMetadata().issuer;
  }

  private tokens(ask: () => Promise<TokenEndpointResponse>): Promise<Renewed> {
    return explained(this.issuer, async () => {
      const reply = await ask();
      return {
        accessToken: reply.access_token,
        // A server that does not say how long is asked again next time.
        expiresAt: this.search.now() + (reply.expires_in ?? 0) * 1_000,
        ...(reply.refresh_token !== undefined && { refreshToken: reply.refresh_token }),
      };
    });
  }
}

/** So many authorization servers of a service are looked at. */
const MOST_SERVERS = 10;

/** Where the API is below the address of a service. */
const API = '/jans-config-api';

/**
 * The authorization servers that a service names in its metadata, or the service itself where it has none; of several
 * the one that is wished. Throws when others are named for another resource: the secret would go to wherever that says
 * (RFC 9728 section 3.3), and when the one that is wished is not among them.
 */
async function issuersFor({ url, wishes }: Search): Promise<string[]> {
  const named = await issuersOf(url);
  const wanted = wishes?.issuer;
  if (wanted === undefined) return named;
  const found =
    named.find((issuer) => withoutSlash(issuer) === withoutSlash(wanted)) ??
    // The built-in one has another identifier where that of the service is the one of another server.
    named.find((issuer) => wanted === url && isWithin(url, issuer));
  if (found !== undefined) return [found];
  const lines = [`It trusts ${named.join(', ')}.`];
  if (wanted !== url) throw new Failure(EXIT.unreachable, `${url} does not trust ${wanted}`, lines);
  const how = `clientele login --url ${url} --as ID, with --device for a browser`;
  throw new Failure(EXIT.unreachable, `${url} issues no tokens any more`, [...lines, how]);
}

const isWithin = (url: string, address: string): boolean => address.startsWith(`${url}/`);

const withoutSlash = (address: string): string => address.replace(/\/$/, '');

async function issuersOf(url: string): Promise<string[]> {
  const address = `${url}/.well-known/oauth-protected-resource`;
  const { status, text } = await explained(url, async () => {
    const response = await limitedFetch(address);
    return { status: response.status, text: await response.text() };
  });
  if (status !== 200) return [url];
  const { resource, authorization_servers: servers } = metadataIn(text);
  const named = Array.isArray(servers) ? servers.flatMap((server) => textIn(server) ?? []).slice(0, MOST_SERVERS) : [];
  if (named.length === 0) return [url];
  const issuers = named.map((issuer) => checkedUrl(issuer, `an authorization server that ${url} names`));
  const others = issuers.filter((issuer) => issuer !== url && !isWithin(url, issuer));
  if (others.length === 0 || resource === url || resource === url + API) return issuers;
  throw new Failure(
    EXIT.unreachable,
    `${url} sends its callers to ${others.join(', ')}, and speaks for another resource`,
    [`Its metadata is about ${textIn(resource) ?? 'nothing'}, and must be about ${url}${API} (RFC 9728 section 3.3).`],
  );
}

function metadataIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    return {};
  }
}

async function explained<T>(where: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(EXIT.unreachable, explanation(where, error));
  }
}

function explanation(where: string, error: unknown): string {
  if (error instanceof ResponseBodyError) {
    const detail = error.error_description ?? error.error;
    return `${where} refuses to issue a token: ${detail} (${error.error})`;
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return `${where} does not accept this client and its secret (${error.status})`;
  }
  const cause = (error as Error).cause;
  if (error instanceof ClientError && cause instanceof Response) {
    return `${where} answers ${cause.status} where its OAuth metadata or token should be`;
  }
  return unreachable(where, error);
}
