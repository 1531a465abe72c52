import type { Select } from '../running/slices.ts';
import type { KnownMatches } from './known-matches.ts';

/** Compared byte by byte, which finds the same in UTF-8 and is half the work. */
export const MARIADB_CONTAINS = 'LOCATE(CAST(? AS BINARY), CAST(s.text AS BINARY)) > 0';

/** How texts are looked for. */
export interface Finding {
  /** About how many there are. */
  readonly texts: number;
  readonly limit: number;
  readonly select: Select;
  /** What was found before. */
  readonly known?: KnownMatches | undefined;
}

/** About how many texts have a trigram. */
export interface Estimate {
  readonly trigram: Buffer;
  readonly texts: number;
}

/** The rarest trigram of a term is listed where about so many texts have it: fewer are looked at at once, more take long. */
const [FEWEST, MOST] = [1_000, 60_000];
/** So many texts are looked at without more ado. */
const FEW = 500;
/** To look at a text costs as much as to list so many, by the estimate, which is about twice what there is. */
const LISTED = 14;

/** Whether the matches of a term with these trigrams, the rarest first, are found through lists. What more than `common` have is read otherwise. */
export const isListed = ([rarest]: readonly Estimate[], common: number): boolean =>
  rarest !== undefined && rarest.texts > FEWEST && rarest.texts <= Math.min(MOST, common);

/**
 * The ids of all texts that contain a term, in the order of their inums. Those with its rarest trigram are listed and
 * compared here, where the server would look for each of them in the list of another. Of these the ones that were known
 * to contain the term are not looked at again, so that one that has lost it, but none of that trigram, stays for a while.
 */
export async function listedMatches(
  term: string,
  [rarest, other]: readonly Estimate[],
  { select, known }: Pick<Finding, 'select' | 'known'>,
): Promise<Iterable<number>> {
  if (rarest === undefined) return [];
  const listed = await listOf(select, rarest);
  const before = known?.get(term);
  const same = before === undefined ? [] : before.filter((id) => holds(listed, id));
  const kept = Uint32Array.from(same).sort();
  const rest = await narrowed(among(listed, kept, false), other, select);
  const found = await verified(term, rest, select);
  if (found.length === 0 && before !== undefined) return same;
  const all = same.length === 0 ? found : await verified(term, [...same, ...found], select);
  if (all.length > FEW) known?.set(term, all);
  return all;
}

/** Those of many that have another trigram as well, where to list it costs less than to look at all of them. */
async function narrowed(ids: Uint32Array, other: Estimate | undefined, select: Select): Promise<Uint32Array> {
  if (other === undefined || ids.length <= FEW || other.texts > LISTED * ids.length) return ids;
  const those = await listOf(select, other);
  return among(ids, those, true);
}

/** The ids of the texts with a trigram, in order. */
const listOf = async (select: Select, { trigram }: Estimate): Promise<Uint32Array> =>
  (await idsOf(select, { what: 't.id', from: 'client_trigrams t WHERE t.trigram = ?' }, [trigram])).sort();

/** Those whose text contains a term, in the order of their inums. */
async function verified(term: string, ids: ArrayLike<number>, select: Select): Promise<Uint32Array> {
  if (ids.length === 0) return new Uint32Array();
  const from = `client_search s WHERE s.id IN (${Array.from(ids).join(', ')}) AND ${MARIADB_CONTAINS}`;
  return idsOf(select, { what: 's.id', order: ' ORDER BY s.inum', from }, [term]);
}

/** Those of a sorted list that are, or are not, in another one. */
function among(sorted: Uint32Array, other: Uint32Array, isIn: boolean): Uint32Array {
  let at = 0;
  return sorted.filter((id) => {
    while ((other[at] ?? Infinity) < id) at += 1;
    return (other[at] === id) === isIn;
  });
}

/** Whether a sorted list has an id. */
function holds(sorted: Uint32Array, id: number): boolean {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0) < id) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === id;
}

interface Ids {
  readonly what: string;
  readonly order?: string;
  readonly from: string;
}

/** Ids as one text, which is a third of the work of a row for each; where the server has cut it, row by row. */
async function idsOf(
  select: Select,
  { what, order = '', from }: Ids,
  parameters: readonly (string | Buffer)[],
): Promise<Uint32Array> {
  const joined = `SELECT ${LONGEST} AS longest, GROUP_CONCAT(${what}${order}) AS ids FROM ${from}`;
  const [row] = await select<{ longest: number | string; ids: string | null }>(joined, parameters);
  const text = row?.ids ?? '';
  if (text.length < Number(row?.longest)) return numbersIn(text);
  const rows = await select<{ id: number }>(`SELECT ${what} AS id FROM ${from}${order}`, parameters);
  return Uint32Array.from(rows, ({ id }) => id);
}

/** What is longer, the server cuts. */
const LONGEST = 'LEAST(@@group_concat_max_len, @@max_allowed_packet)';

/** The numbers that a text has between its commas. */
function numbersIn(text: string): Uint32Array {
  const numbers = new Uint32Array(text.length);
  let [count, value] = [0, 0];
  for (let at = 0; at <= text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >= 0) value = value * 10 + digit;
    else {
      numbers[count] = value;
      [count, value] = [count + 1, 0];
    }
  }
  return numbers.slice(0, text === '' ? 0 : count);
}

const ZERO = '0'.charCodeAt(0);
