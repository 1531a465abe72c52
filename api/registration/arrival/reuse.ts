import type { OpenClient } from '../../clients/corridor/client.corridor.ts';
import type { ClientDocument, Members } from '../../clients/document/client.document.ts';
import type { Creation } from '../../clients/corridor/client.corridor.ts';
import { sha256 } from '../../shared/ids.ts';
import type { Origin } from '../../shared/log/origin.ts';
import { Overtaken } from '../../shared/database/proposals.ts';
import type { RegistrationStores } from '../registration.stores.ts';
import { TOKEN } from './arrival.ts';

/** What is another one for each client, or what others have brought about. */
const OWN = new Set(['inum', 'dn', 'baseDn', 'clientIdIssuedAt', 'registrationWarnings']);

/**
 * What all registrations of the same software have in common, as a digest; undefined for a client that nobody else may be: one
 * with a secret, keys, an end, an initial access token or a software statement.
 */
export function reuseDigest(document: ClientDocument, { source }: Pick<Creation, 'source'>): string | undefined {
  const { allAuthenticationMethods: methods, jwks, jwksUri, expirationDate } = document;
  const isPublic = methods.every((method) => method === 'none');
  const hasOwn = jwks !== undefined || jwksUri !== undefined || expirationDate !== undefined;
  if (source !== 'open' || !isPublic || hasOwn) return undefined;
  return sha256(JSON.stringify(Object.entries(document as Members).filter(([name]) => !OWN.has(name))));
}

/** A client that may be somebody else's as well. */
export type Reusable = OpenClient;

/**
 * Outside: the first client that registered with the same metadata and is as it was then. Whatever was done to it since, by
 * itself or by an administrator, has made it another version, or has ended its tokens.
 */
export async function findReusable(stores: RegistrationStores, digest: string): Promise<Reusable | undefined> {
  const inums = await stores.registrations.withReuseDigest(digest);
  for (const stored of await stores.clients.byIds(inums)) {
    const document = JSON.parse(stored.text) as ClientDocument;
    const isAsRegistered = stored.version === 1 && stored.tokenGeneration === 0 && !document.disabled;
    if (isAsRegistered && document.approval === undefined && reuseDigest(document, stored) === digest)
      return { stored, document };
  }
  return undefined;
}

/**
 * Inside: from now on nobody who registered this client changes or removes it, since several have. Its days begin anew, if it
 * was not used for long. Throws `Overtaken` when it is not what it was.
 */
export async function reuse(stores: RegistrationStores, found: Reusable, origin: Origin, at: string): Promise<void> {
  const { inum } = found.stored;
  await stores.clients.hold(found.stored);
  if ((await stores.clients.find(inum))?.tokenGeneration !== 0) throw new Overtaken();
  if (await stores.registrations.endToken(inum))
    await stores.corridor.change(found, { document: found.document, besides: [TOKEN] }, origin);
  await stores.disuse.set({ inum, state: 'kept', at, usedAt: null });
}
