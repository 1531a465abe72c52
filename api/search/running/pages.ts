import { isUtf8 } from 'node:buffer';
import { ownTurn } from '../../shared/database/others-turn.ts';
import { offsetOf, type Asked, type Searched } from '../asked.ts';
import type { Position } from '../cursor.ts';
import { all, sql, type Dialect, type Sql } from '../dialect.ts';
import { afterSql, orderBySql, type Order } from '../order-sql.ts';
import { NEAR } from '../text/quick-search.ts';
import { leadingOf, MATCHES, tablesOf, type Reading } from './ground.ts';
import type { Select } from './slices.ts';

export interface PageNeeds {
  readonly dialect: Dialect;
  readonly searched: Searched;
  readonly select: Select;
  /** Whether a select keeps this thread from everything else. */
  readonly keepsThread?: boolean;
}

/** What a page is taken from. */
export interface Sought {
  readonly where: Sql;
  readonly order: Order;
  /** Selects the ids of the texts that are few enough to be sorted. */
  readonly matches?: Sql | undefined;
  /** About how many these are. */
  readonly count?: number | undefined;
  /** Whether few are sorted, however the order is. */
  readonly isFew: boolean;
}

type Part = Pick<Asked, 'start' | 'limit'>;

/** A page of what is sought. */
export async function pageOf(needs: PageNeeds, sought: Sought, asked: Part): Promise<Position[]> {
  const { where, order, matches, count = 0, isFew } = sought;
  if (asked.limit === 0) return [];
  const offset = offsetOf(asked.start);
  if (order.hasIndex === true && !isFew) return halvedPage(needs, sought, asked);
  const after = 'after' in asked.start ? [afterSql(order, asked.start.after)] : [];
  const isAll =
    matches === undefined && where.text === all([]).text && after.length === 0 && order.expression === order.id;
  if (isAll && offset > NEAR) return farPage(needs, order, { offset, limit: asked.limit });
  const rest = { ...sought, where: all([where, ...after]) };
  const span = { offset, limit: asked.limit };
  const isInParts = needs.keepsThread === true && count > PART && order.expression === order.id;
  return isInParts && matches !== undefined ? rowsInParts(needs, matches, rest, span) : rows(needs, rest, span);
}

interface Span {
  readonly offset: number;
  readonly limit: number;
}

interface PageRow {
  inum: string;
  sort: string | number | ArrayBuffer | Buffer | null;
}

async function rows(
  needs: PageNeeds,
  { where, order, matches }: Omit<Sought, 'isFew'>,
  { offset, limit }: Span,
): Promise<Position[]> {
  const [, leading = 'c'] = /^(\w+)\.inum$/.exec(order.id) ?? [];
  const reading: Reading = {
    text: `${where.text} ${order.expression} ${order.id}`,
    leading,
    ...(matches && { matches }),
  };
  const from = tablesOf(needs, reading);
  const select = `SELECT ${order.id} AS inum, ${order.expression} AS sort FROM ${from.text}
      WHERE ${where.text} ORDER BY ${orderBySql(order)} LIMIT ${limit} OFFSET ${offset}`;
  const found = await needs.select<PageRow>(select, [...from.parameters, ...where.parameters]);
  return found.map(({ inum, sort }) => ({ id: inum, value: valueOf(sort) }));
}

/** So many texts are read in two milliseconds, from a file that is in memory. */
const PART = 500;

/** The same in the order of ids, for which all matches have to be read: some at a time, with a turn for everything else after each. */
async function rowsInParts(
  needs: PageNeeds,
  { text, parameters }: Sql,
  { where, order }: Pick<Sought, 'where' | 'order'>,
  { offset, limit }: Span,
): Promise<Position[]> {
  const joined = `SELECT GROUP_CONCAT(id) AS ids FROM (${text}) ${MATCHES}`;
  const [row] = await needs.select<{ ids: string | number | null }>(joined, parameters);
  const ids = String(row?.ids ?? '').split(',');
  const sign = order.descending ? -1 : 1;
  let page: Position[] = [];
  for (let at = 0; at < ids.length; at += PART) {
    await ownTurn();
    // As one parameter: the driver keeps what it has compiled by its text.
    const among = sql('s.id IN (SELECT value FROM json_each(?))', `[${ids.slice(at, at + PART).join(',')}]`);
    const part = await rows(needs, { where: all([among, where]), order }, { offset: 0, limit: offset + limit });
    const both = [...page, ...part].sort((one, other) => (one.id < other.id ? -sign : sign));
    page = both.slice(0, offset + limit);
  }
  return page.slice(offset);
}

/** Of the texts with these ids those that match, in the order of their inums. */
export async function rowsIn(
  needs: PageNeeds,
  ids: readonly number[],
  { where, descending }: { readonly where: Sql; readonly descending: boolean },
): Promise<Position[]> {
  if (ids.length === 0) return [];
  const order: Order = { expression: 's.inum', id: 's.inum', nullable: false, descending, place: '?' };
  const among = all([sql(`s.id IN (${ids.join(', ')})`), where]);
  return rows(needs, { where: among, order }, { offset: 0, limit: ids.length });
}

/** Far into all there is: by an index that has the ids and nothing else, since that of the table has the documents. */
async function farPage(needs: PageNeeds, { descending }: Order, { offset, limit }: Span): Promise<Position[]> {
  const { dialect, searched } = needs;
  const { table, byInum } = searched.texts ?? { table: searched.table, byInum: undefined };
  const from = byInum === undefined ? table : dialect.byIndex(table, byInum);
  const order = `ORDER BY inum${descending ? ' DESC' : ''} LIMIT ${limit} OFFSET ${offset}`;
  const found = await needs.select<{ inum: string }>(`SELECT inum AS inum FROM ${from} ${order}`, []);
  return found.map(({ inum }) => ({ id: inum, value: inum }));
}

/** A part of an order: what has a value, or what has none. */
interface Half {
  readonly where: Sql;
  readonly order: Order;
  readonly isAbsent: boolean;
}

/**
 * A page in the order of an index in which what has no value stands at the other end: one select for each of the two, that
 * reads in its order, where one for both would sort everything.
 */
async function halvedPage(needs: PageNeeds, { where, order }: Sought, { start, limit }: Part): Promise<Position[]> {
  const position = 'after' in start ? start.after : undefined;
  const halves = halvesOf(needs, where, order);
  // A position in the second half has left the first behind.
  if (position !== undefined && (position.value === null) !== halves[0]?.isAbsent) halves.shift();
  let offset = offsetOf(start);
  const page: Position[] = [];
  for (const [at, half] of halves.entries()) {
    const after = at === 0 && position !== undefined ? [afterSql(half.order, position)] : [];
    const part = { where: all([half.where, ...after]), order: half.order };
    const found = await rows(needs, part, { offset, limit: limit - page.length });
    page.push(...found.map(({ id, value }) => ({ id, value: half.isAbsent ? null : value })));
    if (page.length === limit) break;
    const isPassedOver = found.length === 0 && offset > 0 && at + 1 < halves.length;
    offset = isPassedOver ? offset - (await countOf(needs, part)) : 0;
  }
  return page;
}

function halvesOf({ searched }: PageNeeds, where: Sql, order: Order): Half[] {
  const { expression, descending } = order;
  const [alias = ''] = expression.split('.');
  const id = leadingOf(searched, alias) === undefined ? order.id : `${alias}.inum`;
  const [present, absent]: Half[] = [
    {
      where: all([where, sql(`${expression} IS NOT NULL`)]),
      order: { ...order, id, nullable: false },
      isAbsent: false,
    },
    {
      where: all([where, sql(`${expression} IS NULL`)]),
      order: { expression: order.id, id: order.id, nullable: false, descending, place: '?' },
      isAbsent: true,
    },
  ] as const;
  return descending ? [absent, present] : [present, absent];
}

/** How many matches there are, counted up to `most`. */
export async function countOf(
  needs: PageNeeds,
  { where, matches }: Pick<Sought, 'where' | 'matches'>,
  most?: number,
): Promise<number> {
  const from = tablesOf(needs, { text: where.text, ...(matches && { matches }) });
  const limit = most === undefined ? '' : ` LIMIT ${most}`;
  const select = `SELECT COUNT(*) AS number FROM (SELECT 1 FROM ${from.text} WHERE ${where.text}${limit}) n`;
  const [row] = await needs.select<{ number: number | string }>(select, [...from.parameters, ...where.parameters]);
  return Number(row?.number ?? 0);
}

/** The value that was sorted by: a text, although it was selected as bytes, where they are one. */
function valueOf(sort: PageRow['sort']): Position['value'] {
  if (sort === null || typeof sort !== 'object') return sort;
  const bytes = Buffer.from(sort as ArrayBuffer);
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
}
