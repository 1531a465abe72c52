import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const TMPFS = 0x01021994;
/** In bytes: many times what the tests have there at one time. */
const PLENTY = 4 * 2 ** 30;

/**
 * Makes a folder for what the tests write: in memory where there is plenty of it, since SQLite waits for the disk with
 * each transaction and nothing here has to outlive the machine; with TMPDIR, there.
 */
export function makeScratch() {
  const base = process.env.TMPDIR === undefined && isRoomy(MEMORY) ? MEMORY : tmpdir();
  return mkdtempSync(join(base, 'clientele-run-'));
}

function isRoomy(folder) {
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    return type === TMPFS && Math.min(bavail * bsize, freemem()) >= PLENTY && runsPrograms(folder);
  } catch {
    return false;
  }
}

/** Containers often have it mounted so that nothing in it can be run, which tests do. */
function runsPrograms(folder) {
  const made = mkdtempSync(join(folder, 'clientele-probe-'));
  const program = join(made, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
  const { status } = spawnSync(program);
  rmSync(made, { recursive: true });
  return status === 0;
}
