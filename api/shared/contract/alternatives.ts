/** What a validator says about one place. */
export interface ShapeError {
  /** JSON Pointer. */
  readonly place: string;
  /** The keyword of JSON Schema that does not hold. */
  readonly keyword: string;
  readonly message: string;
}

/**
 * Leaves one thing to say about a value that fits no alternative of `anyOf` or `oneOf`, where validators say what each
 * of them misses: what the alternatives of the value's own type say, or which types there are.
 */
export function withoutAlternatives<E extends ShapeError>(errors: readonly E[]): E[] {
  const choices = errors.filter(isChoice);
  return choices.reduce<E[]>((left, choice) => decided(left, choice), [...errors]);
}

const isChoice = ({ keyword }: ShapeError): boolean => keyword === 'anyOf' || keyword === 'oneOf';

function decided<E extends ShapeError>(errors: readonly E[], choice: E): E[] {
  const isType = (error: E): boolean => error.place === choice.place && error.keyword === 'type';
  const concerns = ({ place }: E): boolean => place === choice.place || place.startsWith(`${choice.place}/`);
  const types = errors.filter(isType);
  const others = errors.filter((error) => error !== choice && !isType(error));
  if (others.some(concerns)) return others;
  if (types.length === 0) return [...errors];
  const names = [...new Set(types.map(({ message }) => message.replace(/^must be /, '')))];
  const message = `must be ${names.join(', ').replace(/, ([^,]+)$/, ' or $1')}`;
  return errors.flatMap((error) => (isType(error) ? [] : [error === choice ? { ...choice, message } : error]));
}
