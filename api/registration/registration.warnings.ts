import type { ClientDocument } from '../clients/document/client.document.ts';
import { adviceOn } from '../clients/rules/client.rules.ts';
import { parseUri } from '../clients/rules/uri.ts';
import type { Namesake } from './arrival/surroundings.store.ts';

const SAME_NAME = 'same-name-on-other-host';
const PAGES = 'pages-on-own-host';

/** What an administrator should look at in a client that registers itself: it could pass for another one of its name. */
export function warningsAbout(client: ClientDocument, namesakes: readonly Namesake[]): string[] {
  const advice = adviceOn(client, 'registration').some(({ rule }) => rule === PAGES);
  return [...(redirectElsewhere(client, namesakes) ? [SAME_NAME] : []), ...(advice ? [PAGES] : [])];
}

/** Whether another client of this name redirects to a host that this one does not. */
function redirectElsewhere(client: ClientDocument, namesakes: readonly Namesake[]): boolean {
  const hosts = new Set(hostsOf(client));
  const others = namesakes.filter(({ inum }) => inum !== client.inum);
  return others.some(({ text }) => hostsOf(JSON.parse(text) as ClientDocument).some((host) => !hosts.has(host)));
}

const hostsOf = ({ redirectUris }: ClientDocument): string[] =>
  (redirectUris ?? []).map((uri) => parseUri(uri)?.host ?? uri);
