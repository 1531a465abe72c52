import { lookup } from '../../openapi/lookup.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { claimsIn, endOf } from '../token-claims.ts';
import type { AuthorizationServer, Renewed } from './authorization-server.ts';
import { configFolder, DEFAULT_PROFILE, saveProfile } from './profiles.ts';
import type { Connection } from './source.ts';
import { proofOf, type ProofKey } from './proof-key.ts';
import { TokenCache, type IssuedToken } from './token-cache.ts';

/** The tokens of one connection: kept between runs, renewed when they end, taken back by `logout`. */
export class Session {
  private readonly cache: TokenCache;
  private current: Promise<string> | undefined;
  /** The key that the token is bound to, where it is. */
  private key: ProofKey | undefined;
  private nonce: string | undefined;

  constructor(
    private readonly terminal: Terminal,
    readonly connection: Connection,
  ) {
    this.cache = new TokenCache(terminal, connection);
  }

  /** A token that has not ended as far as one can know here. */
  accessToken(): Promise<string> {
    this.current ??= this.cached();
    return this.current;
  }

  /**
   * Another token in place of one that the service does not accept any more, or undefined when the connection has
   * nothing to get one with. Requests that meet the same refusal at the same time share one renewal.
   */
  async renewed(refused: string): Promise<string | undefined> {
    if (this.connection.credential.kind === 'token') return undefined;
    const asked = this.accessToken();
    // Whoever comes second finds that the first has asked for another already.
    if ((await asked) === refused && this.current === asked) return this.fresh();
    return this.accessToken();
  }

  /** How a token is sent with a request: with a proof where it is bound to a key (RFC 9449 section 7.1). */
  async headersFor(token: string, method: string, url: string): Promise<Record<string, string>> {
    if (this.key === undefined) return { Authorization: `Bearer ${token}` };
    const proof = await proofOf(this.key, { method, url, token, nonce: this.nonce });
    return { Authorization: `DPoP ${token}`, DPoP: proof };
  }

  /** Notes the nonce of a reply, for the next proof. Returns whether the service refused the request for want of it. */
  needsNonce(headers: Headers): boolean {
    this.nonce = headers.get('dpop-nonce') ?? this.nonce;
    return headers.get('www-authenticate')?.includes('use_dpop_nonce') === true;
  }

  /** A token that is issued now, whatever was kept. */
  fresh(): Promise<string> {
    this.current = this.issue();
    return this.current;
  }

  /** Revokes the token that is kept. Returns what came of it, in words. */
  async end(): Promise<string> {
    const { credential } = this.connection;
    const token = credential.kind === 'token' ? credential.token : (await this.cache.read())?.accessToken;
    await this.cache.forget();
    const ending = credential.kind === 'refresh' ? (credential.refreshToken ?? token) : token;
    if (ending === undefined) return 'there was no token to revoke';
    if (credential.kind === 'token') return 'a token without its client cannot be revoked from here; it ends by itself';
    const server = await this.server();
    const isRevoked = await server.revoke(ending);
    if (isRevoked && token !== undefined && token !== ending) await server.revoke(token);
    return isRevoked ? 'the token is revoked' : 'the authorization server takes no tokens back; it ends by itself';
  }

  /**
   * That a token has ended which nothing here can renew, and where the next one comes from; undefined while it is good
   * as far as it says itself.
   */
  expiry(token: string): Failure | undefined {
    const { source, credential, profile } = this.connection;
    const end = endOf(claimsIn(token));
    if (credential.kind !== 'token' || end === undefined || end.getTime() > this.terminal.now()) return undefined;
    const again = profile === undefined ? lookup(AGAIN, source) : loginAgain(this.connection);
    return new Failure(EXIT.unreachable, `the access token of ${source} expired at ${end.toISOString()}`, [
      again ?? 'Get another one.',
    ]);
  }

  async server(): Promise<AuthorizationServer> {
    const { url, credential, wishes } = this.connection;
    if (credential.kind === 'token') throw new Failure(EXIT.unreachable, 'a token alone says nothing about its client');
    return (await servers()).discover({ url, client: credential, wishes, now: this.terminal.now });
  }

  /** The authorization server by which a person can log in; throws where there is none. */
  async deviceServer(): Promise<AuthorizationServer> {
    const { url, credential, wishes } = this.connection;
    const found =
      credential.kind === 'token'
        ? undefined
        : await (await servers()).withDeviceFlow({ url, client: credential, wishes, now: this.terminal.now });
    if (found !== undefined) return found;
    throw new Failure(EXIT.unreachable, `no authorization server of ${url} has a device flow`);
  }

  private async cached(): Promise<string> {
    const { credential } = this.connection;
    if (credential.kind === 'token') return credential.token;
    const kept = await this.cache.read();
    return kept === undefined ? this.issue() : this.use(kept);
  }

  private async issue(): Promise<string> {
    const { credential } = this.connection;
    const server = await this.server();
    if (credential.kind === 'refresh') return this.keep(await this.refreshed(server, credential.refreshToken));
    return this.keep(await server.clientCredentials());
  }

  private async refreshed(server: AuthorizationServer, refreshToken: string | undefined): Promise<Renewed> {
    if (refreshToken === undefined)
      throw new Failure(EXIT.unreachable, 'the login has ended', [loginAgain(this.connection)]);
    try {
      return await server.refresh(refreshToken);
    } catch (error) {
      // The refresh token has ended or was revoked (RFC 6749 section 5.2).
      if (!(error instanceof Failure) || !error.message.endsWith('(invalid_grant)')) throw error;
      throw new Failure(error.exitCode, `the login has ended: ${error.message}`, [loginAgain(this.connection)]);
    }
  }

  /** Puts a token into the cache; a refresh token that came with it replaces the one of the profile. */
  async keep({ refreshToken, ...token }: Renewed): Promise<string> {
    await this.cache.write(token);
    const { url, credential, profile, wishes } = this.connection;
    if (refreshToken !== undefined && credential.kind === 'refresh' && profile !== undefined) {
      await saveProfile(configFolder(this.terminal), profile, {
        url,
        credential: { ...credential, refreshToken },
        ...(wishes && { wishes }),
      });
    }
    return this.use(token);
  }

  private use({ accessToken, key }: IssuedToken): string {
    this.key = key;
    return accessToken;
  }
}

/** Where another token comes from, by where this one is from. */
const AGAIN: Readonly<Record<string, string>> = {
  'the command line': 'Give another one with --access-token, or log in: clientele login --url URL --as ID',
  'the environment':
    'Put another one into CLIENTELE_ACCESS_TOKEN, or let CLIENTELE_CLIENT_ID and CLIENTELE_CLIENT_SECRET get it.',
};

function loginAgain({ url, credential, profile = DEFAULT_PROFILE }: Connection): string {
  const how = { client: '--as ID', token: '--access-token FILE', refresh: '--as ID --device' }[credential.kind];
  const as = credential.kind === 'token' ? how : how.replace('ID', credential.id);
  return `Log in again: clientele login --url ${url} ${as}${profile === DEFAULT_PROFILE ? '' : ` --profile ${profile}`}`;
}

/** Loaded when a token is asked for, which is seldom: what it takes loads slowly. */
const servers = async (): Promise<typeof AuthorizationServer> =>
  (await import('./authorization-server.ts')).AuthorizationServer;
