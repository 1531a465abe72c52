import { createDatabase, onServer, type TestDatabase } from './database.ts';

interface Template {
  readonly schema: string;
  /** How each table is created, by its name. */
  readonly tables: ReadonlyMap<string, string>;
  /** The tables that have rows. */
  readonly filled: readonly string[];
}

/** More clients or records than this take longer to remove than tables take to create. */
const MANY = 1_000;

/**
 * Returns how to get copies of the schema that `url` names. A copy that was dropped is emptied and given out again, which
 * is quicker than to create its tables; one whose tables are others by then is not.
 */
export async function schemaCopies(url: string): Promise<() => Promise<TestDatabase>> {
  const template = await templateOf(schemaOf(url));
  const free: TestDatabase[] = [];
  return async () => {
    const made = free.pop() ?? (await newCopy(template));
    const drop = async (): Promise<void> => {
      if (await isLikeNew(template, schemaOf(made.url))) free.push(made);
      else await made.drop();
    };
    return { url: made.url, drop };
  };
}

const schemaOf = (url: string): string => new URL(url).pathname.slice(1);

async function templateOf(schema: string): Promise<Template> {
  const tables = await definitions(schema);
  const counts = [...tables.keys()].map((table) => `SELECT '${table}' AS name FROM ${schema}.${table} LIMIT 1`);
  const filled = await onServer<{ name: string }[]>(counts.map((count) => `(${count})`).join(' UNION ALL '));
  return { schema, tables, filled: filled.map(({ name }) => name) };
}

/** How the tables of a schema are created. Where they go on counting is part of it. */
async function definitions(schema: string): Promise<Map<string, string>> {
  const names = (await onServer<Record<string, string>[]>(`SHOW TABLES FROM ${schema}`)).flatMap(Object.values);
  const shown = await onServer<Record<string, string>[][]>(
    names.map((name) => `SHOW CREATE TABLE ${schema}.${name}`).join('; '),
  );
  return new Map(names.map((name, at) => [name, shown[at]?.[0]?.['Create Table'] ?? '']));
}

async function newCopy(template: Template): Promise<TestDatabase> {
  const made = await createDatabase('');
  const schema = schemaOf(made.url);
  await onServer([`USE ${schema}`, ...withoutChecks([...template.tables.values(), ...rows(template)])].join('; '));
  return made;
}

/** Tables refer to each other. */
const withoutChecks = (statements: readonly string[]): string[] => ['SET foreign_key_checks = 0', ...statements];

const rows = ({ schema, filled }: Template): string[] =>
  filled.map((table) => `INSERT INTO ${table} SELECT * FROM ${schema}.${table}`);

/** Makes a used copy as it was, and returns whether that was possible. */
async function isLikeNew(template: Template, schema: string): Promise<boolean> {
  const tables = await definitions(schema);
  const isSame = ([name, definition]: [string, string]): boolean =>
    uncounted(template.tables.get(name) ?? '') === uncounted(definition);
  if (tables.size !== template.tables.size || ![...tables].every(isSame)) return false;
  const counts = ['clients', 'audit_records'].map((table) => `SELECT COUNT(*) AS count FROM ${schema}.${table}`);
  const counted = await onServer<{ count: number }[]>(counts.join(' UNION ALL '));
  if (counted.some(({ count }) => count > MANY)) return false;
  const counting = [...template.tables].flatMap(([name, definition]) => {
    const next = COUNTED.exec(definition)?.[0];
    return next === undefined ? [] : [`ALTER TABLE ${name}${next}`];
  });
  const empty = [...tables.keys()].map((name) => `DELETE FROM ${name}`);
  await onServer([`USE ${schema}`, ...withoutChecks([...empty, ...counting, ...rows(template)])].join('; '));
  return true;
}

const COUNTED = / AUTO_INCREMENT=\d+/;
const uncounted = (definition: string): string => definition.replace(COUNTED, '');
