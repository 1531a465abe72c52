import { open, type FileHandle } from 'node:fs/promises';
import { pMapIterable } from 'p-map';
import { EXIT, Failure, reasonOf, usageFailure } from '../failure.ts';
import type { Calls } from '../resource/calls.ts';
import type { Entry } from '../resource/entry.ts';
import { clientIn, type Step } from './plan.ts';

/** How many requests are under way at a time: enough to hide the way to the server, few enough for a small one. */
export const AT_A_TIME = 8;

/** What is to be done, as it is kept between the plan and its execution: small, since there may be many. */
export type Task =
  | Pick<Extract<Step, { kind: 'create' }>, 'kind' | 'id' | 'file'>
  | Pick<Extract<Step, { kind: 'change' }>, 'kind' | 'id' | 'file' | 'etag'>
  | { readonly kind: 'remove'; readonly id: string };

export interface Outcome {
  readonly task: Task;
  /** Why it was not done. */
  readonly failure?: Failure;
  /** Why nothing more is to be tried. */
  readonly fatal?: Failure;
}

export interface Execution {
  readonly clients: Calls;
  readonly folder: string;
  readonly secrets: SecretsFile | undefined;
  /** Begins no further task once it is aborted; what is under way is finished. */
  readonly stop: AbortController;
}

/** Carries out tasks, some at a time, and says of each what came of it. */
export async function* execute(execution: Execution, tasks: readonly Task[]): AsyncGenerator<Outcome> {
  const lost = new AbortController();
  const source = (function* () {
    for (const task of tasks) {
      if (execution.stop.signal.aborted || lost.signal.aborted) return;
      yield task;
    }
  })();
  const perform = async (task: Task): Promise<Outcome> => {
    const outcome = await outcomeOf(execution, task);
    if (outcome.fatal !== undefined) lost.abort();
    return outcome;
  };
  yield* pMapIterable(source, perform, { concurrency: AT_A_TIME, backpressure: AT_A_TIME });
}

async function outcomeOf(execution: Execution, task: Task): Promise<Outcome> {
  try {
    const entry = await carriedOut(execution, task);
    const secret = entry?.['clientSecret'];
    if (typeof secret === 'string') await execution.secrets?.add(task.id, secret);
    return { task };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A service that refuses one client may take the next; one that is out of reach does not.
    const isFatal = error.exitCode !== EXIT.refused || error instanceof SecretLost;
    return { task, failure: error, ...(isFatal && { fatal: error }) };
  }
}

async function carriedOut({ clients, folder }: Execution, task: Task): Promise<Entry | undefined> {
  if (task.kind === 'remove') {
    await clients.removeExactly(task.id);
    return undefined;
  }
  const body = await clientIn(folder, task.file);
  // Between the plan and now the file may have become another client's.
  if (body.inum !== task.id) throw new Failure(EXIT.refused, `${task.file} has changed since the plan`);
  return task.kind === 'create' ? clients.create(body) : clients.replace(body, task.etag);
}

/** A secret that was shown once and could not be kept. */
class SecretLost extends Failure {}

/** The file for secrets that the service makes during an import: a line of JSON for each, for its owner only. */
export class SecretsFile {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Makes the file. One that is there already is refused: it may hold secrets that are nowhere else. */
  static async create(path: string): Promise<SecretsFile> {
    try {
      return new SecretsFile(path, await open(path, 'ax', 0o600));
    } catch (error) {
      throw usageFailure(`--secrets-file ${path}: ${reasonOf(error)}`);
    }
  }

  async add(inum: string, clientSecret: string): Promise<void> {
    try {
      await this.file.appendFile(`${JSON.stringify({ inum, clientSecret })}\n`);
    } catch (error) {
      throw new SecretLost(EXIT.refused, `${this.path} cannot be written: ${reasonOf(error)}`, [
        `The secret of ${inum} is lost; rotate-secret gives it another one.`,
      ]);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
