import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface PathProxy {
  readonly url: string;
  stop(): Promise<void>;
}

/** A proxy at this port that has the service at `origin` below a path, and the metadata that stand in front of the path. */
export async function pathProxy(origin: string, port: number, path: string): Promise<PathProxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming;
    const isMetadata = new RegExp(`^/\\.well-known/[a-z-]+${path}(/|$)`).test(url);
    if (!url.startsWith(`${path}/`) && !isMetadata) return void outgoing.writeHead(404).end();
    const forwarded = request(origin + (isMetadata ? url : url.slice(path.length)), { method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${port}${path}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
