import { expect, it } from '@jest/globals';
import { everyStep } from '../../api/shared/sweep.ts';

it('does the steps of a sweep after one that failed, and tells of every failure', async () => {
  const done: string[] = [];
  const failing = (text: string) => () => Promise.reject(new Error(text));
  const step = (): Promise<void> => Promise.resolve(void done.push('done'));
  await expect(everyStep([failing('one'), step])).rejects.toThrow(/^one$/);
  await expect(everyStep([failing('one'), step, failing('two'), step])).rejects.toThrow('Error: one; Error: two');
  expect(done).toHaveLength(3);
});
