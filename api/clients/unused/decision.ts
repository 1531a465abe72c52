import type { ClientStores } from '../client.stores.ts';
import type { OpenClient } from '../corridor/client.corridor.ts';

/**
 * Inside: somebody says that a client is to be disabled. Where the sweep has disabled it already, that is theirs from now on,
 * and the sweep neither removes it nor lets it in. Returns what that changes, in the words of the log.
 */
export async function takenFromSweep(
  { clients, disuse }: Pick<ClientStores, 'clients' | 'disuse'>,
  { stored, document }: OpenClient,
): Promise<readonly string[]> {
  if (!document.disabled) return [];
  await clients.hold(stored);
  if ((await disuse.find(stored.inum))?.state !== 'disabled') return [];
  await disuse.clear(stored.inum);
  return ['unused'];
}
