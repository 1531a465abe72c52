import { DRY_RUN, type Operation, type Schema } from '../../contract/contract.ts';
import { kebab } from '../../contract/fields.ts';
import { checkFilter, checkSort } from '../../contract/searchable.ts';
import { usageFailure } from '../../failure.ts';
import { didYouMean } from '../../suggestion.ts';
import { firstSentence } from '../body.ts';
import type { Input, Option } from '../../command.ts';
import type { Named } from '../../resource/request.ts';

const FILTER: Option = {
  name: 'filter',
  value: 'MEMBER=VALUE',
  repeats: true,
  summary: 'only those; also != < <= > >=, and several',
};

/** A filter in the language of RFC 7644. */
export const WHERE: Option = {
  name: 'where',
  value: 'FILTER',
  summary: `only those, as RFC 7644 has it: 'disabled eq true or redirectUris co "//old."'`,
};
/** The parameter that it is. */
const FILTER_PARAMETER = 'filter';

/** The filter that is given, as the member or the parameter that it is. Throws where it says nothing. */
export function filterIn(input: Input, what: string): { readonly filter?: string } {
  const filter = input.value(WHERE.name);
  if (filter?.trim() === '') throw usageFailure(`--${WHERE.name} is empty: leave it out, or say which ${what}`);
  return filter === undefined ? {} : { [FILTER_PARAMETER]: filter };
}

const PARTIAL: Option = { name: 'partial', rare: true, summary: 'what is found in time, instead of nothing' };

/** Whether an operation gives what it has when its time is over, to who prefers that. */
const hasPartial = ({ method, parameters }: Operation): boolean =>
  method === 'GET' && parameters.some(({ name }) => name === 'Prefer');

/** The options for the query of an operation. */
export function listOptions(operation: Operation): Option[] {
  const parameters = operation.parameters.filter(
    // Trying is an option of commands that they have in common.
    (parameter) => parameter.in === 'query' && parameter.required !== true && parameter.name !== DRY_RUN,
  );
  const has = (wanted: string): boolean => parameters.some(({ name }) => name === wanted);
  return [
    ...parameters.filter(({ name }) => name !== FILTER_PARAMETER).map((parameter) => parameterOption(parameter)),
    ...(has('fieldValuePair') ? [FILTER] : []),
    ...(has(FILTER_PARAMETER) ? [WHERE] : []),
    ...(hasPartial(operation) ? [PARTIAL] : []),
  ];
}

function parameterOption({ name, schema, description = '' }: Operation['parameters'][number]): Option {
  const isRare = ['startIndex', 'cursor', 'fieldValuePair'].includes(name);
  const choices = schema.enum?.map(String);
  if (schema.type === 'boolean') return { name: kebab(name), negatable: true, summary: firstSentence(description) };
  return {
    name: kebab(name),
    value: schema.type === 'integer' ? 'N' : 'TEXT',
    summary: firstSentence(description),
    ...(choices && { choices }),
    ...(isRare && { rare: true }),
  };
}

/**
 * The query of a command line: its flags, and each `--filter` with its commas as they are. What the contract says would
 * be refused is refused here.
 */
export function listQuery(operation: Operation, input: Input): Named {
  const named = operation.parameters.flatMap(({ name, in: place, schema }): [string, string][] => {
    if (place !== 'query' || name === DRY_RUN) return [];
    const flag = name === FILTER_PARAMETER ? WHERE.name : kebab(name);
    if (schema.type === 'boolean') {
      return input.has(flag) || input.has(`no-${flag}`) ? [[name, String(input.has(flag))]] : [];
    }
    const value = input.value(flag);
    if (value === undefined) return [];
    checkValue(schema, value, `--${flag}`);
    if (name === 'sortBy') checkSort(operation, value, `--${flag}`);
    return [[name, value]];
  });
  if (hasPartial(operation) && input.has(PARTIAL.name)) named.push(['Prefer', 'partial-results']);
  for (const filter of input.values(FILTER.name)) checkFilter(operation, filter, `--${FILTER.name}`);
  const filters = input.values(FILTER.name).map((filter) => filter.replaceAll(',', '\\,'));
  if (filters.length === 0) return named;
  const pairs = named.filter(([name]) => name === 'fieldValuePair').map(([, value]) => value);
  return [...named.filter(([name]) => name !== 'fieldValuePair'), ['fieldValuePair', [...pairs, ...filters].join(',')]];
}

/** Refuses a value that the parameter does not take. */
function checkValue(
  { type, minimum = -Infinity, maximum = Infinity, enum: choices }: Schema,
  value: string,
  where: string,
): void {
  if (choices !== undefined && !choices.includes(value)) {
    const words = choices.map(String).filter((word) => word !== '');
    throw usageFailure(`${where} does not take ${value}${didYouMean(value, words)}`, [`One of: ${words.join(', ')}`]);
  }
  if (type !== 'integer') return;
  if (!/^-?\d+$/.test(value)) throw usageFailure(`${where} takes a whole number, not ${value}`);
  if (Number(value) < minimum || Number(value) > maximum) {
    throw usageFailure(`${where} takes ${minimum} to ${maximum}, not ${value}`);
  }
}
