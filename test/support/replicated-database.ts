import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { startServer, type StartedServer } from '../../scripts/machine/mariadb.mjs';
import { freePort } from './ports.ts';

const PASSWORD = 'of-the-tests-only';

interface Parts {
  readonly primary: StartedServer;
  readonly atPrimary: Connection;
  readonly replica: StartedServer;
  readonly connection: Connection;
  readonly port: number;
  readonly startReplica: () => Promise<StartedServer>;
}

/** A server and one that follows it, with databases that a user may read at the other one, and nothing else. */
export class ReplicatedDatabase {
  readonly primary: StartedServer;
  /** Of whoever may do everything. */
  readonly atPrimary: Connection;
  private replica: StartedServer;
  private connection: Connection;

  private constructor(private readonly parts: Parts) {
    this.primary = parts.primary;
    this.atPrimary = parts.atPrimary;
    this.replica = parts.replica;
    this.connection = parts.connection;
  }

  /** Starts both, the replica with its data in `folder`. */
  static async start(binary: string, folder: string, databases: readonly string[]): Promise<ReplicatedDatabase> {
    const port = await freePort();
    const startReplica = (): Promise<StartedServer> =>
      startServer(binary, ['--server-id=2', `--datadir=${join(folder, 'replica')}`, `--port=${port}`]);
    const starting = [startServer(binary, ['--server-id=1', '--log-bin=log']), startReplica()] as const;
    const [primary, replica] = await Promise.all(starting);
    const atPrimary = await createConnection(primary.url);
    const connection = await connectTo(replica, port);
    const both = new ReplicatedDatabase({ primary, atPrimary, replica, connection, port, startReplica });
    await both.follow();
    for (const user of ['follower', 'looker']) await atPrimary.query(`CREATE USER ${user} IDENTIFIED BY '${PASSWORD}'`);
    await atPrimary.query('GRANT REPLICATION SLAVE ON *.* TO follower');
    for (const database of databases) {
      await atPrimary.query(`CREATE DATABASE ${database}`);
      await atPrimary.query(`GRANT SELECT ON ${database}.* TO looker`);
    }
    return both;
  }

  url(database: string): string {
    return `${this.primary.url}${database}`;
  }

  readerUrl(database: string, password = PASSWORD): string {
    return `mysql://looker:${password}@127.0.0.1:${this.parts.port}/${database}`;
  }

  get replicaPid(): number {
    return this.replica.pid;
  }

  atReplica(statement: string): Promise<unknown> {
    return this.connection.query(statement);
  }

  /** Starts the replica that was killed, with what it has, at the same address. */
  async restartReplica(): Promise<void> {
    this.connection.destroy();
    await this.replica.stop();
    this.replica = await this.parts.startReplica();
    this.connection = await connectTo(this.replica, this.parts.port);
  }

  async stop(): Promise<void> {
    this.atPrimary.destroy();
    this.connection.destroy();
    await Promise.all([this.primary.stop(), this.replica.stop()]);
  }

  private async follow(): Promise<void> {
    const { hostname, port } = new URL(this.primary.url);
    const [rows] = await this.atPrimary.query('SELECT @@global.gtid_binlog_pos AS position');
    await this.atReplica(`SET GLOBAL gtid_slave_pos = '${(rows as { position: string }[])[0]?.position}'`);
    await this.atReplica(
      `CHANGE MASTER TO MASTER_HOST = '${hostname}', MASTER_PORT = ${port}, MASTER_USER = 'follower',
        MASTER_PASSWORD = '${PASSWORD}', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1`,
    );
    await this.atReplica('START SLAVE');
  }
}

/** A server that is told its port says another one. */
function connectTo({ url }: StartedServer, port: number): Promise<Connection> {
  const address = new URL(url);
  address.port = String(port);
  return createConnection(address.href);
}
