import { operationsOf, type Document, type ResponseObject, type Schema } from './document.ts';

const COMPONENT = '#/components/responses/';
const PLAN: Schema = { $ref: '#/components/schemas/ChangePlan' };
const APPLIED = { $ref: '#/components/headers/PreferenceApplied' };

/**
 * Gives every operation that writes, and asks for a token of an administrator, the parameter `dryRun` and the plan that it
 * answers then. One that does without says why in `x-no-dry-run`.
 */
export function addDryRun(document: Document): void {
  for (const { method, operation } of operationsOf(document)) {
    if (method === 'get' || operation['x-public'] !== undefined || operation['x-no-dry-run'] !== undefined) continue;
    operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/DryRun' }];
    const { 200: done } = operation.responses;
    // Beside 201 or 204 a plan under 200 would be what generated clients take for the reply.
    operation.responses[done === undefined ? '2XX' : '200'] = withPlan(document, done);
  }
}

/** The reply of an operation that is done, or that is only tried. */
function withPlan({ components }: Document, done: ResponseObject | undefined): ResponseObject {
  const common = done?.$ref === undefined ? done : components.responses[done.$ref.slice(COMPONENT.length)];
  const headers = { ...common?.headers, 'Preference-Applied': APPLIED };
  const media = common?.content?.['application/json'];
  if (media === undefined)
    return {
      description: 'With `dryRun=true` 200, and what it would do.',
      headers,
      content: { 'application/json': { schema: PLAN } },
    };
  const schema: Schema = { oneOf: [media.schema ?? {}, PLAN] };
  const description = `${common?.description ?? ''} With \`dryRun=true\`, what it would do.`;
  return { description, headers, content: { 'application/json': { ...media, schema } } };
}
