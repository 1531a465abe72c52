import type { Input } from '../command.ts';
import type { ConnectionFlags, FlagNames } from './source.ts';

export const EVERYDAY_FLAGS: FlagNames = { url: '--url', as: '--as', secret: '--as-secret-file' };

/** What the options of every command say about the connection. */
export const connectionFlags = (input: Input): ConnectionFlags => ({
  url: input.value('url'),
  as: input.value('as'),
  secretFile: input.value('as-secret-file'),
  accessToken: input.value('access-token'),
  profile: input.value('profile'),
});
