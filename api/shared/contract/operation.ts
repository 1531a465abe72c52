import type { OPERATIONS } from '../../../openapi/operations.gen.ts';
import type { components, operations } from '../../../openapi/types.gen.ts';
import type { IdempotencyStores } from '../idempotency/claimed-request.ts';

/** What passes between HTTP and the features: typed from the contract, free of Express. */
export type OperationId = keyof operations;
export type Schemas = components['schemas'];

/** Who calls: the client that the token was issued to. */
export interface Caller {
  readonly clientId: string;
  readonly issuer: string;
  /** What it is called, where it is one of ours. */
  readonly name?: string;
  /** The scopes of the token, under their present names. */
  readonly scopes: ReadonlySet<string>;
  /** Tells a client of ours from another one that was made under its id after it was deleted. */
  readonly incarnation?: string;
  /** The id of its token, where that is one of ours. */
  readonly jti?: string;
  /** When its token expires, in seconds since the epoch. */
  readonly exp?: number;
  /** Whom the token is about, where that is not the client itself: a person who uses it. */
  readonly subject?: Subject;
}

/** Whom a token of another issuer is about. */
export interface Subject {
  /** As its issuer knows them. */
  readonly sub: string;
  /** For people to read. */
  readonly name?: string;
  /** Who acts in their place (RFC 8693 section 4.1). */
  readonly actor?: string;
}

/** One text for each caller: people who use one client of another issuer are several. */
export const callerKey = ({ clientId, subject }: Pick<Caller, 'clientId' | 'subject'>): string =>
  subject === undefined ? clientId : JSON.stringify([clientId, subject.sub, subject.actor ?? '']);

type Row<K extends OperationId> = Extract<(typeof OPERATIONS)[number], { id: K }>;
type CallerOf<K extends OperationId> = Row<K> extends { public: string } ? undefined : Caller;

type Contents<K extends OperationId> = operations[K] extends { requestBody?: infer R }
  ? NonNullable<R> extends { content: infer C }
    ? C
    : never
  : never;
type BodyOf<K extends OperationId> = [Contents<K>] extends [never]
  ? undefined
  : Contents<K>[keyof Contents<K>] | (undefined extends operations[K]['requestBody'] ? undefined : never);

type Defined<T> = [T] extends [undefined] ? object : Exclude<T, undefined>;

/** What is known about a request beyond its parameters, for authorization and the audit record. */
export interface RequestContext<C = Caller> {
  readonly caller: C;
  readonly operation: string;
  /** Address of the peer, behind the trusted proxies. */
  readonly source: string;
  readonly requestId: string;
  /** Why, as the caller has said. */
  readonly reason?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Whether a task does it, or will do: there are no headers then, and nothing is known of a certificate. */
  readonly isTask?: boolean;
}

export interface Input<K extends OperationId> {
  readonly path: Defined<operations[K]['parameters']['path']>;
  readonly query: Defined<operations[K]['parameters']['query']>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: BodyOf<K>;
  /** Media type of the body, without parameters. */
  readonly mediaType: string | undefined;
  /** The JWT whose claims are the body, where it came signed. */
  readonly signed?: string;
  /** Whether the caller asked for unknown members to be refused (`Prefer: handling=strict`). */
  readonly strict: boolean;
  readonly context: RequestContext<CallerOf<K>>;
}

/** A JSON body that is text already, such as a stored document: it is sent as it is. */
export class JsonText<T> {
  declare private readonly shape: T;
  constructor(readonly text: string) {}
}

/** One that is the same for everybody: they all read the same bytes, however slowly. */
export class FixedJson<T> extends JsonText<T> {
  readonly bytes: Buffer;

  constructor(text: string) {
    super(text);
    this.bytes = Buffer.from(text);
  }
}

/** A body that is not JSON, with its media type. */
export class PlainText {
  constructor(
    readonly text: string,
    readonly mediaType: string,
  ) {}
}

type BodyIn<R> = R extends { content: infer C }
  ? C extends { 'application/json': infer B }
    ? B | JsonText<B>
    : PlainText
  : undefined;

export type Reply<K extends OperationId> = {
  [S in keyof operations[K]['responses'] & number]: {
    readonly status: S;
    readonly body: BodyIn<operations[K]['responses'][S]>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly client?: string;
    readonly inum?: string;
  };
}[keyof operations[K]['responses'] & number];

/** A reply of whatever operation. */
export interface AnyReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The client that the request itself has authenticated, where no token did: for the log. */
  readonly client?: string;
  /** What it was about, where the path does not say: for the log. */
  readonly inum?: string;
}

declare const KEPT: unique symbol;
/** A reply that has been kept for those who send the request again. */
export type Kept<R> = R & { readonly [KEPT]: true };
/** Keeps a reply in the unit of work that does what it tells of. Without an idempotency key it keeps nothing. */
export type KeepReply<R> = (stores: IdempotencyStores, reply: R) => Promise<Kept<R>>;

/** Does what a request asks for, and has its reply kept. */
export type Perform<R> = (keep: KeepReply<R>) => Promise<Kept<R>>;

/**
 * An operation that takes an idempotency key does not compile when its reply is not kept. One that is public as well
 * first decides whether who calls may call at all, and writes nothing: before that no key is claimed and no reply
 * repeated. It gives back what does the rest.
 */
export type Handler<K extends OperationId> =
  Row<K> extends { idempotent: true }
    ? Row<K> extends { public: string }
      ? (input: Input<K>) => Promise<Perform<Reply<K>>>
      : (input: Input<K> & { readonly keep: KeepReply<Reply<K>> }) => Promise<Kept<Reply<K>>>
    : (input: Input<K>) => Promise<Reply<K>>;

/** Total: an operation of the contract without a handler, or the reverse, does not compile. */
export type Handlers = { readonly [K in OperationId]: Handler<K> };
