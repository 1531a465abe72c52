import { deflateSync, inflateSync } from 'node:zlib';
import type { Origin } from '../shared/log/origin.ts';
import { DICTIONARY } from './dictionary.ts';

/** What has revisions. */
export type RevisedKind = 'client' | 'scope' | 'claim' | 'script';

/** A resource that was removed: what it was called, and which of those that were called so. */
export interface RemovedOne {
  readonly inum: string;
  readonly incarnation: string;
}

/** What a write has restored: one that was removed, or a revision of the same one, by its number. */
export type RestoredFrom = RemovedOne | { readonly revision: number };

/** A write of a resource. Documents are JSON texts as they are stored, so that no secret is in them. */
export interface Write {
  readonly kind: RevisedKind;
  readonly inum: string;
  /** When the resource was made, a timestamp: it tells one from another that was made under its inum. */
  readonly createdAt: string;
  readonly at: string;
  readonly origin: Origin;
  /** Left out where nothing was restored. */
  readonly restoredFrom?: RestoredFrom;
  /** Left out of what was made by the write. */
  readonly before?: string;
  /** Left out of what was removed by it. */
  readonly after?: string;
  /** The number of its newest revision until then, or 0, where it was read together with `before`: to find it costs as much again. */
  readonly newest?: number | undefined;
}

/** A revision as lists have it. */
export interface Revision {
  readonly number: number;
  readonly at: string;
  /** Left out where nobody knows. */
  readonly actor?: Origin['actor'];
  /** The way in, or `before-history`: what a resource was when its first revision was stored. */
  readonly door: Origin['door'] | 'before-history';
  readonly source: string;
  readonly requestId: string;
  readonly reason?: string;
  /** Left out also where nobody has noted it. */
  readonly restoredFrom?: RestoredFrom;
  /** Whether the resource was removed. */
  readonly isRemoval: boolean;
}

/** A revision with what the resource was then, as JSON text; a removal has none. */
export interface WholeRevision extends Revision {
  readonly document?: string;
}

/** In bytes, many times what a document can have. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Documents are small: what Node takes by itself has tables of a quarter of a megabyte to be made each time, and 16 KB for the result. */
const SMALL = { memLevel: 5, windowBits: 13, chunkSize: 1_024, dictionary: DICTIONARY };

/** Packs a document: about 200 bytes of a usual client (RFC 1950). */
export const packed = (document: string): Buffer => deflateSync(document, SMALL);

/** The document that was packed, also before there was a dictionary. Throws when the bytes are damaged. */
export const unpacked = (bytes: Buffer | ArrayBuffer): string =>
  inflateSync(bytes, { maxOutputLength: MOST_BYTES, dictionary: DICTIONARY }).toString();
