import type { Operation, Parameter } from '../../contract/contract.ts';
import type { Resource } from '../../contract/resources.ts';
import type { Named } from '../../resource/request.ts';
import { firstSentence } from '../body.ts';
import { IF_MATCH_OPTION, type Argument, type Input, type Option } from '../../command.ts';

/** What an operation cannot do without, besides its body: the arguments of its command. */
export const placesOf = ({ parameters }: Operation): Parameter[] =>
  parameters.filter((parameter) => parameter.in === 'path' || parameter.required === true);

export function placeArgument({ id }: Resource, { name, description = '', schema }: Parameter): Argument {
  const choices = schema.enum?.map(String);
  return {
    name,
    summary: firstSentence(description),
    ...(name === id && { is: 'id' as const }),
    ...(choices && { choices }),
  };
}

/** The arguments of a command, by the names of what stands there. */
export const placed = (places: readonly Parameter[], input: Input): Named =>
  places.map(({ name }, index) => [name, input.arg(index)]);

export const matchOption = ({ parameters }: Operation): Option[] =>
  parameters.some(({ name }) => name === 'If-Match') ? [IF_MATCH_OPTION] : [];

/** `Activate a client` as the help says it: `activates a client`. */
export function actionSummary({ summary }: Operation): string {
  const [verb = '', ...rest] = firstSentence(summary).split(' ');
  const third = /[^aeiou]y$/.test(verb)
    ? `${verb.slice(0, -1)}ies`
    : /(s|sh|ch|x)$/.test(verb)
      ? `${verb}es`
      : `${verb}s`;
  return [third, ...rest].join(' ');
}
