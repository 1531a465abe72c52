import { RESERVED_INUMS } from '../clients/rules/client.rules.ts';
import type { ClientDocument } from '../clients/document/client.document.ts';
import type { ClientStores } from '../clients/client.stores.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { ScopeDocument } from '../scopes/scope.store.ts';
import { timestamp } from '../shared/clock.ts';
import { INUM } from '../shared/ids.ts';
import { ownOrigin } from '../shared/log/origin.ts';

type Work = Pick<UnitOfWork<ClientStores>, 'read' | 'write'>;

/** A client that is to have another inum. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** A client has an inum that it cannot have, or cannot have the one that it is to have; the message says what to do. */
export class InumError extends Error {
  override readonly name = 'InumError';
}

/** Throws an InumError when a client has for its inum what has become a word of this API in that place of an address. */
export async function refuseReservedInums(work: Work): Promise<void> {
  const [found] = await work.read(({ clients }) => clients.byIds(RESERVED_INUMS));
  if (found === undefined) return;
  throw new InumError(
    `a client has the id ${found.inum}, which is a word of this version's addresses, so that nobody could reach it: ` +
      `give it another one with npm run migrate -- --rename ${found.inum}=NEW-ID, and start again`,
  );
}

/**
 * Gives a client another inum: its scopes, claims, secrets, registration, activity and the scopes that it has made go along.
 * Tokens that it has are not taken any more. `now` is in epoch milliseconds. Throws an InumError.
 */
export async function renameClient(work: Work, { from, to }: Renaming, now: number): Promise<void> {
  if (!INUM.test(to) || /^\.{1,2}$/.test(to) || RESERVED_INUMS.includes(to))
    throw new InumError(
      `--rename: ${to} cannot be the id of a client: 1 to 128 letters, digits or . _ ~ -, and no word of the API`,
    );
  await work.write(async (stores) => {
    const { clients, corridor, scopes } = stores;
    const stored = await clients.findForUpdate(from);
    if (stored === undefined) throw new InumError(`--rename: there is no client ${from}`);
    if ((await clients.find(to)) !== undefined) throw new InumError(`--rename: there is a client ${to} already`);
    const document = JSON.parse(stored.text) as ClientDocument;
    await corridor.rename({ stored, document }, to, ORIGIN);
    const at = timestamp(now);
    for (const scope of await scopes.madeBy(from)) {
      const after = { ...(JSON.parse(scope.text) as ScopeDocument), creatorId: to };
      await scopes.update(scope, after);
      const { inum, createdAt, text: before } = scope;
      const about = { kind: 'scope', inum, at, origin: ORIGIN } as const;
      await stores.revisions.add({ ...about, createdAt, before, after: JSON.stringify(after) });
      await stores.audit.record({ ...about, changed: ['creatorId'] });
    }
  });
}

const ORIGIN = ownOrigin('command', 'migrate', 'rename');
