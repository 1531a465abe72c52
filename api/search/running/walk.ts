import { databaseFault } from '../../shared/database/database-fault.ts';
import { offsetOf, type Asked, type Found } from '../asked.ts';
import type { Position } from '../cursor.ts';
import { all, type Sql } from '../dialect.ts';
import { orderBySql, type Order } from '../order-sql.ts';
import { tablesOf } from './ground.ts';
import { countOf, type PageNeeds } from './pages.ts';
import { slices, type Pace } from './slices.ts';

interface WalkNeeds extends PageNeeds {
  readonly pace: Pace;
  readonly onStopped: () => void;
}

/**
 * A page that is read in slices of its order. When the time is over and a part will do, it has what was found until then,
 * and `reached` where it ended.
 */
export async function walkedPage(
  needs: WalkNeeds,
  { where, order }: { readonly where: Sql; readonly order: Order },
  { start, limit, partial }: Asked,
): Promise<Pick<Found, 'page' | 'reached'>> {
  if (limit === 0) return { page: [] };
  const page: Position[] = [];
  let skip = offsetOf(start);
  let reached: Position | undefined;
  try {
    const after = 'after' in start ? { after: start.after } : {};
    const { select, searched, pace } = needs;
    for await (const slice of slices({ select, table: searched.table, order, pace, ...after })) {
      const found = await rowsOf(needs, { where: all([where, slice.where]), order }, skip + limit - page.length);
      page.push(...found.slice(skip));
      skip = Math.max(0, skip - found.length);
      if (page.length === limit) return { page };
      reached = slice.end;
    }
    return { page };
  } catch (error) {
    if (partial !== true || reached === undefined || !isStopped(error)) throw error;
    needs.onStopped();
    return { page, reached: { ...reached, ...(skip > 0 && { skip }) } };
  }
}

/** Whether a search was stopped because its time was over. */
export const isStopped = (error: unknown): boolean => databaseFault(error)?.kind === 'stopped';

async function rowsOf(
  needs: WalkNeeds,
  { where, order }: { readonly where: Sql; readonly order: Order },
  limit: number,
): Promise<Position[]> {
  const tables = tablesOf(needs, { text: where.text });
  const select = `SELECT c.inum AS id, ${order.expression} AS value FROM ${tables.text} WHERE ${where.text}
      ORDER BY ${orderBySql(order)} LIMIT ${limit}`;
  const found = await needs.select<{ id: string; value: string }>(select, [...tables.parameters, ...where.parameters]);
  return found.map(({ id, value }) => ({ id, value }));
}

/** How many matches there are, counted slice by slice until there are `most`. */
export async function walkedCount(needs: WalkNeeds, where: Sql, most: number): Promise<number> {
  const { select, searched, pace } = needs;
  const order: Order = { expression: 'c.inum', id: 'c.inum', nullable: false, descending: false, place: '?' };
  let count = 0;
  for await (const slice of slices({ select, table: searched.table, order, pace })) {
    count += await countOf(needs, { where: all([where, slice.where]) });
    if (count >= most) break;
  }
  return count;
}
