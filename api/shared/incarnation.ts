/**
 * Tells a client from another one that was made under its id after it was deleted: the moment of its creation, as a
 * short text. It starts the id of each token, so that tokens end with the client that they were issued to.
 */
export const incarnationOf = (client: { readonly createdAt: string }): string =>
  Date.parse(client.createdAt).toString(36);

/** The one that a token was issued to, by the id of the token. */
export const incarnationIn = (jti: string): string => jti.slice(0, jti.indexOf('.'));

/**
 * What the ids of the tokens of a client begin with at present: its incarnation and, once they were revoked, how often.
 * Those of before begin in another way.
 */
export const tokenPrefixOf = (client: { readonly createdAt: string; readonly tokenGeneration: number }): string => {
  const { tokenGeneration } = client;
  return `${incarnationOf(client)}.${tokenGeneration === 0 ? '' : `${tokenGeneration.toString(36)}.`}`;
};

/** Whether a token with this id was issued to the client since its tokens were revoked last. */
export function isPresentToken(jti: string, client: Parameters<typeof tokenPrefixOf>[0]): boolean {
  const prefix = tokenPrefixOf(client);
  return jti.startsWith(prefix) && !jti.slice(prefix.length).includes('.');
}
