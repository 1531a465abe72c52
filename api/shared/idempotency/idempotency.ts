import { randomUUID } from 'node:crypto';
import { isAdministrationScope } from '../contract/administration-scopes.ts';
import type { Attempt, IdempotencyStores } from './claimed-request.ts';
import { timestamp, type Clock } from '../clock.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { sha256 } from '../ids.ts';
import { MissingKeyError, type KeyRing, type Place } from '../keys/key-ring.ts';
import { errorFields, type Log } from '../log/log.ts';
import { callerKey, JsonText, type AnyReply, type Caller, type KeepReply, type Kept } from '../contract/operation.ts';
import { Problem } from '../problem.ts';
import { BATCH } from '../sweep.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';

export interface IdempotencyNeeds {
  readonly work: UnitOfWork<IdempotencyStores>;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Log;
}

/** A request that may be sent again. */
export interface RepeatableRequest {
  /** The header `Idempotency-Key`. */
  readonly header: string;
  readonly operation: string;
  /** Who sends it: keys of one caller mean nothing to another. */
  readonly sender: string;
  /** What is sent, as JSON. */
  readonly content: unknown;
}

/** Requests that are done once, however often they are sent (draft-ietf-httpapi-idempotency-key-header). */
export interface Idempotency {
  /**
   * Performs a request, or answers what it answered before. `perform` gets what keeps its reply, for the unit of work
   * that does what is asked: both are there, or neither. Throws `request-in-progress` while another attempt is at it
   * and `idempotency-key-reused` when the key came with other content. When `perform` throws, the key is free again.
   */
  readonly once: <R extends AnyReply>(
    request: RepeatableRequest,
    perform: (keep: KeepReply<R>) => Promise<Kept<R>>,
  ) => Promise<AnyReply>;
  /** Removes what has run out. */
  sweep(): Promise<boolean>;
}

/** What is kept, encrypted. */
interface KeptReply {
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly inum?: string;
}

const KEPT_FOR = 24 * 3_600_000;
/** Longer than any request takes. A process that dies leaves its claim for so long. */
const CLAIMED_FOR = 60_000;

/**
 * Who sends a request with a token: the client, or the person who uses it, with what the token lets them do. Whoever has
 * fewer scopes, or has lost one, does not get what was answered to more, nor does a client that was made under the id of
 * another.
 */
export const senderOf = (caller: Caller): string => {
  const { issuer, incarnation = '', scopes } = caller;
  return JSON.stringify([issuer, callerKey(caller), incarnation, ...[...scopes].filter(isAdministrationScope).sort()]);
};

export function idempotency({ work, ring, clock, log }: IdempotencyNeeds): Idempotency {
  const after = (milliseconds: number): string => timestamp(clock.now() + milliseconds);

  const keeper =
    <R extends AnyReply>(attempt: Attempt, fingerprint: string, place: Place): KeepReply<R> =>
    async (stores, reply) => {
      const sealed = ring.encrypt(JSON.stringify(keptReply(reply, fingerprint)), place);
      if (await stores.idempotency.keep(attempt, sealed, after(KEPT_FOR))) return reply as Kept<R>;
      throw inProgress();
    };
  const release = async (attempt: Attempt): Promise<void> => {
    try {
      await work.write((stores) => stores.idempotency.release(attempt));
    } catch (error) {
      log.warn('an idempotency key stays claimed for a minute', errorFields(error));
    }
  };

  return {
    async once(request, perform) {
      const key = idempotencyKey(request.header);
      const id = sha256(JSON.stringify([request.operation, request.sender, key]));
      const attempt = { id, attempt: randomUUID() };
      const place = { purpose: 'idempotency', row: id, column: 'idempotent_requests.reply', secret: key };
      const fingerprint = sha256(canonical(request.content));
      const claim = await work.write((stores) => stores.idempotency.claim(attempt, after(0), after(CLAIMED_FOR)));
      if (claim === 'taken') throw inProgress();
      if (claim !== 'ours') return replayed(open(claim.reply, ring, place), fingerprint);
      try {
        return await perform(keeper(attempt, fingerprint, place));
      } catch (error) {
        await release(attempt);
        throw error;
      }
    },
    sweep: async () => (await work.write((stores) => stores.idempotency.removeExpired(after(0), BATCH))) < BATCH,
  };
}

const inProgress = (): Problem => new Problem('request-in-progress', { headers: { 'Retry-After': '1' } });

function keptReply({ status, headers = {}, body, inum }: AnyReply, fingerprint: string): KeptReply {
  const text = body instanceof JsonText ? body.text : JSON.stringify(body);
  return { fingerprint, status, headers, ...(body !== undefined && { text }), ...(inum !== undefined && { inum }) };
}

function open(sealed: string, ring: KeyRing, place: Place): KeptReply {
  try {
    return JSON.parse(ring.decrypt(sealed, place)) as KeptReply;
  } catch (error) {
    if (!(error instanceof MissingKeyError)) throw error;
    const detail = 'the request was done, and the encryption key of its reply has been taken off the ring since';
    throw new Problem('reply-lost', { detail }, { cause: error });
  }
}

function replayed({ text, ...kept }: KeptReply, fingerprint: string): AnyReply {
  if (kept.fingerprint !== fingerprint) throw new Problem('idempotency-key-reused');
  return { ...kept, body: text === undefined ? undefined : new JsonText(text) };
}

/** The same text for the same content, in whatever order its members were sent. */
export const canonical = (content: unknown): string =>
  JSON.stringify(content, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
