import { LRUCache } from 'lru-cache';
import type { Meters } from '../meters.ts';

class CountedCache<K extends object | string, V extends object | true> extends LRUCache<K, V> {
  private readonly count: (isHit: boolean) => void;

  constructor(options: LRUCache.Options<K, V, unknown>, meters: Meters, name: string) {
    super(options);
    this.count = meters.cache(name, () => this.size);
  }

  override get(key: K, options?: LRUCache.GetOptions<K, V, unknown>): V | undefined {
    const found = super.get(key, options);
    this.count(found !== undefined);
    return found;
  }
}

/** A cache that throws out what was not used for longest, and whose hits and misses are counted under `name`. */
export const countedCache = <K extends object | string, V extends object | true>(
  meters: Meters,
  name: string,
  options: LRUCache.Options<K, V, unknown>,
): LRUCache<K, V> => new CountedCache<K, V>(options, meters, name);
