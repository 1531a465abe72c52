import { RegistryError, type Credentials } from './token.ts';

/** How a program is to be called; the message is what the user reads. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The credentials in `CLIENTELE_URL`, `CLIENTELE_CLIENT_ID` and `CLIENTELE_CLIENT_SECRET`. */
export function credentialsFromEnvironment(): Credentials {
  const read = (name: string): string => {
    const value = process.env[name];
    if (value === undefined || value === '') throw new UsageError(`${name} is not set`);
    return value;
  };
  return {
    url: read('CLIENTELE_URL').replace(/\/$/, ''),
    clientId: read('CLIENTELE_CLIENT_ID'),
    clientSecret: read('CLIENTELE_CLIENT_SECRET'),
  };
}

/** Runs a program. It exits with 0, with 1 when the registry refused something or failed, with 2 when called wrongly. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // What fetch throws says no more than "fetch failed"; its cause knows more.
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    process.stderr.write(`${error instanceof RegistryError ? '' : `${error.name}: `}${error.message}${cause}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
