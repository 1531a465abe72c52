import { DRY_RUN } from '../../contract/contract.ts';
import { EXIT, Failure } from '../../failure.ts';
import { cellOf } from '../../output/entry.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import { asEntry } from '../../resource/reply.ts';
import type { Call } from '../state/call.ts';

/** Takes changes back, or says what would come of that; throws what would refuse it. */
export async function undoing(
  calls: Calls,
  { operation, body, isTrial }: Extract<Call, { does: 'undo' }>,
): Promise<Entry> {
  const reply = asEntry(await calls.act(operation, { body, named: isTrial ? [[DRY_RUN, 'true']] : [] }));
  if (!isTrial) return reply;
  const result = asEntry(reply['result']);
  if (Number(reply['status']) < 400) return result;
  throw new Failure(EXIT.refused, cellOf(result['detail'] ?? result['title'], ''));
}
