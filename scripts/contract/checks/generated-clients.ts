import { operationsOf, type Document, type Operation, type Schema } from '../document.ts';

interface RequestBody {
  content?: Record<string, { schema?: Schema }>;
}

/**
 * What in the bundled document programs that generate clients make types of that do not compile, or that nobody can use.
 * Each fault says where it is and what to write instead.
 */
export function generatedClientFaults(document: Document): string[] {
  const { schemas, parameters } = document.components;
  const inComponents = Object.entries({ ...schemas, ...parameters }).flatMap(([name, part]) => faultsIn(part, name));
  const operations = operationsOf(document).map(({ operation }) => operation);
  return [
    ...namesThatClash(document, operations),
    ...inComponents,
    ...operations.flatMap((one) => ofOne(one, schemas)),
  ];
}

function ofOne(operation: Operation, schemas: Readonly<Record<string, Schema>>): string[] {
  const { operationId: id, responses, parameters = [], requestBody } = operation;
  const refuses = Object.keys(responses).some((status) => status.startsWith('4'));
  return [
    ...(refuses ? [] : [`${id}: says nothing of how it refuses a request; declare its 4xx, at least '400'`]),
    ...faultsIn(parameters, `${id}.parameters`),
    ...faultsIn(requestBody, `${id}.requestBody`),
    ...faultsIn(responses, `${id}.responses`),
    ...formFaults(requestBody as RequestBody | undefined, id, schemas),
  ];
}

/** A parameter of a form is one text in the code that is generated, so that a choice of types has no counterpart. */
function formFaults(body: RequestBody | undefined, id: string, schemas: Readonly<Record<string, Schema>>): string[] {
  const { schema = {} } = body?.content?.['application/x-www-form-urlencoded'] ?? {};
  const { properties = {} } = schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema;
  return Object.entries(properties)
    .filter(([, { type }]) => type === undefined || type === 'array' || type === 'object')
    .map(
      ([name]) =>
        `${id}: the form parameter ${name} has more than one type; give it one, and take others before (x-body)`,
    );
}

/** Generators name constructors `New…`, and types after operations, beside those of the schemas. */
function namesThatClash({ components }: Document, operations: readonly Operation[]): string[] {
  const taken = new Map(
    operations.flatMap(({ operationId: id }) =>
      ['Params', 'Response', 'JSONRequestBody', 'FormdataRequestBody'].map((end) => [pascal(id) + end, id] as const),
    ),
  );
  return Object.keys(components.schemas).flatMap((name) => [
    ...(/^New[A-Z]/.test(name) ? [`${name}: is the constructor of another type in Go; begin with another word`] : []),
    ...(taken.has(name) ? [`${name}: Go has a type of this name for ${taken.get(name)}; end with Reply or Input`] : []),
  ]);
}

const pascal = (id: string): string => id.replace(/(?:^|-)([a-z])/g, (_all, letter: string) => letter.toUpperCase());

/** The members whose values are data and no schemas. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'required']);

function faultsIn(node: unknown, place: string): string[] {
  if (node === null || typeof node !== 'object') return [];
  if (Array.isArray(node)) return node.flatMap((entry, at) => faultsIn(entry, `${place}[${at}]`));
  const { properties, ...rest } = node as Schema;
  const inner = Object.entries(rest).filter(([name]) => !DATA.has(name) && !name.startsWith('x-'));
  return [
    ...faultsOf(node as Schema).map((fault) => `${place}: ${fault}`),
    ...Object.entries(properties ?? {}).flatMap(([name, member]) => faultsIn(member, `${place}.${name}`)),
    ...inner.flatMap(([name, value]) => faultsIn(value, name === 'schema' ? place : `${place}.${name}`)),
  ];
}

function faultsOf({ allOf, enum: values = [], default: usual, properties }: Schema): string[] {
  const isObject = typeof usual === 'object' && usual !== null && !Array.isArray(usual);
  const joins = allOf !== undefined && (allOf.length > 1 || properties !== undefined || allOf[0]?.$ref === undefined);
  const spellings = values.map((value) => JSON.stringify(value).toLowerCase());
  const twice = values.filter((_value, at) => spellings.indexOf(spellings[at] ?? '') !== at);
  return [
    ...(isObject ? ['has an object as default, which does not compile in Java; leave it out'] : []),
    ...(joins
      ? ['allOf has more than one reference; give it a name in components.schemas, where its parts are joined']
      : []),
    ...(twice.length > 0
      ? [`has values with more than one spelling: ${twice.join(', ')}; the case does not count`]
      : []),
    ...(values.includes('') ? ['has the empty text among its values; it stands for what is left out anyhow'] : []),
  ];
}
