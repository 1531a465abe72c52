import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether this user may mount in a namespace of its own; in most containers nobody may. */
export const canMount = (): boolean =>
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

/** A program that runs where a folder is a small disk, which nobody else sees. */
export interface OnSmallDisk {
  readonly child: ChildProcess;
  /** Leaves so many bytes free. */
  fill(leaving: number): void;
  /** Takes away what `fill` has put there. */
  empty(): void;
}

export interface SmallDisk {
  readonly folder: string;
  readonly megabytes: number;
  readonly env: Record<string, string>;
}

/** Runs Node with these arguments; `folder` is a disk of its own for it. */
export function onSmallDisk({ folder, megabytes, env }: SmallDisk, args: readonly string[]): OnSmallDisk {
  const script = `mount -t tmpfs -o size=${megabytes}m none "$0" && exec "$@"`;
  const child = spawn('unshare', ['-m', 'sh', '-c', script, folder, process.execPath, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // The folder as the program sees it.
  const inside = `/proc/${child.pid}/root${folder}`;
  const ballast = join(inside, 'ballast');
  return {
    child,
    fill: (leaving) => {
      const { bavail, bsize } = statfsSync(inside);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - leaving));
    },
    empty: () => rmSync(ballast, { force: true }),
  };
}
