import { documentText, type ClientDocument } from '../document/client.document.ts';
import type { StoredClient } from '../client.store.ts';

/** A client that has just been made, as it is stored: never used, with no token yet. */
export const newlyStored = (
  about: Omit<StoredClient, 'text' | 'tokenGeneration' | 'activity' | 'lastAccessTime'>,
  document: ClientDocument,
): StoredClient => ({ ...about, text: documentText(document), tokenGeneration: 0, activity: 0 });
