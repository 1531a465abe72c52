import type { ClientDocument } from '../clients/document/client.document.ts';
import type { IssuerStores } from '../issuer/issuer.stores.ts';
import type { RegistrationStores } from '../registration/registration.stores.ts';
import { isAdministrationScope } from '../shared/contract/administration-scopes.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import type { ResourceKind } from '../shared/log/audit.store.ts';
import { ownOrigin } from '../shared/log/origin.ts';
import { BATCH } from '../shared/sweep.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';

type Stores = IssuerStores & RegistrationStores;

export interface Restored {
  readonly work: UnitOfWork<Stores>;
  readonly clock: Clock;
  /** When the backup was taken, as a timestamp: what is older may have been used, rotated or revoked since. */
  readonly taken: string;
}

/** How much of each kind was ended. */
export interface Ended {
  readonly signingKeys: number;
  readonly initialTokens: number;
  readonly statements: number;
  readonly registrationTokens: number;
}

/**
 * Ends what was in a backup and may be over by now: every signing key, and with them every access token; initial access
 * tokens with uses left; software statements for one use; and, where that is wanted, registration access tokens.
 * It may run again. The service is stopped meanwhile, since it remembers keys and tokens that it has seen.
 */
export async function endWhatCameBack(restored: Restored, endsRegistrationTokens: boolean): Promise<Ended> {
  const { work, taken } = restored;
  const now = (): string => timestamp(restored.clock.now());
  const ended = async (
    [kind, what]: readonly [ResourceKind, string],
    end: (stores: Stores) => Promise<readonly string[]>,
  ): Promise<number> => {
    for (let count = 0; ;) {
      const ids = await work.write(async (stores) => {
        const some = await end(stores);
        const about = { at: now(), kind, changed: [what], origin: ownOrigin('command', 'after-restore') };
        await stores.audit.recordAll(some.map((inum) => ({ ...about, inum })));
        return some;
      });
      count += ids.length;
      if (ids.length < BATCH) return count;
    }
  };
  return {
    signingKeys: await ended(['key', 'signingKey'], async ({ signingKeys }) => {
      const kids = (await signingKeys.all()).map(({ kid }) => kid);
      await signingKeys.remove(kids);
      return kids;
    }),
    initialTokens: await ended(['initial-token', 'token'], ({ initialTokens }) =>
      initialTokens.endUsable(taken, now(), BATCH),
    ),
    statements: await ended(['statement', 'state'], ({ statements }) => statements.spend(taken, now(), BATCH)),
    registrationTokens: endsRegistrationTokens
      ? await ended(['client', 'registrationAccessToken'], ({ registrations }) => registrations.endTokens(taken, BATCH))
      : 0,
  };
}

/** A client with a secret that may be another one by now. Times are timestamps. */
export interface SecretHolder {
  readonly inum: string;
  readonly clientName: string;
  readonly administrator: boolean;
  readonly disabled: boolean;
  readonly secretCreated: string;
  readonly secretLastUsed: string;
}

/** The clients whose secrets have to be rotated, in the order of their ids. */
export async function* secretHolders({ work, clock, taken }: Restored): AsyncGenerator<SecretHolder[]> {
  for (let last: string | undefined = ''; last !== undefined;) {
    const after: string = last;
    const rows = await work.read(({ secrets }) =>
      secrets.liveAfter(after, { taken, now: timestamp(clock.now()) }, BATCH),
    );
    yield await work.read((stores) => Promise.all(rows.map((row) => holderOf(stores, row))));
    last = rows.length < BATCH ? undefined : rows.at(-1)?.inum;
  }
}

async function holderOf(
  { clients }: Stores,
  { inum, created, used }: { readonly inum: string; readonly created: string; readonly used: string | null },
): Promise<SecretHolder> {
  const stored = await clients.find(inum);
  const { clientName = '', disabled = false } = JSON.parse(stored?.text ?? '{}') as Partial<ClientDocument>;
  const administrator = (await clients.scopeIds(inum)).some(isAdministrationScope);
  return { inum, clientName, administrator, disabled, secretCreated: created, secretLastUsed: used ?? '' };
}
