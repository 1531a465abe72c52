import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Undoes something; processes are ended with the signal. */
type Task = (signal: NodeJS.Signals) => Promise<unknown> | undefined;

/** What is to be undone when a run ends, however it ends. */
export interface Ending {
  add(task: Task): void;
  /** A process that ends with the run. */
  addChild(child: ChildProcess): void;
  /** Undoes everything, the latest first; also what is added meanwhile by a run that has not noticed yet. */
  finish(signal: NodeJS.Signals): Promise<void>;
}

/** The ending of a run that has done nothing so far. */
export function newEnding(): Ending {
  const tasks: Task[] = [];
  let finished: Promise<void> | undefined;
  const undo = async (signal: NodeJS.Signals): Promise<void> => {
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) await task(signal);
  };
  return {
    add: (task) => void tasks.push(task),
    addChild: (child) => void tasks.push((signal) => stopChild(child, signal)),
    finish: (signal) => (finished ??= undo(signal)),
  };
}

/** Whether a process has ended, by itself or by a signal. */
export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Ends a process and waits for its end. */
async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
