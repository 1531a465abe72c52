/** What a script of the type `client_registration` begins with, when a text is asked for. */
export const TEMPLATE = `// Called before a client is registered: true lets it pass, false refuses it.
function createClient(ctx) {
  // ctx.client has the metadata of the client, which may be changed here.
  if ((ctx.client.contacts || []).length === 0) {
    ctx.refuse('invalid_client_metadata', 'contacts are needed');
  }
  return true;
}

// Called before a client is changed.
function updateClient(ctx) {
  return createClient(ctx);
}
`;
