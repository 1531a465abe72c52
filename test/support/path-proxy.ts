import { once } from 'node:events';
import { createServer, request } from 'node:http';

export interface PathProxy {
  readonly url: string;
  stop(): Promise<void>;
}

/** A proxy at this port that has the service at `origin` below a path, and nothing else. */
export async function pathProxy(origin: string, port: number, path: string): Promise<PathProxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming;
    if (!url.startsWith(`${path}/`)) return void outgoing.writeHead(404).end();
    const forwarded = request(origin + url.slice(path.length), { method, headers }, (reply) => {
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
