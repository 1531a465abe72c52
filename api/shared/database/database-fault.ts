/** What kept the database from doing its work. `conflict` and `busy` pass when the unit of work is done again. */
export interface DatabaseFault {
  readonly kind:
    'conflict' | 'busy' | 'locked' | 'stopped' | 'full' | 'broken' | 'read-only' | 'crowded' | 'refused' | 'away';
  /** For the caller, without a word on what the database is. */
  readonly detail: string;
  /** In how many seconds it may work, where it passes by itself. */
  readonly retryAfter?: number;
}

const FAULTS = {
  conflict: { detail: 'others change the same things at the same time, again and again', retryAfter: 1 },
  busy: { detail: 'another process has locked the database', retryAfter: 5 },
  locked: { detail: 'somebody else holds what is to be changed for too long', retryAfter: 5 },
  stopped: { detail: 'the query was stopped', retryAfter: 5 },
  full: { detail: 'the disk of the database is full: nothing can be written until somebody makes room' },
  broken: { detail: 'the disk of the database does not work: somebody has to look at it' },
  'read-only': { detail: 'the database takes no changes: it is read-only' },
  crowded: { detail: 'the database has no connection left', retryAfter: 5 },
  refused: { detail: 'the database does not let the service in' },
  away: { detail: 'the database cannot be reached', retryAfter: 5 },
} as const satisfies Record<DatabaseFault['kind'], Omit<DatabaseFault, 'kind'>>;

/** By number: the driver has no name for some of them, such as 1969. */
const SERVER_ERRORS: ReadonlyMap<number, DatabaseFault['kind']> = new Map([
  // Deadlock; row changed since read (MariaDB); a scope or claim that was removed since it was looked up.
  ...numbers('conflict', 1213, 1020, 1452),
  ...numbers('locked', 1205),
  // KILL QUERY; max_statement_time of MariaDB; MAX_EXECUTION_TIME of MySQL.
  ...numbers('stopped', 1317, 1969, 3024),
  // No room for a temporary file, for a table, for the log of changes.
  ...numbers('full', 1021, 1114, 1026, 3),
  ...numbers('read-only', 1036, 1290, 1792, 1836),
  ...numbers('crowded', 1040, 1203, 1226),
  // Wrong password or name of the database, host that is not allowed or blocked.
  ...numbers('refused', 1045, 1044, 1049, 1129, 1130),
  // Shutdown; KILL CONNECTION; a node that is not in its cluster; packets cut off; sent away for being idle.
  ...numbers('away', 1053, 1927, 1047, 1158, 1159, 1160, 1161, 4031),
]);

/** Any error of a storage engine, which names what the system said. */
const ENGINE_ERROR = 1030;
const NO_SPACE = /\berror 28\b/i;

/** Codes of SQLite and of the network. Those of SQLite go on after an underscore: SQLITE_IOERR_WRITE. */
const CODES: readonly (readonly [RegExp, DatabaseFault['kind']])[] = [
  [/^SQLITE_BUSY/, 'busy'],
  [/^SQLITE_INTERRUPT/, 'stopped'],
  [/^SQLITE_FULL/, 'full'],
  [/^SQLITE_READONLY/, 'read-only'],
  [/^SQLITE_(IOERR|CANTOPEN)/, 'broken'],
  [/^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|ENOTFOUND|EAI_AGAIN)$/, 'away'],
  [/^(PROTOCOL|HANDSHAKE)_/, 'away'],
];

function numbers(kind: DatabaseFault['kind'], ...errnos: number[]): (readonly [number, DatabaseFault['kind']])[] {
  return errnos.map((errno) => [errno, kind] as const);
}

/** What an error of a driver, wrapped by TypeORM or not, says of the database; undefined when it is something else. */
export function databaseFault(error: unknown): DatabaseFault | undefined {
  const kind = kindOf(driverError(error));
  return kind && { kind, ...FAULTS[kind] };
}

function kindOf({ code, errno, message, fatal }: DriverError): DatabaseFault['kind'] | undefined {
  if (errno === ENGINE_ERROR) return typeof message === 'string' && NO_SPACE.test(message) ? 'full' : undefined;
  const known = typeof errno === 'number' ? SERVER_ERRORS.get(errno) : undefined;
  if (known !== undefined) return known;
  const [, kind] = (typeof code === 'string' && CODES.find(([pattern]) => pattern.test(code))) || [];
  // The driver itself says of a connection that it cannot use any more only that.
  return kind ?? (fatal === true && code === undefined ? 'away' : undefined);
}

/** What a query that ran out of its time on SQLite is rejected with, here as where SQLite is told to stop one. */
export const stoppedQuery = (): Error =>
  Object.assign(new Error('the query was stopped'), { code: 'SQLITE_INTERRUPT' });

/** Whether `error` says that a row with this unique key is there already. */
export function isDuplicate(error: unknown): boolean {
  const { code } = driverError(error);
  return code === 'ER_DUP_ENTRY' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE';
}

interface DriverError {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly message?: unknown;
  readonly fatal?: unknown;
  readonly driverError?: unknown;
}

/** By shape: libsql's errors are not native ones, and TypeORM has the driver's in its own. */
function driverError(error: unknown): DriverError {
  if (typeof error !== 'object' || error === null) return {};
  const outer: DriverError = error;
  return typeof outer.driverError === 'object' && outer.driverError !== null ? outer.driverError : outer;
}
