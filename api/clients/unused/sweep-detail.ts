import { wireDate } from '../../shared/clock.ts';
import type { UnusedRules } from './judgement.ts';
import type { Reporter } from './reporters.store.ts';

const DAY = 86_400_000;

/** Says in a line what the sweep does at present, and what becomes of clients that nobody uses. */
export function sweepDetail(
  rules: UnusedRules | undefined,
  reporters: readonly (Pick<Reporter, 'caller' | 'heardAt'> & { readonly isSilent: boolean })[],
): string {
  if (rules === undefined)
    return 'The sweep is off, since REGISTRATION_UNUSED_DAYS is not set: no client is reported, disabled or removed.';
  const [silent, ...others] = reporters.filter(({ isSilent }) => isSilent);
  if (silent !== undefined) {
    const more = others.length === 0 ? '' : `, and ${others.length} more have been silent as well`;
    return (
      `The sweep has stopped: ${silent.caller} has not reported uses since ${wireDate(silent.heardAt)}${more}. ` +
      'No client is reported, disabled or removed until that comes again, or forget-reporter says that it is gone.'
    );
  }
  const { neverUsed, notSince, reportedFor, disabledFor, methods } = rules;
  const days = (time: number): string => `${time / DAY} day${time === DAY ? '' : 's'}`;
  const unseen =
    reporters.length === 0
      ? ' Those with users are left alone, since no authorization server has reported uses yet.'
      : '';
  return (
    `The sweep is on for clients that came by ${methods.join(', ')}: never used for ${days(neverUsed)}, or not for ` +
    `${days(notSince)}, they are reported, disabled ${days(reportedFor)} after that, and removed ${days(disabledFor)} later.${unseen}`
  );
}
