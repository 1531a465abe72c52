import { EventEmitter, once } from 'node:events';
import { expect, it } from '@jest/globals';
import { useRecorder, type UseRecorderNeeds } from '../../api/issuer/use-recorder.ts';

type Work = UseRecorderNeeds['work'];
type Client = Parameters<ReturnType<typeof useRecorder>['note']>[0];

const client = { document: { inum: 'one' }, createdAt: '2026-01-01', tokenGeneration: 0 } as Client;
const clock: UseRecorderNeeds['clock'] = { now: () => 0, elapsed: () => 0, wait: () => Promise.resolve() };
const log = { warn: () => undefined } as unknown as UseRecorderNeeds['log'];

it('has everything written that was noted of the tokens of a client, also what is just being written', async () => {
  const steps = new EventEmitter();
  const [begun, committed] = [once(steps, 'begun'), once(steps, 'committed')];
  const write = async (): Promise<void> => {
    steps.emit('begun');
    await committed;
  };
  const recorder = useRecorder({ work: { write } as unknown as Work, clock, log });
  recorder.note(client, { expires_in: 300 });
  await begun;
  let isFlushed = false;
  const flushed = recorder.flush('one').then(() => (isFlushed = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isFlushed).toBe(false);
  steps.emit('committed');
  await flushed;
});
