import { describe, expect, it } from '@jest/globals';
import { Counter, Gauge, Registry } from 'prom-client';
import { metricSums } from '../../api/metrics/sums.ts';
import { systemClock } from '../../api/shared/clock.ts';
import { ownLimits } from '../../api/shared/limits/limits.ts';
import { backOff } from '../../api/workers/back-off.ts';
import { commons, type Member } from '../../api/workers/commons.ts';
import type { FromPrimary } from '../../api/workers/messages.ts';

describe('the back-off of workers', () => {
  it('is nothing for one that has served, grows for those that end at once, and tells when there is no hope', () => {
    const pause = backOff();
    expect([pause.ended(60_000), pause.ended(60_000), pause.hopeless]).toEqual([0, 0, false]);
    const delays = Array.from({ length: 5 }, () => pause.ended(20));
    expect([delays, pause.hopeless]).toEqual([[100, 200, 400, 800, 1_600], false]);
    expect([pause.ended(0), pause.hopeless]).toEqual([3_200, true]);
    expect([pause.ended(10_000), pause.hopeless]).toEqual([0, false]);
  });
});

describe('what the workers of a service have together', () => {
  it('has the places of a worker that has gone for others, those too that it still waited for', async () => {
    const sums = metricSums(() => 2);
    const all = commons(ownLimits(systemClock), sums, () => []);
    const answers: Record<number, number[]> = { 1: [], 2: [] };
    const member = (id: number): Member => ({
      id,
      send: (message: FromPrimary) => {
        if (message.kind === 'answer') answers[id]?.push(message.value as number);
      },
    });
    const [gone, other] = [member(1), member(2)];
    const ask = (from: Member, id: number): void =>
      all.take(from, { kind: 'ask', id, question: { about: 'place', caller: `c${id}` } });
    for (const id of [1, 2, 3]) ask(gone, id);
    ask(other, 4);
    ask(other, 5);
    await Promise.resolve();
    all.forget(gone.id);
    await new Promise(setImmediate);
    expect(answers[2]).toHaveLength(2);
    expect(answers[2]).not.toContain(0);
  });
});

describe('the sums of metrics', () => {
  it('keep what was counted by workers that have gone, and not their gauges', async () => {
    const worker = async (count: number, lag: number): Promise<object[]> => {
      const registry = new Registry();
      new Counter({ name: 'done_total', help: 'h', labelNames: ['k'], registers: [registry] }).inc({ k: 'a' }, count);
      new Gauge({ name: 'open', help: 'h', registers: [registry] }).set(count);
      new Gauge({ name: 'lag', help: 'h', aggregator: 'average', registers: [registry] }).set(lag);
      return registry.getMetricsAsJSON();
    };
    const sums = metricSums(() => 1);
    sums.add(1, await worker(3, 0.5));
    sums.add(2, await worker(4, 0.1));
    expect(await sums.text()).toMatch(/^done_total\{k="a"\} 7$[^]*^open 7$[^]*^lag 0.5$/m);
    sums.forget(1);
    sums.forget(3);
    sums.add(4, await worker(5, 0.2));
    sums.forget(4);
    expect(await sums.text()).toMatch(
      /^open 4$[^]*^lag 0.1$[^]*^done_total\{k="a"\} 12$|^done_total\{k="a"\} 12$[^]*^open 4$[^]*^lag 0.1$/m,
    );
  });
});
