import { Problem } from '../shared/problem.ts';

/** The error of a search whose parameters stand in a body, where they are members: `query:filter` is `/filter` there. */
export function inBody(error: unknown): unknown {
  if (!(error instanceof Problem) || error.content.errors === undefined) return error;
  const errors = error.content.errors.map(({ parameter, ...fault }) => ({
    ...fault,
    ...(parameter !== undefined && { pointer: parameter.replace(/^query:/, '/') }),
  }));
  return new Problem(error.problem, { ...error.content, errors }, { cause: error });
}
