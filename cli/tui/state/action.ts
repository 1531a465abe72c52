import type { Failure } from '../../failure.ts';
import type { Key } from './edit.ts';

/** What can happen. */
export type Action =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'size'; readonly width: number; readonly height: number }
  | { readonly type: 'answered'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'tick' }
  | { readonly type: 'signal'; readonly code: number };
