import libsql from 'libsql';

/** What TypeORM's driver hands over when it opens a database; `timeout` in milliseconds. */
type Options = libsql.Options;

/** The statements that TypeORM ends and begins transactions with, and what is run for them. */
const CONTROL = new Map([
  // Who only reads at first and then writes is refused for good when another process has written in between.
  ['BEGIN TRANSACTION', 'BEGIN IMMEDIATE'],
  ['COMMIT', 'COMMIT'],
  ['ROLLBACK', 'ROLLBACK'],
]);

/** The one kind of SQLITE_BUSY that leaves something behind where nothing was prepared. */
const SNAPSHOT = 'SQLITE_BUSY_SNAPSHOT';

/** Those for a transaction within one. */
const SAVEPOINT = /^(ROLLBACK TO |RELEASE )?SAVEPOINT /;

/**
 * A connection to an SQLite file for TypeORM's better-sqlite3 driver, where several processes may use the file. A
 * transaction has the lock from its beginning. libsql never resets a prepared statement that was refused because
 * another process writes (SQLITE_BUSY): the connection would see the state of that moment for ever, could write nothing
 * any more, and would keep the log from being put into the database. Such a connection is replaced by a fresh one.
 */
export class SqliteConnection {
  private database: libsql.Database;
  private isStuck = false;
  private hasBegun = false;
  /** What SQLite itself rolled back the transaction on that has begun, such as a full disk. */
  private lossOf: unknown;
  /** How often the connection was replaced. */
  private generation = 0;

  constructor(
    private readonly file: string,
    private readonly options: Options,
  ) {
    this.database = open(file, options);
  }

  pragma(source: string): unknown {
    return this.current().pragma(source);
  }

  prepare(sql: string): Statement {
    const control = CONTROL.get(sql);
    if (control !== undefined) return { reader: false, all: () => [], run: () => this.control(control) };
    if (SAVEPOINT.test(sql)) return { reader: false, all: () => [], run: () => this.savepoint(sql) };
    let prepared = this.current().prepare(sql);
    let generation = this.generation;
    const statement = (): typeof prepared => {
      const database = this.current();
      if (generation !== this.generation) {
        prepared = database.prepare(sql);
        generation = this.generation;
      }
      return prepared;
    };
    return {
      reader: prepared.reader,
      all: (...parameters) => this.kept('SQLITE_BUSY', () => statement().all(parameters.map(bindable))),
      run: (...parameters) => this.kept('SQLITE_BUSY', () => statement().run(parameters.map(bindable))),
    };
  }

  /** Whether there is a transaction: one that has begun is gone when SQLite itself has rolled back. */
  isInTransaction(): boolean {
    return this.database.inTransaction;
  }

  close(): void {
    this.database.close();
  }

  /** Without a prepared statement, so that nothing is left of one that is refused. */
  private control(sql: string): libsql.RunResult {
    const isBegin = sql === 'BEGIN IMMEDIATE';
    if (isBegin) this.noting(SNAPSHOT, () => this.current().exec(sql));
    else if (!this.hasBegun) throw new Error(`there is no transaction to ${sql}`);
    else if (sql === 'COMMIT') this.kept(SNAPSHOT, () => this.database.exec(sql));
    else if (this.database.inTransaction) this.database.exec(sql);
    this.hasBegun = isBegin;
    this.lossOf = undefined;
    return { changes: 0, lastInsertRowid: 0 };
  }

  /** Where SQLite itself has rolled back there is nothing to go back to. Outside a transaction a savepoint would be one. */
  private savepoint(sql: string): libsql.RunResult {
    if (this.database.inTransaction) this.kept(SNAPSHOT, () => this.database.exec(sql));
    else if (!sql.startsWith('ROLLBACK')) throw this.loss(`there is no transaction to ${sql}`);
    return { changes: 0, lastInsertRowid: 0 };
  }

  /** Like `noting`; where a transaction is gone it only throws why: what is done then would be committed by itself. */
  private kept<T>(sign: string, task: () => T): T {
    if (this.isGone()) throw this.loss('SQLite has rolled back the transaction');
    try {
      return this.noting(sign, task);
    } catch (error) {
      if (this.isGone()) this.lossOf = error;
      throw error;
    }
  }

  private isGone(): boolean {
    return this.hasBegun && !this.database.inTransaction;
  }

  private loss(otherwise: string): unknown {
    return this.lossOf ?? new Error(otherwise);
  }

  /** Does `task`; an error whose code begins with `sign` leaves the connection stuck. */
  private noting<T>(sign: string, task: () => T): T {
    try {
      return task();
    } catch (error) {
      this.isStuck ||= (error as { code?: string }).code?.startsWith(sign) === true;
      throw error;
    }
  }

  private current(): libsql.Database {
    if (this.isStuck && !this.database.inTransaction) {
      const stuck = this.database;
      this.database = open(this.file, this.options);
      this.generation += 1;
      this.isStuck = false;
      stuck.close();
    }
    return this.database;
  }
}

interface Statement {
  readonly reader: boolean;
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): libsql.RunResult;
}

/**
 * What libsql can bind. It ends the process, with no error to catch, for a boolean and for an object that is the only
 * parameter: given as a list, an object is refused. Text that is not Unicode, which old documents can have, is mended.
 */
function bindable(parameter: unknown): unknown {
  if (typeof parameter === 'string') return parameter.toWellFormed();
  return typeof parameter === 'boolean' ? Number(parameter) : parameter;
}

/** In milliseconds: another process may be making the file, or leaving it, at this moment. */
const OPENING = 5_000;

function open(file: string, { timeout = OPENING, ...options }: Options): libsql.Database {
  const database = new libsql(file, { ...options, timeout: OPENING });
  database.pragma('journal_mode = WAL');
  database.pragma(`busy_timeout = ${timeout}`);
  // An acknowledged write survives a power cut, not only a crash of the process.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  return database;
}
