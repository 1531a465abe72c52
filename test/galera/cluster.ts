import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../support/ports.ts';

const run = promisify(execFile);
const PASSWORD = 'of-the-tests-only';

/** A node of a cluster, with a folder of its own. */
export class Node {
  private server: ChildProcess | undefined;

  constructor(
    private readonly folder: string,
    private readonly binary: string,
    readonly port: number,
    private readonly options: readonly string[],
  ) {}

  /** The address of a database on this node. */
  url(database: string): string {
    return `mysql://clientele:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts it with the data that it has; resolves when it takes part in the cluster. */
  async start(...more: string[]): Promise<void> {
    const log = openSync(join(this.folder, 'log'), 'a');
    const server = spawn(this.binary, [...this.options, ...more], { stdio: ['ignore', log, log] });
    this.server = server;
    while (!(await this.isSynced())) {
      if (server.exitCode !== null || server.signalCode !== null)
        throw new Error(`a node did not start:\n${readFileSync(join(this.folder, 'log'), 'utf8').slice(-3_000)}`);
      await sleep(100);
    }
  }

  async kill(): Promise<void> {
    const { server } = this;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  /** The value of a variable of the status, such as `wsrep_cluster_size`. */
  async status(name: string): Promise<string | undefined> {
    const connection = await createConnection(this.url(''));
    try {
      const [rows] = await connection.query(`SHOW GLOBAL STATUS LIKE '${name}'`);
      return (rows as { Value: string }[])[0]?.Value;
    } finally {
      await connection.end();
    }
  }

  private async isSynced(): Promise<boolean> {
    try {
      return (await this.status('wsrep_local_state_comment')) === 'Synced';
    } catch {
      return false;
    }
  }
}

export interface Cluster {
  readonly nodes: readonly [Node, Node, Node];
  stop(): Promise<void>;
}

/** Starts three nodes on this machine: the second and the third get what the first one has (rsync). */
export async function startCluster(): Promise<Cluster> {
  const { GALERA_MARIADBD: binary = '', GALERA_PROVIDER: provider = '', GALERA_SST: scripts = '' } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'clientele-galera-'));
  process.env['PATH'] = [scripts, process.env['PATH']].join(delimiter);
  // Of replication, of state transfer and of what is missed meanwhile.
  const ports = await Promise.all(Array.from({ length: 12 }, freePort));
  const members = ports.slice(0, 3).map((port) => `127.0.0.1:${port}`);
  const nodeOf = (index: number): Node => {
    const [replication = 0, client = 0, transfer = 0, incremental = 0] = [0, 3, 6, 9].map((row) => ports[row + index]);
    const place = join(folder, String(index));
    return new Node(place, binary, client, [
      ...common(place, client),
      '--wsrep-on=ON',
      `--wsrep-provider=${provider}`,
      '--wsrep-cluster-name=clientele-test',
      `--wsrep-cluster-address=gcomm://${members.join(',')}`,
      `--wsrep-node-name=node-${index + 1}`,
      `--wsrep-node-address=127.0.0.1:${replication}`,
      `--wsrep-sst-method=rsync`,
      `--wsrep-sst-receive-address=127.0.0.1:${transfer}`,
      `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${replication};ist.recv_addr=127.0.0.1:${incremental};gcache.size=64M`,
      '--binlog-format=ROW',
      '--innodb-autoinc-lock-mode=2',
      '--innodb-flush-log-at-trx-commit=0',
    ]);
  };
  const nodes = [nodeOf(0), nodeOf(1), nodeOf(2)] as const;
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const index of [0, 1, 2]) await makeFolder(join(folder, String(index)), binary);
    writeUser(join(folder, 'user.sql'));
    await nodes[0].start('--wsrep-new-cluster', `--init-file=${join(folder, 'user.sql')}`);
    await nodes[1].start();
    await nodes[2].start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, stop };
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

const common = (place: string, port: number): string[] => [
  '--no-defaults',
  ...asRoot,
  `--datadir=${place}/data`,
  `--socket=${place}/socket`,
  `--pid-file=${place}/pid`,
  '--bind-address=127.0.0.1',
  `--port=${port}`,
  '--skip-name-resolve',
  '--max-connections=200',
  '--innodb-buffer-pool-size=64M',
];

async function makeFolder(place: string, binary: string): Promise<void> {
  await run('mkdir', ['-p', place]);
  const installer = ['--no-defaults', ...asRoot, '--skip-test-db', '--skip-name-resolve', `--datadir=${place}/data`];
  await run('mariadb-install-db', [...installer, `--basedir=${binary.replace(/\/s?bin\/[^/]+$/, '')}`]);
}

function writeUser(file: string): void {
  const statements = [
    `CREATE USER IF NOT EXISTS clientele@'127.0.0.1' IDENTIFIED BY '${PASSWORD}';`,
    "GRANT ALL ON *.* TO clientele@'127.0.0.1';",
  ];
  writeFileSync(file, `${statements.join('\n')}\n`, { mode: 0o600 });
}
