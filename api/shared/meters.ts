/** Where the service counts and measures what it does. Times are told by calling what is returned when it is over. */
export interface Meters {
  /** A request that was answered. `operation` is undefined where none matched. */
  request(operation: string | undefined, status: number, seconds: number): void;
  /** A cache: tell each look-up whether it was a hit. Caches of one name are added up. */
  cache(name: string, size: () => number): (isHit: boolean) => void;
  signature(
    action: 'sign' | 'verify',
    token: 'access_token' | 'client_assertion' | 'software_statement' | 'registration_request',
  ): () => void;
  unitOfWork(kind: 'read' | 'write'): (outcome: 'done' | 'failed') => void;
  /** A replica of the database: `isRead` tells whether it is read. Tell each read which of the two it was at. */
  replica(isRead: () => boolean): (at: 'replica' | 'primary') => void;
  /** A unit of work that is done again. */
  retry(): void;
  /** A search that was stopped because it took too long. */
  searchStopped(): void;
  /** A task that came to its end or failed, at `now` in milliseconds. */
  task(kind: string, outcome: 'done' | 'failed', now: number): void;
  /** A call of a script; `function` is one that the service knows. */
  script(name: string): (outcome: 'answered' | 'refused' | 'failed' | 'missing' | 'busy') => void;
  /** How many clients have secrets that end within so many days. */
  secretsEnding(count: () => Promise<Readonly<Record<string, number>>>): void;
  /** What was done with a client that nobody uses. */
  unusedClient(to: 'reported' | 'disabled' | 'removed' | 'enabled'): void;
  /** Who reports uses, by name: 1 where nothing is done about unused clients since this one has fallen silent. */
  silentReporters(count: () => Promise<Readonly<Record<string, number>>>): void;
  /** How many units of work wait for their turn. */
  queue(length: () => number): void;
  /** How many clients wait for approval, or for that of a change. */
  waiting(count: () => Promise<Readonly<Record<string, number>>>): void;
}

/** For whoever is not interested. */
export const NO_METERS: Meters = {
  request: () => undefined,
  cache: () => () => undefined,
  signature: () => () => undefined,
  unitOfWork: () => () => undefined,
  replica: () => () => undefined,
  retry: () => undefined,
  searchStopped: () => undefined,
  task: () => undefined,
  script: () => () => undefined,
  secretsEnding: () => undefined,
  unusedClient: () => undefined,
  silentReporters: () => undefined,
  queue: () => undefined,
  waiting: () => undefined,
};
