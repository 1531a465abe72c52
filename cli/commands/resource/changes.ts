import type { Contract, Operation } from '../../contract/contract.ts';
import type { Shape } from '../../output/printer.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Service } from '../../resource/service.ts';
import { lookup } from '../../../openapi/lookup.ts';
import type { ResourceKit } from './kit.ts';

const WHEN = 'when (UTC)';

/** The history of one thing as people read it. */
export const CHANGES_SHAPE: Shape = {
  id: WHEN,
  name: 'who',
  columns: [WHEN, 'who', 'what', 'members'],
  wraps: 'members',
  known: [],
};

/** The same of all clients. */
export const ALL_CHANGES_SHAPE: Shape = {
  ...CHANGES_SHAPE,
  id: 'id',
  columns: ['id', WHEN, 'who', 'what', 'client', 'members'],
};

/** Whether the entries of an operation are changes: when, by whom, with which operation, of which members. */
export const areChanges = ({ columns }: Shape): boolean =>
  ['at', 'caller', 'operation', 'changed'].every((name) => columns.includes(name));

/** Changes in the words of people: the name of who did it, what was done, and the members that somebody has written. */
export class Changes {
  private readonly names = new Map<string, Promise<string>>();
  private readonly contract: Contract;
  private readonly derived: ReadonlySet<string>;

  constructor(
    private readonly kit: ResourceKit,
    private readonly service: Service,
  ) {
    this.contract = kit.contract;
    const written = new Set(kit.fields.filter(({ aliasOf }) => aliasOf === undefined).map(({ path }) => path));
    this.derived = new Set(kit.shape.known.filter((path) => !written.has(path)));
  }

  async *pages(pages: AsyncIterable<readonly Entry[]>): AsyncGenerator<readonly Entry[]> {
    for await (const entries of pages) yield await Promise.all(entries.map((entry) => this.readable(entry)));
  }

  private async readable({ id, at, caller, subject, operation, changed, inum }: Entry): Promise<Entry> {
    const known = this.contract.operation(String(operation));
    const what = known === undefined ? (lookup(BY_ITSELF, String(operation)) ?? operation) : this.done(known);
    const isListed = Array.isArray(changed) && what !== DONE['delete'];
    return {
      ...(id !== undefined && { id }),
      [WHEN]: String(at).slice(0, 16).replace('T', ' '),
      who:
        personIn(subject, String(caller)) ?? (known === undefined ? caller : await this.nameOf(known, String(caller))),
      what,
      ...(inum !== undefined && { client: inum }),
      // What is gone has had all of its members, which says nothing.
      members: isListed ? changed.filter((name) => !this.derived.has(String(name))) : [],
    };
  }

  /** The name of a client, or what it is known by where it has none or cannot be read. */
  private nameOf({ path, method }: Operation, caller: string): Promise<string> {
    // A registration is made by whoever may register, and from then on it is the client's own.
    if (isRegistration(path)) return Promise.resolve(method === 'POST' ? caller : 'itself');
    const asked = this.names.get(caller) ?? this.askName(caller);
    if (this.names.size < MOST_NAMES) this.names.set(caller, asked);
    return asked;
  }

  private async askName(caller: string): Promise<string> {
    if (this.names.size >= MOST_NAMES) return caller;
    try {
      const client = await this.service.ofNoun('clients')?.find(caller);
      const name = client?.entry['clientName'];
      return typeof name === 'string' && name !== '' ? name : caller;
    } catch {
      return caller;
    }
  }

  private done(operation: Operation): string {
    const { operations, actions } = this.kit.resource;
    const verb =
      Object.entries(operations).find(([, { id }]) => id === operation.id)?.[0] ??
      [...actions].find(([, { id }]) => id === operation.id)?.[0] ??
      (isRegistration(operation.path) ? lookup(REGISTERING, operation.method) : lookup(BESIDE, operation.id)) ??
      'patch';
    return lookup(DONE, verb) ?? `${verb.split('-')[0]?.replace(/e?$/, 'ed')}`;
  }
}

const isRegistration = (path: string): boolean => path.endsWith('/register');
const REGISTERING = { POST: 'register', DELETE: 'delete' } as const;
/** What is done to clients with an operation that is not about one; others, such as the removal of a scope, change them. */
const BESIDE: Readonly<Record<string, string>> = { 'undo-oauth-openid-changes': 'undo' };

/** The person who did it, and with which client of another issuer: `alice via admin-ui`. */
function personIn(subject: unknown, caller: string): string | undefined {
  const { sub, name = sub, actor } = { ...(subject as Readonly<Record<string, unknown>> | null) };
  if (typeof name !== 'string') return undefined;
  const client = caller.slice(caller.indexOf(' ') + 1);
  return `${typeof actor === 'string' ? `${actor} for ` : ''}${name} via ${client}`;
}

/** So many different callers are asked for their names. */
const MOST_NAMES = 20;

const DONE: Readonly<Record<string, string>> = {
  delete: 'removed',
  patch: 'changed',
  register: 'registered',
  replace: 'changed',
  undo: 'undone',
};

/** What the service does of itself. */
const BY_ITSELF: Readonly<Record<string, string>> = {
  'admin-reset': 'created',
  'first-start': 'created',
  'move-stock-inums': 'changed',
  'remove-expired-client': 'removed',
  'remove-rejected-client': 'removed',
  'disable-unused-client': 'deactivated',
  'enable-unused-client': 'activated',
  'remove-unused-client': 'removed',
};
