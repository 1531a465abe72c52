import type { QueryRunner } from 'typeorm';

/** How far a migration is with the rows of a table. */
export interface Progress {
  readonly table: string;
  readonly done: number;
  readonly total: number;
}

export type OnProgress = (progress: Progress) => void;

const KEY = 'onProgress';

/** Lets `listener` know what the migrations that `runner` runs report. */
export function listenForProgress(runner: QueryRunner, listener: OnProgress): void {
  runner.data[KEY] = listener;
}

/** Reports how far a migration is. */
export function reportProgress(runner: QueryRunner, progress: Progress): void {
  (runner.data[KEY] as OnProgress | undefined)?.(progress);
}
