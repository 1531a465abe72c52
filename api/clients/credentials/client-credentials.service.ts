import { timestamp, wireDate, type Clock } from '../../shared/clock.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { CarryOut } from '../../shared/database/proposals.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Part } from '../../shared/log/audit.store.ts';
import { originOf } from '../../shared/log/origin.ts';
import { Problem } from '../../shared/problem.ts';
import { openClient, type TargetClient, type Target } from './open-client.ts';
import { tokensShown } from './live-tokens.ts';
import { offlineUntil } from './offline-tokens.ts';
import type { ClientStores } from '../client.stores.ts';
import type { Change, Written } from '../corridor/client.corridor.ts';
import { guardLastAdministrator } from '../last-administrator.ts';
import type { ClientSecrets } from '../secrets/client.secrets.ts';
import { withSecretExpiry } from '../secrets/secret-expiry.ts';
import { needsSecret } from '../secrets/secret.policy.ts';
import type { DescribedSecret } from '../secrets/secret.store.ts';

export interface ClientCredentialsNeeds {
  readonly work: UnitOfWork<ClientStores>;
  readonly carryOut: CarryOut<ClientStores>;
  readonly clock: Clock;
  readonly secrets: ClientSecrets;
  /** Lifetime in seconds of the tokens of clients that have none of their own. */
  readonly accessTokenTtl: number;
  /** Writes what is noted of the tokens of a client. */
  readonly flushTokens: (inum: string) => Promise<void>;
}

/** The use cases of what clients get in with: their secrets one by one, and the tokens that they have got. */
export class ClientCredentials {
  constructor(private readonly needs: ClientCredentialsNeeds) {}

  /** A page of what is known of the secrets of a client, the newest first. */
  list({ inum, offset, limit }: Part & { readonly inum: string }): Promise<Schemas['ClientSecretPagedResult']> {
    return this.needs.work.browse(async (stores) => {
      if ((await stores.clients.find(inum)) === undefined) throw new Problem('client-not-found');
      const all = secretsShown(await stores.secrets.described(inum), this.needs.clock.now());
      const entries = all.slice(offset, offset + limit);
      return { start: offset, totalEntriesCount: all.length, entriesCount: entries.length, entries };
    });
  }

  /** Gives a client another secret; those that it has stay. */
  async add(
    { context, inum, check }: Target,
    { clientSecretExpiresAt, label, ...sent }: Schemas['ClientSecretInput'],
  ): Promise<Schemas['AddedClientSecret']> {
    const beside = this.needs.secrets.chosenBeside(sent);
    const propose = async (opened: TargetClient): Promise<Change> => {
      if (!needsSecret(opened.document)) throw new Problem('no-secret');
      const wish = await beside(opened.secrets);
      const document = withSecretExpiry(opened.document, clientSecretExpiresAt);
      const rotation = { wish: { ...wish, ...(label !== undefined && { label }) }, previousEnd: 'stay' } as const;
      return { document, rotation };
    };
    return this.change({ context, inum, check }, propose, async (stores, { secretId, secret }) => {
      const added = (await stores.secrets.described(inum)).find(({ id }) => id === secretId);
      if (added === undefined) throw new Error(`client ${inum} has not got its secret`);
      return { ...factsOf(added), ...(secret !== undefined && { clientSecret: secret }) };
    });
  }

  /** Removes a secret. Refuses with `in-use` to remove the last one that works. */
  remove({ context, inum, check }: Target, id: string): Promise<void> {
    const propose = async ({ document }: TargetClient): Promise<Change> => {
      const stored = await this.needs.work.read(({ secrets }) => secrets.described(inum));
      const gone = stored.find((secret) => secret.id === id);
      if (gone === undefined) throw new Problem('not-found', { detail: 'the client has no such secret' });
      const others = stored.filter((secret) => secret !== gone);
      const now = timestamp(this.needs.clock.now());
      if (isLive(gone, now) && !others.some((secret) => isLive(secret, now)))
        throw new Problem('in-use', { detail: LAST });
      const isNewest = gone === stored[0];
      const next = isNewest ? withSecretExpiry(document, others[0]?.expiresAt?.slice(0, 19)) : document;
      return { document: next, goneSecret: id };
    };
    return this.change({ context, inum, check }, propose, () => Promise.resolve());
  }

  /** How many tokens of a client may live. */
  async tokens(inum: string): Promise<Schemas['ClientTokens']> {
    await this.needs.flushTokens(inum);
    return this.needs.work.browse(async (stores) => {
      if ((await stores.clients.find(inum)) === undefined) throw new Problem('client-not-found');
      const live = await stores.issuedTokens.live(inum, timestamp(this.needs.clock.now()));
      return tokensShown(inum, live);
    });
  }

  /** Ends every token that a client has got. */
  revokeTokens({ context, inum, check }: Target): Promise<Schemas['TokenRevocation']> {
    const propose = ({ document }: TargetClient): Promise<Change> => Promise.resolve({ document, revokesTokens: true });
    return this.change({ context, inum, check }, propose, async (stores, { stored }) => {
      const times = { now: this.needs.clock.now(), usual: this.needs.accessTokenTtl };
      const ends = await offlineUntil(stores, JSON.parse(stored.text) as TargetClient['document'], times);
      return { inum, refusedFrom: wireDate(times.now + 1_000), offlineUntil: ends };
    });
  }

  private change<T>(
    target: Target,
    propose: (opened: TargetClient) => Promise<Change>,
    answer: (stores: ClientStores, written: Written) => Promise<T>,
  ): Promise<T> {
    const { work, carryOut, clock } = this.needs;
    return carryOut({
      about: target.inum,
      propose: async () => {
        const opened = await openClient(work, target);
        return { opened, change: await propose(opened) };
      },
      commit: async (stores, { opened, change }) => {
        await guardLastAdministrator(stores, clock.now(), opened, { ...opened, document: change.document });
        return answer(stores, await stores.corridor.change(opened, change, originOf(target.context)));
      },
    });
  }
}

const LAST = 'it is the last secret of the client that works: rotate it, or deactivate the client';

/** For so long a secret is not to be used before one can say that the client does without it, in milliseconds. */
const UNUSED = 3_600_000;

const isLive = ({ expiresAt }: Pick<DescribedSecret, 'expiresAt'>, now: string): boolean =>
  expiresAt === null || expiresAt > now;

function secretsShown(stored: readonly DescribedSecret[], time: number): Schemas['ClientSecret'][] {
  const now = timestamp(time);
  const current = stored.find((secret) => isLive(secret, now));
  return stored.map((secret) => {
    const seen = secret.lastUsedAt ?? secret.createdAt;
    const isReplaced = stored.some(
      (other) => other !== secret && isLive(other, now) && other.lastUsedAt !== null && other.lastUsedAt > seen,
    );
    const isUnused = secret !== current && isReplaced && seen < timestamp(time - UNUSED);
    const live = secret === current ? 'current' : 'live';
    return {
      ...factsOf(secret),
      ...(secret.lastUsedAt !== null && { lastUsed: secret.lastUsedAt.slice(0, 19) }),
      state: isLive(secret, now) ? live : 'expired',
      safeToRemove: !isLive(secret, now) || isUnused,
    };
  });
}

const factsOf = ({ id, label, createdAt, createdBy, expiresAt }: DescribedSecret) => ({
  id,
  ...(label !== null && { label }),
  created: createdAt.slice(0, 19),
  ...(createdBy !== null && { createdBy }),
  ...(expiresAt !== null && { expires: expiresAt.slice(0, 19) }),
});
