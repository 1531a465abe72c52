import { problemBody } from '../../api/shared/problem.ts';
import { operationsOf, type Document, type Media, type Operation, type ResponseObject } from './document.ts';

type Examples = NonNullable<Media['examples']>;

const REQUEST_ID = '49c89c7c-fefe-4f90-a4b1-f06eb2138e63';
const COMPONENT = '#/components/responses/';

/**
 * Puts examples beside every reply that refuses: the problems of its status, or those of them that the operation names
 * in `x-problems`; the OAuth errors that name the operation.
 */
export function addErrorExamples(document: Document): void {
  for (const { operation } of operationsOf(document)) {
    for (const status of Object.keys(operation.responses).filter((each) => /^\d+$/.test(each))) {
      operation.responses[status] = withExamples(document, operation, Number(status));
    }
  }
}

function withExamples(document: Document, operation: Operation, status: number): ResponseObject {
  const response = operation.responses[status] ?? {};
  const common = document.components.responses[response.$ref?.slice(COMPONENT.length) ?? ''] ?? response;
  const inPlace = (mediaType: string, examples: Examples): ResponseObject => {
    const schema = common.content?.[mediaType]?.schema;
    return { ...common, content: { [mediaType]: { ...(schema && { schema }), examples } } };
  };
  const problem = common.content?.['application/problem+json'];
  if (problem !== undefined) {
    const { all, named } = problemExamples(document, operation, status);
    problem.examples = all;
    return Object.keys(named).length > 0 ? inPlace('application/problem+json', named) : response;
  }
  const errors = oauthExamples(document, operation, status);
  return Object.keys(errors).length > 0 ? inPlace('application/json', errors) : response;
}

function problemExamples(document: Document, operation: Operation, status: number): { all: Examples; named: Examples } {
  const problems = document.components.schemas['Problem']?.['x-problems'] ?? {};
  const names = operation['x-problems'] ?? [];
  const unknown = names.filter((name) => problems[name] === undefined);
  if (unknown.length > 0) throw new Error(`${operation.operationId} has unknown problems: ${unknown.join(', ')}`);
  const examples = Object.entries(problems)
    .filter(([, problem]) => problem.status === status)
    .map(([name, { title, example }]) => {
      const value = problemBody({ name, status, title }, example ?? {}, REQUEST_ID);
      return [name, { summary: title, value }] as const;
    });
  const named = examples.filter(([name]) => names.includes(name));
  return { all: Object.fromEntries(examples), named: Object.fromEntries(named) };
}

function oauthExamples(document: Document, { operationId }: Operation, status: number): Examples {
  const errors = document.components.schemas['OAuthError']?.['x-oauth-errors'] ?? [];
  return Object.fromEntries(
    errors
      .filter((error) => error.status === status && error.operations.includes(operationId))
      .map(({ error, error_description }) => {
        return [error, { summary: error_description, value: { error, error_description } }];
      }),
  );
}
