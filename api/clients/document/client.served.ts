import type { Version } from '../../shared/etag.ts';
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
 * The client as it is answered: the stored text with what is kept outside it, the last use and, in the one reply
 * that makes it known, the secret. The text is not parsed: it is sent as it is stored.
 */
export function served(stored: StoredClient, secret?: string): ServedClient {
  const { inum, version, activity, text, lastAccessTime } = stored;
  const used = lastAccessTime === undefined ? text : withMember(text, 'lastAccessTime', lastAccessTime.slice(0, 19));
  const client = { inum, version, activity, text: used };
  return secret === undefined ? client : showing(client, secret);
}

/** The client with its secret in the text. */
export const showing = (client: ServedClient, secret: string): ServedClient => ({
  ...client,
  text: withMember(client.text, 'clientSecret', secret),
  showsSecret: true,
});

/** Appends a member to the JSON text of an object that has members. */
const withMember = (text: string, name: string, value: string): string =>
  `${text.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
