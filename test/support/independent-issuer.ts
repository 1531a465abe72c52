import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import type { Provider } from 'oidc-provider';
import { nextPair } from './rsa-pairs.ts';
import { basic } from './service.ts';

export interface IndependentIssuer {
  readonly issuer: string;
  /** An access token for a resource, with these scopes. */
  token(resource: string, scope: string): Promise<string>;
  /** Puts a new signing key in the place of the present ones. */
  rotateKeys(): void;
  /** How often each path was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  /** Makes it answer nothing but 500, or answer again. */
  setBroken(isBroken: boolean): void;
  stop(): Promise<void>;
}

const CLIENT = { id: 'their-client', secret: 'their-secret-of-some-length' };

/** An authorization server that has nothing to do with ours (oidc-provider), on the loopback interface. */
export async function startIndependentIssuer(): Promise<IndependentIssuer> {
  // It warns that Node 20 is old and that its storage is the memory, which is what a test wants.
  for (const method of ['warn', 'info'] as const) jest.spyOn(console, method).mockReturnValue(undefined);
  const library = await import('oidc-provider');
  let [handle, isBroken] = [undefined as RequestListener | undefined, false];
  const asked = new Map<string, number>();
  const server = createServer((req, res) => {
    asked.set(req.url ?? '', (asked.get(req.url ?? '') ?? 0) + 1);
    if (isBroken || handle === undefined) res.writeHead(500).end();
    else handle(req, res);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rotateKeys = (): void => {
    const answer = providerOf(library.Provider, issuer).callback();
    handle = (req, res) => void answer(req, res);
  };
  rotateKeys();
  return {
    issuer,
    asked,
    rotateKeys,
    setBroken: (next) => (isBroken = next),
    token: async (resource, scope) => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', resource, scope });
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: basic(CLIENT.id, CLIENT.secret),
        body,
      });
      const reply = (await response.json()) as { access_token?: string };
      if (reply.access_token === undefined) throw new Error(`no token: ${JSON.stringify(reply)}`);
      return reply.access_token;
    },
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function providerOf(Library: typeof Provider, issuer: string): Provider {
  const { privateKey } = nextPair('provider');
  return new Library(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx: unknown, resource: string, _client: unknown) => ({
          audience: resource,
          scope: SCOPES.join(' '),
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
}

/** The scopes that it gives out. */
const SCOPES = [
  'https://jans.io/oauth/config/openid/clients.readonly',
  'https://jans.io/oauth/config/openid/openid-read',
  'https://jans.io/oauth/config/openid/clients.write',
];
