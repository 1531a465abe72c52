/** The path of a MariaDB or MySQL server program, installed first where that is possible; or undefined. */
export function findServer(): string | undefined;

export interface StartedServer {
  /** Ends in a slash, for the name of a database. */
  readonly url: string;
  readonly pid: number;
  readonly socket: string;
  readonly stop: () => Promise<void>;
}

/** Starts a server with a temporary folder on a free port of the loopback interface. Data in a `--datadir` of `args` stays. */
export function startServer(binary: string, args?: readonly string[]): Promise<StartedServer>;
export function findDump(): string | undefined;
