import { lookup } from '../../../openapi/lookup.ts';

/** By how many rows a key moves, where a page has so many; undefined when it moves nothing. */
export const moveOf = (name: string, rows: number): number | undefined =>
  lookup({ up: -1, down: 1, pageup: -rows, pagedown: rows, home: -Infinity, end: Infinity }, name);

/** A row after a move, among so many. */
export const movedRow = (row: number, by: number, length: number): number =>
  Math.max(0, Math.min(row + by, length - 1));
