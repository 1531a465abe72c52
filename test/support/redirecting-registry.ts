import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RedirectingRegistry {
  readonly url: string;
  /** What came to the registry, and what came to the address that it redirects to, as method and path. */
  readonly asked: readonly string[];
  readonly followed: readonly string[];
  stop(): Promise<void>;
}

/**
 * What looks like a registry with an issuer, and sends whoever brings a token or credentials on to another server: by a
 * redirect, or by metadata that are about another resource.
 */
export async function startRedirectingRegistry(
  redirects: 'token' | 'clients' | 'metadata',
): Promise<RedirectingRegistry> {
  const [asked, followed]: string[][] = [[], []];
  const other = await listening((req, res) => {
    followed?.push(`${req.method} ${req.url}`);
    res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  });
  const registry = await listening((req, res) => {
    const { url = '', headers } = req;
    asked?.push(`${req.method} ${url}`);
    const base = `http://${headers.host}`;
    const isToken = url === '/token';
    if (url.startsWith('/.well-known/')) {
      const issuer = redirects === 'metadata' ? other.url : base;
      const resource = `${issuer}/jans-config-api`;
      const about = { resource, authorization_servers: [issuer], issuer: base, token_endpoint: `${base}/token` };
      res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(about));
    } else if (isToken === (redirects === 'token')) {
      res.writeHead(302, { Location: `${other.url}${url}` }).end();
    } else {
      const body = { access_token: 'a-token', token_type: 'Bearer', expires_in: 300 };
      res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    }
  });
  return {
    url: registry.url,
    asked: asked ?? [],
    followed: followed ?? [],
    stop: async () => {
      await Promise.all([registry, other].map(({ server }) => closed(server)));
    },
  };
}

async function listening(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}
