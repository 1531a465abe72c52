import { problemBody } from '../../api/shared/problem.ts';
import { operationsOf, type Document, type Media, type ResponseObject } from './document.ts';

type Examples = NonNullable<Media['examples']>;

const REQUEST_ID = '49c89c7c-fefe-4f90-a4b1-f06eb2138e63';
const COMPONENT = '#/components/responses/';

/** Puts examples beside every reply that refuses: the problems of its status, or the OAuth errors of its operation. */
export function addErrorExamples(document: Document): void {
  for (const { operation } of operationsOf(document)) {
    for (const [status, response] of Object.entries(operation.responses)) {
      const problem = contentOf(document, response)?.['application/problem+json'];
      if (problem !== undefined) problem.examples = problemExamples(document, Number(status));
      if (response.$ref === `${COMPONENT}OAuthError`) {
        operation.responses[status] = oauthError(document, operation.operationId, Number(status)) ?? response;
      }
    }
  }
}

function contentOf(document: Document, response: ResponseObject): Record<string, Media> | undefined {
  const name = response.$ref?.slice(COMPONENT.length);
  return (name === undefined ? response : document.components.responses[name])?.content;
}

function problemExamples(document: Document, status: number): Examples {
  const problems = Object.entries(document.components.schemas['Problem']?.['x-problems'] ?? {});
  return Object.fromEntries(
    problems
      .filter(([, problem]) => problem.status === status)
      .map(([name, { title, example }]) => {
        const value = problemBody({ name, status, title }, example ?? {}, REQUEST_ID);
        return [name, { summary: title, value }];
      }),
  );
}

/** The common reply with the errors of this operation beside it, or undefined when none are declared. */
function oauthError(document: Document, operationId: string, status: number): ResponseObject | undefined {
  const errors = (document.components.schemas['OAuthError']?.['x-oauth-errors'] ?? []).filter(
    (error) => error.status === status && error.operations.includes(operationId),
  );
  const common = document.components.responses['OAuthError'];
  const schema = common?.content?.['application/json']?.schema;
  if (errors.length === 0 || common === undefined || schema === undefined) return undefined;
  const examples = Object.fromEntries(
    errors.map(({ error, error_description }) => [
      error,
      { summary: error_description, value: { error, error_description } },
    ]),
  );
  return { ...common, content: { 'application/json': { schema, examples } } };
}
