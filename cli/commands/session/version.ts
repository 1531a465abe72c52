import type { Context } from '../../context.ts';
import { EXIT, Failure } from '../../failure.ts';

/** `version`: of the program, and of the service where something says which. */
export async function version(context: Context): Promise<void> {
  const { contract, printer } = context;
  const program = { program: contract.version };
  const shape = { id: 'program', columns: ['program', 'service', 'url'], known: [] };
  const url = await addressOf(context);
  if (url === undefined) return printer.one(program, shape);
  try {
    await printer.one({ ...program, service: await (await context.service()).version(), url }, shape);
  } catch (error) {
    // The half that is known is told all the same.
    if (error instanceof Failure) await printer.one({ ...program, url }, shape);
    throw error;
  }
}

async function addressOf(context: Context): Promise<string | undefined> {
  try {
    return (await context.connection()).url;
  } catch (error) {
    if (error instanceof Failure && error.exitCode === EXIT.usage) return undefined;
    throw error;
  }
}
