import { LRUCache } from 'lru-cache';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/**
 * Sessions, codes and tokens in memory, which is enough to try it out: they are gone with the process. A deployment
 * puts a database in its place.
 */
export function memoryAdapters(): (model: string) => Adapter {
  const kept = new LRUCache<string, AdapterPayload>({ max: 100_000 });
  return (model) => {
    const find = (is: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
      [...kept.entries()].find(([key, payload]) => key.startsWith(`${model}:`) && is(payload))?.[1];
    const found = (id: string): AdapterPayload | undefined => kept.get(`${model}:${id}`);
    return {
      upsert: async (id, payload, expiresIn) => {
        kept.set(`${model}:${id}`, payload, { ...(expiresIn !== undefined && { ttl: expiresIn * 1_000 }) });
      },
      find: async (id) => found(id),
      findByUid: async (uid) => find((payload) => payload.uid === uid),
      findByUserCode: async (code) => find((payload) => payload.userCode === code),
      consume: async (id) => {
        const payload = found(id);
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1_000);
      },
      destroy: async (id) => {
        kept.delete(`${model}:${id}`);
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, payload] of kept.entries()) {
          if (key.startsWith(`${model}:`) && payload.grantId === grantId) kept.delete(key);
        }
      },
    };
  };
}
