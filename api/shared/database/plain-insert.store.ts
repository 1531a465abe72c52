import type { EntityManager, EntityTarget } from 'typeorm';
import { underSchema } from '../../../entities/schema-version.ts';
import { placesOf } from './places.ts';

// For what is written with every request: the builder takes longer than the database, and reads rows again for the sake of
// columns that the database fills in.

/** Inserts rows of an entity, all with the same members, in one statement. Returns the number that a server has given to the first. */
export async function insertRows<Entity extends object>(
  manager: EntityManager,
  entity: EntityTarget<Entity>,
  rows: readonly Partial<Entity>[],
): Promise<number | undefined> {
  const [first] = rows;
  if (first === undefined) return undefined;
  const { into, names } = shapeOf(manager, entity, first);
  const places = `(${placesOf(names)})`;
  const insert = `${into} VALUES ${rows.map(() => places).join(', ')}`;
  const values = rows.flatMap((row) => valuesOf(row, names));
  return (await manager.query<{ insertId?: number }>(insert, values)).insertId;
}

/** Inserts a row in a statement that looks at the schema too, so that the unit of work need not. Throws as `requireSchema` does. */
export async function insertUnderSchema<Entity extends object>(
  manager: EntityManager,
  entity: EntityTarget<Entity>,
  row: Partial<Entity>,
): Promise<void> {
  const { into, names } = shapeOf(manager, entity, row);
  await underSchema(manager, `${into} SELECT ${placesOf(names)}`, valuesOf(row, names));
}

/** Where the rest of a row comes from: columns of a row that is there, by a condition with its values. */
interface Source {
  readonly columns: readonly string[];
  /** What follows FROM. */
  readonly of: string;
  readonly values: readonly unknown[];
}

/** Inserts a row whose last columns are those of another row, under their names. Returns how many that made: 0 or 1. */
export async function insertFrom<Entity extends object>(
  manager: EntityManager,
  entity: EntityTarget<Entity>,
  row: Partial<Entity>,
  { columns, of, values }: Source,
): Promise<number> {
  const { into, names } = shapeOf(manager, entity, row, columns);
  const insert = `${into} SELECT ${placesOf(names)}, ${columns.join(', ')} FROM ${of}`;
  return (await manager.queryRunner?.query(insert, [...valuesOf(row, names), ...values], true))?.affected ?? 0;
}

function shapeOf(
  { dataSource }: EntityManager,
  entity: EntityTarget<object>,
  row: object,
  more: readonly string[] = [],
): { readonly into: string; readonly names: readonly string[] } {
  const { tableName, columns } = dataSource.getMetadata(entity);
  const written = columns.filter(({ propertyName }) => Object.hasOwn(row, propertyName));
  const into = `INSERT INTO ${tableName} (${[...written.map(({ databaseName }) => databaseName), ...more].join(', ')})`;
  return { into, names: written.map(({ propertyName }) => propertyName) };
}

const valuesOf = (row: object, names: readonly string[]): unknown[] =>
  names.map((name) => columnValue((row as Readonly<Record<string, unknown>>)[name]));

/** SQLite has no booleans. */
export const columnValue = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);
