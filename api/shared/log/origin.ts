import type { RequestContext } from '../contract/operation.ts';

/** Where a change comes from: what the log says beside what changed. */
export interface Origin {
  /** The calling client, or the name of a command. */
  readonly caller: string;
  /** The operation id, or the name of a command. */
  readonly operation: string;
  /** Empty where no request led to it. */
  readonly requestId: string;
}

/** The origin of what an authorized request changes. */
export const originOf = ({ caller, operation, requestId }: RequestContext): Origin => ({
  caller: caller.clientId,
  operation,
  requestId,
});

/** The origin of what a command or a task of the service itself changes. */
export const ownOrigin = (caller: string, operation = caller): Origin => ({ caller, operation, requestId: '' });
