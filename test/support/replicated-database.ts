import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { startServer, type StartedServer } from '../../scripts/machine/mariadb.mjs';
import { freePort } from './ports.ts';

const PASSWORD = 'of-the-tests-only';
/** How long what follows may be behind, in seconds. */
const PATIENCE = 60;

/** For a database that loses nothing when it is killed, which takes more than those of other tests. */
export const LASTING = [
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-flush-method=fsync',
  '--innodb-doublewrite=1',
  '--sync-binlog=1',
];

/** A server with data in a folder, at an address that stays when it is killed and started again. */
class Server {
  private constructor(
    readonly port: number,
    private readonly start: () => Promise<StartedServer>,
    private server: StartedServer,
    private connection: Connection,
  ) {}

  /** Starts the server with this number, its data in `folder`. */
  static async start(binary: string, folder: string, number: number, args: readonly string[] = []): Promise<Server> {
    const port = await freePort();
    const own = [`--server-id=${number}`, `--datadir=${join(folder, `server-${number}`)}`, `--port=${port}`];
    const start = (): Promise<StartedServer> => startServer(binary, [...own, ...args]);
    const server = await start();
    return new Server(port, start, server, await connectTo(server, port));
  }

  get pid(): number {
    return this.server.pid;
  }

  /** Of whoever may do everything. */
  query(statement: string): Promise<unknown> {
    return this.connection.query(statement);
  }

  /** Starts it again after it was killed. */
  async restart(): Promise<void> {
    await this.stop();
    this.server = await this.start();
    this.connection = await connectTo(this.server, this.port);
  }

  async stop(): Promise<void> {
    this.connection.destroy();
    await this.server.stop();
  }
}

/** A server and one that follows it, with databases that one user may write, and another read at the one that follows. */
export class ReplicatedDatabase {
  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    readonly primary: Server,
    readonly replica: Server,
  ) {}

  /** Starts both, with their data in `folder`; `args` are for the one that is followed. */
  static async start(
    binary: string,
    folder: string,
    databases: readonly string[],
    args: readonly string[] = [],
  ): Promise<ReplicatedDatabase> {
    const starting = [Server.start(binary, folder, 1, ['--log-bin=log', ...args]), Server.start(binary, folder, 2)];
    const [primary, replica] = (await Promise.all(starting)) as [Server, Server];
    const both = new ReplicatedDatabase(binary, folder, primary, replica);
    await both.follow(replica);
    for (const user of ['follower', 'keeper', 'looker'])
      await primary.query(`CREATE USER ${user} IDENTIFIED BY '${PASSWORD}'`);
    await primary.query('GRANT REPLICATION SLAVE ON *.* TO follower');
    for (const database of databases) {
      await primary.query(`CREATE DATABASE ${database}`);
      await primary.query(`GRANT ALL ON ${database}.* TO keeper`);
      await primary.query(`GRANT SELECT ON ${database}.* TO looker`);
    }
    // A service that is let in nowhere does not start.
    await replica.query(`SELECT MASTER_GTID_WAIT('${await both.position()}', ${PATIENCE})`);
    return both;
  }

  url(database: string): string {
    return `mysql://keeper:${PASSWORD}@127.0.0.1:${this.primary.port}/${database}`;
  }

  readerUrl(database: string, { password = PASSWORD, port = this.replica.port } = {}): string {
    return `mysql://looker:${password}@127.0.0.1:${port}/${database}`;
  }

  /** Starts another server that follows, with what the database has from its beginning. */
  async another(): Promise<Server> {
    const replica = await Server.start(this.binary, this.folder, 3);
    await this.follow(replica, '');
    return replica;
  }

  async stop(): Promise<void> {
    await Promise.all([this.primary.stop(), this.replica.stop()]);
  }

  /** Where the database is. */
  private async position(): Promise<string> {
    const [rows] = (await this.primary.query('SELECT @@global.gtid_binlog_pos AS position')) as [
      { position: string }[],
    ];
    return rows[0]?.position ?? '';
  }

  /** Has `replica` follow from where the database is, or from `position`. */
  private async follow(replica: Server, position?: string): Promise<void> {
    await replica.query(`SET GLOBAL gtid_slave_pos = '${position ?? (await this.position())}'`);
    await replica.query(
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${this.primary.port}, MASTER_USER = 'follower',
        MASTER_PASSWORD = '${PASSWORD}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`,
    );
    await replica.query('START SLAVE');
  }
}

/** A server that is told its port says another one. */
function connectTo({ url }: StartedServer, port: number): Promise<Connection> {
  const address = new URL(url);
  address.port = String(port);
  return createConnection(address.href);
}
