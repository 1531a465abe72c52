/** The own member of a table under a name that may come from outside; undefined for `constructor` and its like. */
export const lookup = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
