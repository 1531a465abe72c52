import { CallFailure, type Failure } from '../../../failure.ts';
import type { AskScreen, Request, Step } from '../state.ts';
import { changed } from '../steps.ts';
import { writing } from './asking.ts';

/** The key that says why, at questions that lead to a write. */
export const REASON_KEY = 'w';

/** Whether a write is refused for nothing but that nobody has said why. */
export const wantsReason = (failure: Failure): boolean => {
  const faults: unknown[] =
    failure instanceof CallFailure && Array.isArray(failure.problem['errors']) ? failure.problem['errors'] : [];
  return faults.some((fault) => (fault as { parameter?: unknown } | null)?.parameter === 'header:X-Reason');
};

/** Has the reason of a question written. */
export const sayWhy = ({ id, reason = '' }: AskScreen): Step =>
  writing({
    title: 'Why?',
    help: 'The history keeps it beside what is changed.',
    text: reason,
    done: (text) => changed('ask', id, (ask) => ({ ...ask, reason: text.trim() })),
  });

/** Asks why, and then for the same once more. */
export const reasonAsked = (request: Request): Step =>
  writing({
    title: 'Why? This service changes nothing without a reason',
    help: 'The history keeps it beside what is changed. Esc changes nothing.',
    text: request.reason,
    check: (text) => (text.trim() === '' ? 'Say in a few words why.' : undefined),
    done: (text) => (state) => ({
      ...state,
      nextId: state.nextId + 1,
      requests: [
        ...state.requests.filter(({ purpose }) => purpose !== request.purpose),
        { ...request, id: state.nextId, delay: 0, reason: text.trim() },
      ],
    }),
  });
