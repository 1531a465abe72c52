import type { QueryRunner } from 'typeorm';
import { KINDS, type Kind, type Members } from './stock.ts';

/** A stock entry that stands under a former inum. */
export interface Move {
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  readonly name: string;
}

/** The name that the entry has under its new inum until the former one is gone. No name has a blank. */
export const interimName = ({ name }: Pick<Move, 'name'>): string => `moving ${name}`;

const places = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

type Named = { readonly inum: string; readonly name: string };

async function named(runner: QueryRunner, { table, nameColumn }: Kind, inums: readonly string[]): Promise<Named[]> {
  const select = `SELECT inum, ${nameColumn} AS name FROM ${table} WHERE inum IN (${places(inums)})`;
  return (await runner.query(select, [...inums])) as Named[];
}

/** What is still to be moved. */
export async function pendingMoves(runner: QueryRunner): Promise<Move[]> {
  const moves: Move[] = [];
  for (const kind of KINDS) {
    const inums = new Map([...kind.stock].map(([inum, name]) => [name, inum]));
    const present = await named(runner, kind, [...kind.former.values()]);
    for (const { inum, name } of present) {
      const to = inums.get(name);
      // Anything else under a former inum is nothing of ours.
      if (to !== undefined && kind.former.get(name) === inum) moves.push({ kind, from: inum, to, name });
    }
  }
  return moves;
}

/** Throws, in words, when something of the administrators stands under the inum of a stock scope or claim. */
export async function requireFreeInums(runner: QueryRunner): Promise<void> {
  for (const kind of KINDS) {
    if (!(await runner.hasTable(kind.table))) continue;
    for (const { inum, name } of await named(runner, kind, [...kind.stock.keys()])) {
      const stock = kind.stock.get(inum) ?? '';
      if (name === stock || name === interimName({ name: stock })) continue;
      const noun = kind.table === 'scopes' ? 'scope' : 'claim';
      throw new Error(
        `the ${noun} ${name} has the inum ${inum}, which is that of the ${noun} ${stock} from this version on. Give it ` +
          `another inum with the version that you had: create it anew under another name, give it to its clients, and ` +
          `remove this one`,
      );
    }
  }
}

/** The same document with references to what moves as references to where it goes; `changed` has the members. */
export function withReferences(document: Members, moves: readonly Move[]): { document: Members; changed: string[] } {
  const changed: string[] = [];
  const next = { ...document };
  for (const { table, unit } of KINDS) {
    const list = document[table];
    if (!Array.isArray(list)) continue;
    const targets = new Map(moves.filter(({ kind }) => kind.table === table).map(({ from, to }) => [from, to]));
    const mapped = list.map((dn: unknown) => {
      const [, inum = '', ou] = /^inum=([^,]+),ou=([a-z]+),o=jans$/.exec(String(dn)) ?? [];
      const to = ou === unit ? targets.get(inum) : undefined;
      return to === undefined ? dn : dnOf(unit, to);
    });
    if (mapped.every((dn, index) => dn === list[index])) continue;
    next[table] = mapped;
    changed.push(table);
  }
  return { document: next, changed };
}

export const dnOf = (unit: Kind['unit'], inum: string): string => `inum=${inum},ou=${unit},o=jans`;

/** The list of inums in a column, as JSON text, with what moves under its new inum; undefined when nothing does. */
export function withInums(text: string, moves: readonly Move[]): string | undefined {
  const targets = new Map(moves.filter(({ kind }) => kind.table === 'scopes').map(({ from, to }) => [from, to]));
  const next = JSON.stringify((JSON.parse(text) as string[]).map((inum) => targets.get(inum) ?? inum));
  return next === text ? undefined : next;
}
