import type { ClientStores } from '../../api/clients/client.stores.ts';
import { settle } from '../../api/clients/client.settle.ts';
import type { References } from '../../api/clients/client.references.ts';
import type { ClientDocument } from '../../api/clients/document/client.document.ts';
import { findReferences } from '../../api/clients/client.lookup.ts';
import type { UnitOfWork } from '../../api/shared/database/unit-of-work.ts';
import { newInum } from '../../api/shared/ids.ts';
import { randomNumbers, realisticClient } from './realistic-client.ts';

export interface FillOptions {
  readonly count: number;
  /** The same seed gives the same clients, but for their ids. */
  readonly seed: number;
  /** The number of the first one, which its name has: 1 unless given. */
  readonly from?: number;
  readonly onProgress: (done: number) => void;
}

const BATCH = 500;

/**
 * Fills a database with realistic clients. They go through the lifecycle and the store like all others, a batch in a
 * unit of work; what is left out is what costs a request: secrets (nobody will use these clients) and audit records.
 */
export async function fill(work: UnitOfWork<ClientStores>, options: FillOptions): Promise<void> {
  const { references } = await work.read((stores) =>
    findReferences(stores, { scopes: ['openid', 'profile', 'email'] }),
  );
  const random = randomNumbers(options.seed);
  for (let done = 0; done < options.count;) {
    const size = Math.min(BATCH, options.count - done);
    const start = done + (options.from ?? 1);
    const clients = Array.from({ length: size }, (_unused, index) => newClient(random, start + index, references));
    await work.write((stores) => stores.corridor.fill(clients));
    done += size;
    options.onProgress(done);
  }
}

function newClient(random: () => number, number: number, references: References): ClientDocument {
  const draft = realisticClient(random, number);
  const { document, faults } = settle({ draft, inum: newInum(), mode: 'replace', door: 'admin', references });
  if (faults.length > 0) throw new Error(`a seeded client breaks a rule: ${JSON.stringify(faults[0])}`);
  return document;
}
