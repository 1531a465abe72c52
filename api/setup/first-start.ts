import { stockClaims } from '../scopes/claims/stock-claims.ts';
import { stockScopes } from '../scopes/stock-scopes.ts';
import { newInum } from '../shared/ids.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { ClientStores } from '../clients/client.stores.ts';
import type { SecretCodec } from '../clients/secrets/secret.codec.ts';
import { createAdministrator, type Administrator } from './administrator.ts';
import { recoverCredentials, refreshCredentials, stageCredentials } from './credentials-file.ts';

export interface SetupNeeds {
  readonly work: Pick<UnitOfWork<ClientStores>, 'read' | 'write'>;
  readonly codec: SecretCodec;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly tokenEndpoint: string;
  readonly adminSecret?: string;
}

export interface FirstStartNeeds extends SetupNeeds {
  /** Whether an administrator could get a token: only the built-in issuer gives any to a client of this database. */
  readonly builtInIssuer: boolean;
}

const DONE = 'first-start';

/**
 * Puts in what every installation has: stock scopes and claims that are missing, also after an upgrade, and on an
 * empty database the first administrator, when one is of use. Run it under the schema lock. Returns whether it made an
 * administrator.
 */
export async function firstStart(needs: FirstStartNeeds): Promise<boolean> {
  await needs.work.write((stores) => addStock(stores, needs.clock.now()));
  const done = await needs.work.read((stores) => stores.settings.get(DONE));
  const isStored = (inum: string): Promise<boolean> =>
    needs.work.read(async (stores) => (await stores.clients.find(inum)) !== undefined);
  await recoverCredentials(needs.dataDir, isStored);
  if (done !== undefined) {
    await refreshCredentials(needs.dataDir, needs.tokenEndpoint, isStored);
    return false;
  }
  // When the built-in issuer is turned on one day, that is the first start that an administrator is made at.
  if (needs.builtInIssuer) await addAdministrator(needs, 'first-start');
  return needs.builtInIssuer;
}

/** Makes another administrator and writes its credentials, for an installation whose credentials were lost. */
export const addAdministrator = async (needs: SetupNeeds, operation: string): Promise<Administrator> => {
  let staged: ReturnType<typeof stageCredentials> | undefined;
  try {
    const administrator = await needs.work.write(async (stores) => {
      const { codec, clock, adminSecret } = needs;
      const secret = adminSecret === undefined ? {} : { secret: adminSecret };
      const made = await createAdministrator(stores, { inum: newInum(), ...secret, codec, clock, operation });
      await stores.settings.set(DONE, 'done');
      // Before the commit: an administrator whose secret nobody knows would be worse than a file too many.
      staged = stageCredentials(needs.dataDir, made, needs.tokenEndpoint);
      return made;
    });
    staged?.keep();
    return administrator;
  } catch (error) {
    staged?.discard();
    throw error;
  }
};

async function addStock(stores: ClientStores, now: number): Promise<void> {
  const at = timestamp(now);
  const claims = stockClaims();
  const [inums, names] = [claims.map(({ inum }) => inum), claims.map(({ name }) => name)];
  const known = [...(await stores.claims.byInums(inums)), ...(await stores.claims.byNames(names))];
  for (const claim of claims) {
    if (!known.some(({ inum, name }) => inum === claim.inum || name === claim.name))
      await stores.claims.insert(claim, at);
  }
  // Under the name of a stock claim there may be one that an administrator had made before.
  const claimInums = new Map((await stores.claims.byNames(names)).map(({ name, inum }) => [name, inum]));
  const scopes = stockScopes(now, claimInums);
  const ids = scopes.map(({ id }) => id);
  const present = [
    ...(await stores.scopes.byInums(scopes.map(({ inum }) => inum))),
    ...(await stores.scopes.byIds(ids)),
  ];
  for (const scope of scopes) {
    if (!present.some(({ inum, id }) => inum === scope.inum || id === scope.id)) await stores.scopes.insert(scope, at);
  }
}
