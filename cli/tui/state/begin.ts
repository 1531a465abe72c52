import { listOf } from './list/load.ts';
import type { State } from './state.ts';

/** What the program begins with: the first list, which is asked for. */
export function begunState(of: Pick<State, 'isPlain' | 'kinds' | 'place' | 'width' | 'height'>): State {
  const empty: State = {
    ...of,
    screens: [],
    requests: [],
    nextId: 1,
    message: undefined,
    reason: '',
    tick: 0,
    isLeaving: false,
    copied: { text: '', count: 0 },
    ended: undefined,
  };
  const [first] = of.kinds;
  return first === undefined ? empty : listOf(first)(empty);
}
