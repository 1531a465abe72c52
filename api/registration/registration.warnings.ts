import type { ClientDocument } from '../clients/document/client.document.ts';
import { adviceOn } from '../clients/rules/client.rules.ts';
import { parseUri } from '../clients/rules/uri.ts';
import type { RegistrationStores } from './registration.stores.ts';

const SAME_NAME = 'same-name-on-other-host';
const PAGES = 'pages-on-own-host';

/** What an administrator should look at in a client that registers itself: it could pass for another one. */
export async function warningsAbout(stores: RegistrationStores, client: ClientDocument): Promise<string[]> {
  const advice = adviceOn(client, 'registration').some(({ rule }) => rule === PAGES);
  return [...((await hasNamesake(stores, client)) ? [SAME_NAME] : []), ...(advice ? [PAGES] : [])];
}

/** Whether another client has the name of this one, and redirects to a host that this one does not. */
async function hasNamesake({ clients }: RegistrationStores, client: ClientDocument): Promise<boolean> {
  if (client.displayName === undefined) return false;
  const hosts = new Set(hostsOf(client));
  const others = (await clients.withDisplayName(client.displayName)).filter(({ inum }) => inum !== client.inum);
  return others.some(({ text }) => hostsOf(JSON.parse(text) as ClientDocument).some((host) => !hosts.has(host)));
}

const hostsOf = ({ redirectUris }: ClientDocument): string[] =>
  (redirectUris ?? []).map((uri) => parseUri(uri)?.host ?? uri);
