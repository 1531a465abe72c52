import type { TaskKind } from '../tasks/task.ts';
import { sweepingExpired, sweepingRejected } from './client.expiry.ts';
import type { UnusedRules } from './unused/judgement.ts';
import { sweepingUnused, type UnusedSweepNeeds } from './unused/unused.sweep.ts';

/** What a deployment says about clients that go by themselves. */
interface Settings {
  /** How long rejected ones are kept, in milliseconds. */
  readonly rejectedKeep: number;
  readonly unused?: UnusedRules;
  readonly builtInIssuer: boolean;
}

/** The kinds of tasks that end clients. */
export const sweepingClients = (
  { rejectedKeep, unused: rules, builtInIssuer: isIssuer }: Settings,
  needs: Omit<UnusedSweepNeeds, 'rules' | 'isIssuer'>,
): TaskKind[] => [
  sweepingExpired(needs),
  sweepingRejected(needs, rejectedKeep),
  ...sweepingUnused({ ...needs, rules, isIssuer }),
];
