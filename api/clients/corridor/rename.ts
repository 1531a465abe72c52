import { isDuplicate } from '../../shared/database/database-fault.ts';
import { dnOf } from '../../shared/ids.ts';
import type { Origin } from '../../shared/log/origin.ts';
import { Problem } from '../../shared/problem.ts';
import type { ClientSecrets } from '../secrets/client.secrets.ts';
import type { StoredSecret } from '../secrets/secret.store.ts';
import type { ClientDocument } from '../document/client.document.ts';
import type { StoredClient } from '../client.store.ts';
import type { Journal } from './client.journal.ts';
import type { ClientRows } from './client-rows.store.ts';
import type { lastVersionStore } from './last-version.store.ts';
import type { SecretRows } from './secret-rows.store.ts';

/** A client as it is stored, and what is read from that. */
export interface Opened {
  readonly stored: StoredClient;
  readonly document: ClientDocument;
  readonly secrets?: readonly StoredSecret[];
  readonly newest?: number;
}

export interface RenameNeeds {
  readonly rows: ClientRows;
  readonly lastVersions: ReturnType<typeof lastVersionStore>;
  readonly secretsOf: SecretRows;
  readonly secrets: Pick<ClientSecrets, 'move'>;
  readonly journal: Journal;
  readonly now: () => string;
}

/** Puts an open client under another inum; the log has it under both, and its revisions end under the one and begin under the other. Throws `client-exists` when that is taken. */
export async function rename(needs: RenameNeeds, open: Opened, inum: string, origin: Origin): Promise<void> {
  const { rows, lastVersions, secretsOf, secrets, journal } = needs;
  const { stored, document } = open;
  const at = needs.now();
  await secrets.move(secretsOf, stored.inum, inum);
  await lastVersions.keep(stored.inum, stored.version);
  // No ETag of a client that had this inum before stands for this one.
  const version = 1 + Math.max(stored.version, await lastVersions.of(inum));
  const renamed = { ...document, inum, dn: dnOf('clients', inum) };
  await rows.rename({ document, version: stored.version }, renamed, version, at).catch((error: unknown) => {
    throw isDuplicate(error) ? new Problem('client-exists', { detail: `${inum} is taken` }) : error;
  });
  const about = { at, origin, changed: ['inum'] };
  await journal.enterAll([
    { ...about, client: stored, before: stored.text },
    { ...about, client: { ...stored, inum }, after: JSON.stringify(renamed) },
  ]);
}
