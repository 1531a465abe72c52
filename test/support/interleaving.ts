import { jest } from '@jest/globals';
import { RENEWED } from '../../entities/lease.ts';
import type { TestService } from './service.ts';

/** The longest that a timer of Node takes, in milliseconds: more than any test. */
const NEVER = 2_147_483_647;

/** Until its end, whoever takes a lease does not renew it later on: a process that is gone does not either. */
export function renewingNothing(): { end(): void } {
  const every = globalThis.setInterval;
  const spy = jest
    .spyOn(globalThis, 'setInterval')
    .mockImplementation((task, milliseconds, ...values) =>
      every(task, milliseconds === RENEWED ? NEVER : milliseconds, ...values),
    );
  return { end: () => spy.mockRestore() };
}

/**
 * Does `task` each time when a request has read this client outside of its transaction, before that request goes on,
 * at most `times`. Reads of the task itself do not count.
 */
export function afterEachRead(
  service: TestService,
  inum: string,
  task: () => Promise<unknown>,
  times = Number.MAX_SAFE_INTEGER,
): { readonly reads: number; end(): void } {
  const { manager } = service.database.reader;
  const query = manager.query.bind(manager);
  let [reads, isBusy] = [0, false];
  const spy = jest.spyOn(manager, 'query').mockImplementation(async (sql, values) => {
    const rows = await query<unknown>(sql, values);
    const isRead = sql.includes('WHERE c.inum IN (') && (values as unknown[] | undefined)?.includes(inum) === true;
    if (isBusy || !isRead) return rows;
    reads += 1;
    if (reads > times) return rows;
    isBusy = true;
    await task();
    isBusy = false;
    return rows;
  });
  return {
    get reads() {
      return reads;
    },
    end: () => spy.mockRestore(),
  };
}
