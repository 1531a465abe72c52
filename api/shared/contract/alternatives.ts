/** What a validator says about one place. */
export interface ShapeError {
  /** JSON Pointer. */
  readonly place: string;
  /** The keyword of JSON Schema that does not hold. */
  readonly keyword: string;
  readonly message: string;
}

/**
 * Leaves one thing to say about a value where validators say several: of one that fits no alternative of `anyOf` or
 * `oneOf`, what the alternatives of the value's own type say, or which types there are; and of one that is of another
 * type, or out of bounds, nothing of values or formats beside it.
 */
export function oneForEachFault<E extends ShapeError>(errors: readonly E[]): E[] {
  const choices = errors.filter(isChoice);
  const left = choices.reduce<E[]>((rest, choice) => decided(rest, choice), [...errors]);
  const otherAt = ({ place }: E, keywords: readonly string[]): boolean =>
    left.some((error) => error.place === place && keywords.includes(error.keyword));
  return left.filter(
    (error) =>
      error.keyword === 'type' ||
      (!otherAt(error, ['type']) && (error.keyword !== 'format' || !otherAt(error, BOUNDS))),
  );
}

const BOUNDS = ['minimum', 'maximum'];

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
