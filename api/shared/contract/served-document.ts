interface Response {
  content?: Record<string, { schema?: { oneOf?: object[] } }>;
}

interface Document {
  servers: { url: string }[];
  paths: Record<string, Record<string, { responses?: Record<string, Response> }>>;
  components: { securitySchemes: { oauth2: { flows: { clientCredentials: { tokenUrl: string } } } } };
}

/**
 * The text of the contract as the service whose public address is `base` serves it: servers and token endpoint are
 * absolute, so that who has a copy finds the service, also below a path. What a dry run answers is told in words and as
 * `ChangePlan` only: in code that is generated every reply would be one of two types.
 */
export function servedDocument(text: string, base: string): string {
  const document = JSON.parse(text) as Document;
  const flow = document.components.securitySchemes.oauth2.flows.clientCredentials;
  flow.tokenUrl = base + flow.tokenUrl;
  for (const { responses = {} } of Object.values(document.paths).flatMap((item) => Object.values(item))) {
    delete responses['2XX'];
    const media = responses['200']?.content?.['application/json'];
    const [done, ...others] = media?.schema?.oneOf ?? [];
    if (media && done && JSON.stringify(others) === JSON.stringify([PLAN])) media.schema = done;
  }
  return JSON.stringify({ ...document, servers: [{ url: base }] });
}

const PLAN = { $ref: '#/components/schemas/ChangePlan' };
