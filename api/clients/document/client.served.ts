import type { Version } from '../../shared/etag.ts';
import type { Members } from '../../shared/contract/members.ts';
import type { StoredClient } from '../client.store.ts';

/** A client as it is answered: JSON text, and the two halves of its ETag. */
export interface ServedClient extends Version {
  readonly inum: string;
  readonly text: string;
  /** Whether its secret is in the text, which nothing on the way may store then. */
  readonly showsSecret?: true;
  /** Where its tokens were revoked: until when servers that do not ask here may take them. */
  readonly tokensOfflineUntil?: string;
}

/**
 * The client as it is answered: the stored text with what is kept outside it, its times and where it came from and, in
 * the one reply that makes it known, the secret. The text is not parsed: it is sent as it is stored.
 */
export function served(stored: StoredClient, secret?: string): ServedClient {
  const { inum, version, activity, text } = stored;
  const client = { inum, version, activity, text: withMembers(text, besides(stored)) };
  return secret === undefined ? client : showing(client, secret);
}

/** What is known of a client beside its document, to the second. */
const besides = ({ createdAt, updatedAt, source, registeredBy, lastAccessTime }: StoredClient): Members => ({
  createdAt: createdAt.slice(0, 19),
  updatedAt: updatedAt.slice(0, 19),
  registrationMethod: source,
  ...(registeredBy !== undefined && { registeredBy }),
  ...(lastAccessTime !== undefined && { lastAccessTime: lastAccessTime.slice(0, 19) }),
});

/** The client with its secret in the text. */
export const showing = (client: ServedClient, secret: string): ServedClient => ({
  ...client,
  text: withMembers(client.text, { clientSecret: secret }),
  showsSecret: true,
});

/** Appends members to the JSON text of an object that has members. */
const withMembers = (text: string, members: Members): string =>
  `${text.slice(0, -1)},${JSON.stringify(members).slice(1)}`;
