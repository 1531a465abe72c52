import type { Schemas } from '../shared/operation.ts';
import type { Fault } from '../shared/problem.ts';

type CustomAttribute = Schemas['CustomObjectAttribute'];
/** The limit of the contract for a text. */
const MOST_DISPLAYED = 4_096;

type Value = NonNullable<CustomAttribute['value']>;

/**
 * Completes custom attributes: `value` is the first of `values`, `displayValue` joins them, `multiValued` says that
 * there are several. A caller gives `value` or `values`; where both are there, the one that differs from the stored
 * attribute wins, as with other members that share a value.
 */
export function settleCustomAttributes(
  given: readonly CustomAttribute[],
  previous: readonly CustomAttribute[] = [],
): { attributes: CustomAttribute[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const attributes = given.map((attribute, index) => {
    const before = previous.find((candidate) => candidate.name === attribute.name);
    const values = valuesOf(attribute, before);
    if (values === undefined) {
      const detail = 'value and values say different things';
      faults.push({ pointer: `/customAttributes/${index}/value`, detail, rule: 'aliases-agree' });
    }
    return complete(attribute.name, values ?? []);
  });
  return { attributes, faults: [...faults, ...duplicates(given)] };
}

function valuesOf(attribute: CustomAttribute, before: CustomAttribute | undefined): Value[] | undefined {
  const { value, values } = attribute;
  if (value === undefined) return values ?? [];
  if (values === undefined || values.length === 0) return [value];
  if (values[0] === value) return values;
  const valueChanged = value !== before?.value;
  const valuesChanged = JSON.stringify(values) !== JSON.stringify(before?.values);
  if (valueChanged && valuesChanged) return undefined;
  return valueChanged ? [value] : values;
}

function complete(name: string, values: Value[]): CustomAttribute {
  const [first] = values;
  return {
    name,
    multiValued: values.length > 1,
    values,
    ...(first !== undefined && { value: first, displayValue: values.map(String).join(', ').slice(0, MOST_DISPLAYED) }),
  };
}

function duplicates(given: readonly CustomAttribute[]): Fault[] {
  return given.flatMap(({ name }, index) =>
    given.findIndex((other) => other.name === name) === index
      ? []
      : [{ pointer: `/customAttributes/${index}/name`, detail: `${name} is there twice`, rule: 'distinct-names' }],
  );
}
