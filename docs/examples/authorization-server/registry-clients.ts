import { LRUCache } from 'lru-cache';
import type { AdapterPayload } from 'oidc-provider';
import { contentOf, type Client, type Registry, type Reply } from '../node/registry.ts';
import { epochOf, metadataOf, type Offer } from './metadata.ts';

export interface RegistryClientsOptions {
  readonly registry: Registry;
  readonly offer: Offer;
  /** For how long a copy is used without asking whether it is still right, in milliseconds. */
  readonly freshFor?: number;
}

/** The metadata of an active client, or undefined. Throws when the registry cannot be asked: nobody gets in then. */
export type FindClient = (clientId: string) => Promise<AdapterPayload | undefined>;

interface Copy {
  readonly etag: string;
  readonly client: Client;
  readonly metadata: AdapterPayload;
  readonly checkedAt: number;
}

const CLIENT = '/jans-config-api/api/v1/openid/clients/{inum}';
const INUM = /^[A-Za-z0-9._~-]{1,128}$/;

// region: freshness
/** The clients of the registry. A copy is kept, and asked for again when it is older than `freshFor` (304 as a rule). */
export function registryClients({ registry, offer, freshFor = 1_000 }: RegistryClientsOptions): FindClient {
  const copies = new LRUCache<string, Copy>({ max: 10_000 });

  async function latest(inum: string): Promise<Copy | undefined> {
    const known = copies.get(inum);
    const checkedAt = Date.now();
    if (known !== undefined && checkedAt < known.checkedAt + freshFor) return known;
    const header = known && { 'If-None-Match': known.etag };
    const reply = await registry.GET(CLIENT, { params: { path: { inum }, ...(header && { header }) } });
    if (reply.response.status === 404) {
      copies.delete(inum);
      return undefined;
    }
    const copy = reply.response.status === 304 && known ? { ...known, checkedAt } : copyOf(reply, checkedAt);
    copies.set(inum, copy);
    return copy;
  }

  function copyOf(reply: Reply<Client>, checkedAt: number): Copy {
    const client = contentOf(reply);
    const etag = reply.response.headers.get('ETag') ?? '';
    return { etag, client, metadata: metadataOf(client, offer), checkedAt };
  }

  return async (clientId) => {
    const copy = INUM.test(clientId) ? await latest(clientId) : undefined;
    return copy !== undefined && isActive(copy.client) ? copy.metadata : undefined;
  };
}

const isActive = ({ disabled, expirationDate }: Client): boolean =>
  !disabled && (expirationDate === undefined || epochOf(expirationDate) * 1_000 > Date.now());
// endregion
