/**
 * Tells a client from another one that was made under its id after it was deleted: the moment of its creation, as a
 * short text. It starts the id of each token, so that tokens end with the client that they were issued to.
 */
export const incarnationOf = (client: { readonly createdAt: string }): string =>
  Date.parse(client.createdAt).toString(36);

/** The one that a token was issued to, by the id of the token. */
export const incarnationIn = (jti: string): string => jti.slice(0, jti.indexOf('.'));
