import { MOVED_CLAIMS, MOVED_SCOPES } from '../../openapi/moved-stock.ts';
import { dnOf, inumOfDn } from '../shared/ids.ts';

/**
 * Some stock scopes had inums here that are those of other scopes in a Janssen installation (C4F7, B9D2), and claims had
 * inums of our own. Nothing stands under the former ones, and references to them are refused with what to write instead:
 * nobody gets what was not meant. This goes with the version below, two minor versions after the move, and `jans_stat` can
 * have its C4F7 then.
 */
export const MOVED_UNTIL = '0.4.0';

/** What to write instead of a reference to what stands elsewhere now, to be read after what is wrong; or nothing. */
export function movedHint(tree: 'scopes' | 'attributes', written: string): string {
  const moved = (tree === 'scopes' ? MOVED_SCOPES : MOVED_CLAIMS).get(inumOfDn(tree, written) ?? written);
  return moved === undefined ? '' : `: ${moved.name}, which it was until version 0.1, is ${dnOf(tree, moved.inum)} now`;
}
