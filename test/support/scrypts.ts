import { createHook } from 'node:async_hooks';
import type { TestReply } from './service.ts';

/** Runs a request and counts the scrypt operations that Node has started meanwhile. */
export async function countingScrypts(task: () => Promise<TestReply>): Promise<{ reply: TestReply; scrypts: number }> {
  let scrypts = 0;
  const hook = createHook({ init: (_id, type) => void (scrypts += type === 'SCRYPTREQUEST' ? 1 : 0) }).enable();
  const reply = await task();
  hook.disable();
  return { reply, scrypts };
}
