import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './servers.ts';

const SCRIPTS = '/jans-config-api/api/v1/config/scripts';
/** Until a change of a script is seen, in milliseconds. */
const SEEN = 1_100;

export interface ScriptedService {
  readonly service: Server;
  /** May write scripts. */
  readonly token: string;
}

/** Has this script as the only one during a task; none where it is left out. */
export async function withScript<T>(
  { service, token }: ScriptedService,
  script: string | undefined,
  properties: Readonly<Record<string, string>>,
  task: () => Promise<T>,
): Promise<T> {
  if (script === undefined) return task();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const configurationProperties = Object.entries(properties).map(([value1, value2]) => ({ value1, value2 }));
  const kind = { scriptType: 'client_registration', programmingLanguage: 'javascript', enabled: true };
  const body = JSON.stringify({ name: 'bench', ...kind, script, configurationProperties });
  const reply = await fetch(`${service.base}${SCRIPTS}`, { method: 'POST', headers, body });
  const { inum, detail } = (await reply.json()) as { inum?: string; detail?: string };
  if (inum === undefined) throw new Error(`a script is refused: ${detail ?? reply.status}`);
  await sleep(SEEN);
  const result = await task();
  await fetch(`${service.base}${SCRIPTS}/${inum}`, { method: 'DELETE', headers });
  await sleep(SEEN);
  return result;
}
