/** As many places as there are values, for a list of them in a statement. */
export const placesOf = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
