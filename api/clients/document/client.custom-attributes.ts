import type { Schemas } from '../../shared/contract/operation.ts';
import type { Fault } from '../../shared/problem.ts';

type CustomAttribute = Schemas['CustomObjectAttribute'];
/** The limit of the contract for a text. */
const MOST_DISPLAYED = 4_096;

type Value = NonNullable<CustomAttribute['value']>;

/**
 * Completes custom attributes: `value` is the first of `values`, and where they are not given `displayValue` joins them
 * and `multiValued` says that there are several. A caller gives `value` or `values`; where both are there, the one that
 * differs from the stored attribute wins, as with other members that share a value.
 */
export function completeCustomAttributes(
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
    return complete(attribute, values ?? [], before);
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

function complete(given: CustomAttribute, values: Value[], before: CustomAttribute | undefined): CustomAttribute {
  const [first] = values;
  const derived = derivedFrom(values);
  const derivedBefore = before && derivedFrom(before.values ?? []);
  const settled = <K extends keyof Derived>(member: K): Pick<CustomAttribute, K> => {
    // What comes back as it was made from the values follows them when they change.
    const wasMade =
      before !== undefined && given[member] === before[member] && before[member] === derivedBefore?.[member];
    const value = wasMade ? derived[member] : (given[member] ?? derived[member]);
    return (value === undefined ? {} : { [member]: value }) as Pick<CustomAttribute, K>;
  };
  return {
    name: given.name,
    ...settled('multiValued'),
    values,
    ...(first !== undefined && { value: first }),
    ...settled('displayValue'),
  };
}

type Derived = Pick<CustomAttribute, 'multiValued' | 'displayValue'>;

const derivedFrom = (values: readonly Value[]): Derived => ({
  multiValued: values.length > 1,
  ...(values.length > 0 && { displayValue: values.map(String).join(', ').slice(0, MOST_DISPLAYED) }),
});

function duplicates(given: readonly CustomAttribute[]): Fault[] {
  return given.flatMap(({ name }, index) =>
    given.findIndex((other) => other.name === name) === index
      ? []
      : [{ pointer: `/customAttributes/${index}/name`, detail: `${name} is there twice`, rule: 'distinct-names' }],
  );
}
