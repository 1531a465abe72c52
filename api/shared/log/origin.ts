import type { Caller, RequestContext, Subject } from '../contract/operation.ts';

/** Who does something: a client, whoever registers one or anyone at all, a command, or a task of the service itself. */
export type ActorKind = 'client' | 'registration' | 'anonymous' | 'command' | 'task';

export interface Actor {
  readonly kind: ActorKind;
  /** The calling client, the record of an initial access token, or the name of a command or a task. */
  readonly id: string;
  /** What people know it by, where that is at hand. */
  readonly name?: string;
  /** Whom the token of a client was about, where that is not the client itself. */
  readonly subject?: Subject;
}

/** Where a change comes from: what the log and the history say beside what changed. */
export interface Origin {
  readonly actor: Actor;
  /** The way in: administration, dynamic registration, or the service itself. */
  readonly door: 'admin' | 'registration' | 'service';
  /** The operation id, or the name of a command. */
  readonly operation: string;
  /** The address that the request came from; empty where no request led to it, as is its id. */
  readonly source: string;
  readonly requestId: string;
  /** Why, in the words of who did it. */
  readonly reason?: string;
  /** The revision that is restored, where one is. */
  readonly restoredFrom?: { readonly revision: number } | undefined;
}

/** As much of a name is kept, in characters. */
const MOST_NAME = 512;

/** The origin of what a request to the Config-API changes, or to an operation that anyone may call. */
export const originOf = ({
  caller,
  operation,
  source,
  requestId,
  reason,
}: Omit<RequestContext, 'caller' | 'headers'> & { readonly caller: Caller | undefined }): Origin => ({
  actor: actorOf(caller),
  door: 'admin',
  operation,
  source,
  requestId,
  ...(reason !== undefined && { reason }),
});

function actorOf(caller: Caller | undefined): Actor {
  if (caller === undefined) return { kind: 'anonymous', id: 'anonymous' };
  const { clientId: id, name, subject } = caller;
  return {
    kind: 'client',
    id,
    ...(name !== undefined && { name: name.slice(0, MOST_NAME) }),
    ...(subject && { subject }),
  };
}

/** The origin of what a command or a task of the service itself changes. */
export const ownOrigin = (kind: 'command' | 'task', id: string, operation = id): Origin => ({
  actor: { kind, id },
  door: 'service',
  operation,
  source: '',
  requestId: '',
});
