interface Document {
  servers: { url: string }[];
  components: { securitySchemes: { oauth2: { flows: { clientCredentials: { tokenUrl: string } } } } };
}

/**
 * The text of the contract as the service whose public address is `base` serves it: servers and token endpoint are
 * absolute, so that who has a copy finds the service, also below a path.
 */
export function servedDocument(text: string, base: string): string {
  const document = JSON.parse(text) as Document;
  const flow = document.components.securitySchemes.oauth2.flows.clientCredentials;
  flow.tokenUrl = base + flow.tokenUrl;
  return JSON.stringify({ ...document, servers: [{ url: base }] });
}
