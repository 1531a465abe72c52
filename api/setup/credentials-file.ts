import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Administrator } from './administrator.ts';

/** Where the credentials of the administrator are. */
export const credentialsPath = (dataDir: string): string => join(dataDir, 'admin-client.json');

const stagedPath = (dataDir: string): string => `${credentialsPath(dataDir)}.new`;

function writeStaged(dataDir: string, content: object): void {
  const staged = stagedPath(dataDir);
  rmSync(staged, { force: true });
  writeFileSync(staged, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(staged, 0o600);
}

/**
 * Writes the credentials beside their final place, readable by the owner only. They get there with `keep()`, once
 * the administrator is stored; `discard()` takes them away again.
 */
export function stageCredentials(
  dataDir: string,
  administrator: Administrator,
  tokenEndpoint: string,
): { keep(): void; discard(): void } {
  const path = credentialsPath(dataDir);
  const staged = stagedPath(dataDir);
  writeStaged(dataDir, {
    client_id: administrator.inum,
    client_secret: administrator.secret,
    token_endpoint: tokenEndpoint,
    scope: administrator.scopes.join(' '),
  });
  return { keep: () => renameSync(staged, path), discard: () => rmSync(staged, { force: true }) };
}

/** Undefined when somebody has made something else of the file, which is theirs. */
function jsonIn(path: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

type IsStored = (inum: string) => Promise<boolean>;

/** Puts credentials in their place that a process has written and not lived to keep, when their client is stored. */
export async function recoverCredentials(dataDir: string, isStored: IsStored): Promise<void> {
  const staged = stagedPath(dataDir);
  if (!existsSync(staged)) return;
  const { client_id: inum } = JSON.parse(readFileSync(staged, 'utf8')) as { client_id: string };
  if (await isStored(inum)) renameSync(staged, credentialsPath(dataDir));
  else rmSync(staged);
}

/** Has the credentials name the present token endpoint, when their client is stored: another ISSUER is another address. */
export async function refreshCredentials(dataDir: string, tokenEndpoint: string, isStored: IsStored): Promise<void> {
  const path = credentialsPath(dataDir);
  if (!existsSync(path)) return;
  const content = jsonIn(path);
  if (content === undefined) return;
  if (content['token_endpoint'] === tokenEndpoint || !(await isStored(String(content['client_id'])))) return;
  writeStaged(dataDir, { ...content, token_endpoint: tokenEndpoint });
  renameSync(stagedPath(dataDir), path);
}
