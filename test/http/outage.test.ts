import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { databaseKind } from '../support/database.ts';
import { caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

/** A line to the database server that can be cut and mended. */
async function cuttableLine(target: URL): Promise<{ url: string; cut(): Promise<void>; mend(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const relay = (socket: Socket): void => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const end of [socket, upstream])
      sockets.add(end.on('error', () => end.destroy()).on('close', () => sockets.delete(end)));
    socket.pipe(upstream).pipe(socket);
  };
  let server: Server = createServer(relay);
  const open = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await open(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    mend: () => {
      server = createServer(relay);
      return open(port);
    },
  };
}

const onMariadb = databaseKind() === 'mariadb' ? describe : describe.skip;

onMariadb('a database that goes away and comes back', () => {
  it('is 503 with Retry-After while it is away, and works again without a restart', async () => {
    let line: Awaited<ReturnType<typeof cuttableLine>> | undefined;
    const service = await startService({
      wrapDatabase: async (url) => {
        line = await cuttableLine(new URL(url));
        return line.url;
      },
    });
    try {
      const token = await service.adminToken();
      const clients = caller(service, CLIENTS, token, { redirectUris: [] });
      expect((await clients.create({ inum: 'before' })).status).toBe(201);
      await service.idle();

      await line?.cut();
      service.clock.advance(2_000);
      for (const reply of [await clients.create({ inum: 'during' }), await clients.read('before')]) {
        expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5']);
        expect(reply.text).not.toMatch(/ECONN|127\.0\.0\.1|SELECT|INSERT/);
      }
      expect((await service.request('GET', '/jans-config-api/api/v1/health/ready')).status).toBe(503);
      expect((await service.request('GET', '/jans-config-api/api/v1/health/live')).status).toBe(200);
      expect((await service.request('GET', '/jans-config-api/api/v1/health')).body[1].status).toBe('DOWN');

      await line?.mend();
      expect((await clients.read('before')).status).toBe(200);
      expect((await clients.create({ inum: 'after' })).status).toBe(201);
      expect((await service.request('GET', '/jans-config-api/api/v1/health/ready')).status).toBe(200);
      expect((await clients.read('during')).status).toBe(404);
    } finally {
      await service.stop();
      await line?.cut();
    }
  });
});

onMariadb('a database that takes no changes', () => {
  it('is read, and the service is not ready', async () => {
    const service = await startService();
    try {
      const token = await service.adminToken();
      await service.idle();
      await onEachConnection(service, 'SET SESSION TRANSACTION READ ONLY');
      expect((await service.request('GET', '/jans-config-api/api/v1/health/ready')).status).toBe(503);
      expect((await service.request('GET', CLIENTS, { token })).status).toBe(200);
      const refused = await service.request('POST', CLIENTS, { token, body: { redirectUris: [] } });
      expect([refused.status, refused.body.detail]).toEqual([503, expect.stringContaining('read-only')]);
      await onEachConnection(service, 'SET SESSION TRANSACTION READ WRITE');
      expect((await service.request('GET', '/jans-config-api/api/v1/health/ready')).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});

/** Runs a statement on every connection of the pools. */
async function onEachConnection({ database }: TestService, statement: string): Promise<void> {
  const runners = database.sources.flatMap((source) => Array.from({ length: 10 }, () => source.createQueryRunner()));
  await Promise.all(runners.map((runner) => runner.connect()));
  for (const runner of runners) {
    await runner.query(statement);
    await runner.release();
  }
}
