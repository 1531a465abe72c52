import type { Session } from '../../../entities/mariadb-pools.ts';
import { schemaOf } from '../../../entities/schema-version.ts';

/** Who answers: a session, or whichever of a pool is free. */
export type Server = Pick<Session, 'query'>;

/** A replica that does not follow the database, in words for whoever has set it up. */
export class UnfitReplica extends Error {
  override readonly name = 'UnfitReplica';
}

/** The GTIDs of the last transactions in the binary log of the database: whatever was committed is in there. */
export async function committedAt(primary: Server): Promise<string> {
  const [row] = await primary.query<{ position: string }[]>('SELECT @@global.gtid_binlog_pos AS position');
  return row?.position ?? '';
}

/** Waits until a replica has done what stands at `position`; false when that takes more than `milliseconds`. */
export async function hasReached(replica: Server, position: string, milliseconds: number): Promise<boolean> {
  const wait = 'SELECT MASTER_GTID_WAIT(?, ?) AS outcome';
  const [row] = await replica.query<{ outcome: number | string }[]>(wait, [position, milliseconds / 1_000]);
  return Number(row?.outcome) === 0;
}

/** Tells servers apart that are behind one address: those that follow the same one have different numbers. */
export async function numberOf(replica: Server): Promise<number> {
  const [row] = await replica.query<{ number: number }[]>('SELECT @@server_id AS number');
  return row?.number ?? NaN;
}

/**
 * Throws an UnfitReplica unless what answers in `replica` follows the database. False where it is more than `lag` milliseconds
 * behind, so that it cannot be told.
 */
export async function follows(primary: Server, replica: Session, lag: number): Promise<boolean> {
  await requireFit(primary, replica);
  const newest = await newestIn(primary);
  if (!(await hasReached(replica, await committedAt(primary), lag))) return false;
  await requireSame(primary, replica, newest);
  return true;
}

/** Throws an UnfitReplica when servers are not of the kind, or not set up, to be database and replica. */
export async function requireFit(primary: Server, replica: Session): Promise<void> {
  for (const [server, what] of [
    [primary, 'the database'],
    [replica, 'the replica'],
  ] as const) {
    const [row] = await server.query<{ version: string }[]>('SELECT VERSION() AS version');
    if (!/mariadb/i.test(row?.version ?? '')) throw new UnfitReplica(`${what} is not MariaDB`);
    const [cluster] = await server.query<{ Value: string }[]>("SHOW VARIABLES LIKE 'wsrep_on'");
    if (cluster?.Value === 'ON')
      throw new UnfitReplica(`${what} is a node of a Galera cluster, where each process reads at its own node`);
  }
  if (await replica.isShared())
    throw new UnfitReplica('a proxy answers for the replica, which may send each statement to another server');
  const position = await committedAt(primary);
  const [log] = await primary.query<{ on: number }[]>('SELECT @@global.log_bin AS `on`');
  if (Number(log?.on) !== 1)
    throw new UnfitReplica('the database writes no binary log, which replicas follow (log_bin)');
  const [row] = await replica.query<{ done: string }[]>('SELECT @@global.gtid_slave_pos AS done');
  if (position !== '' && row?.done === '')
    throw new UnfitReplica('the replica follows no server by GTID (CHANGE MASTER TO … MASTER_USE_GTID = slave_pos)');
}

/** A row that no other database has. */
interface Newest {
  readonly id: number;
  readonly at: string;
  readonly request: string;
}

/** What was done last in a database; undefined where nothing is noted. */
async function newestIn(server: Server): Promise<Newest | undefined> {
  const select = 'SELECT id, at, request_id AS request FROM audit_records ORDER BY id DESC LIMIT 1';
  return (await server.query<Newest[]>(select))[0];
}

/**
 * Throws an UnfitReplica unless a replica that has followed has the same schema, `newest` of the database, and nothing last
 * that the database has not: GTIDs do not tell a replica that has followed another one, or this one before it was restored.
 */
async function requireSame(primary: Server, replica: Server, newest?: Newest): Promise<void> {
  const isSame = (await has(replica, newest)) && (await has(primary, await newestIn(replica)));
  if (!isSame) throw new UnfitReplica('the replica is of another database, or from before this one was restored');
  const [here, there] = [await schemaOf(primary), await schemaOf(replica)];
  if (here !== there) throw new UnfitReplica(`the replica has schema ${there}, and the database ${here}`);
}

async function has(server: Server, newest: Newest | undefined): Promise<boolean> {
  if (newest === undefined) return true;
  const select = 'SELECT at, request_id AS request FROM audit_records WHERE id = ?';
  const [row] = await server.query<Omit<Newest, 'id'>[]>(select, [newest.id]);
  return row?.at === newest.at && row.request === newest.request;
}
