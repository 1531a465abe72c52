import type { Reply } from './exchange.ts';
import { textIn } from './reply-shape.ts';

/** In words: until when tokens that a write has ended are taken by servers that do not ask; undefined where none ended. */
export function offlineNotice({ headers, body }: Reply): string | undefined {
  const until = headers.get('tokens-offline-until');
  if (until === null) return undefined;
  const inum = textIn({ ...(body as { inum?: unknown } | null) }.inum);
  const whose = inum === undefined ? 'The tokens have' : `The tokens of ${inum} have`;
  return `${whose} ended. Servers that do not ask here take the last one until ${until.replace('T', ' ')} UTC.`;
}
