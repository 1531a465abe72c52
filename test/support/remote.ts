import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { basic } from './service.ts';

export interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** The credentials that a start has left in a data folder. */
export function administratorIn(dataDir: string): Credentials {
  const file = JSON.parse(readFileSync(join(dataDir, 'admin-client.json'), 'utf8')) as Record<string, string>;
  return { id: file['client_id'] ?? '', secret: file['client_secret'] ?? '' };
}

/** Asks a service that runs as a process for a token. Returns the status and what it answers. */
export async function askForToken(
  url: string,
  { id, secret }: Credentials,
): Promise<{ status: number; token: string | undefined }> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const reply = await fetch(`${url}/jans-auth/restv1/token`, { method: 'POST', headers: basic(id, secret), body });
  const { access_token: token } = (await reply.json()) as { access_token?: string };
  return { status: reply.status, token };
}
