import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newEnding, type Ending } from '../bench/ending.ts';
import { freePort, startServer } from '../bench/servers.ts';
import { hasProgram, Unavailable } from './commands.ts';
import { LANGUAGES, type Language, type Place } from './languages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Outcome = 'passed' | 'failed' | 'skipped';

/**
 * Generates clients from the contract that a service serves, compiles them, and creates, reads, patches, lists and
 * deletes a client of the registry with each. Arguments choose the languages whose name has one of them.
 */
async function main(chosen: readonly string[], ending: Ending): Promise<number> {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  // Within the tree, so that what is compiled finds the packages that are here already.
  const folder = mkdtempSync(join(root, '.tmp/clients-'));
  ending.add(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    return undefined;
  });
  const shared = await startedService(folder, ending);
  const counts: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
  for (const language of LANGUAGES) {
    if (chosen.length > 0 && !chosen.some((word) => language.name.toLowerCase().includes(word.toLowerCase()))) continue;
    const own = mkdtempSync(join(folder, 'client-'));
    const { outcome, why } = await outcomeOf(language, { ...shared, folder: own });
    counts[outcome] += 1;
    console.log(`${outcome.padEnd(7)} ${language.name}${why === undefined ? '' : `: ${why}`}`);
  }
  console.log(`clients: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 ? 0 : 1;
}

async function outcomeOf(language: Language, place: Place): Promise<{ outcome: Outcome; why?: string }> {
  const missing = language.needs.filter((name) => !hasProgram(name));
  if (missing.length > 0) return { outcome: 'skipped', why: `there is no ${missing.join(', ')}` };
  try {
    await language.check(place);
    return { outcome: 'passed' };
  } catch (error) {
    return { outcome: error instanceof Unavailable ? 'skipped' : 'failed', why: (error as Error).message };
  }
}

/** A service with an empty database, its contract in a file, and a token of its administrator. */
async function startedService(folder: string, ending: Ending): Promise<Omit<Place, 'folder'>> {
  const port = await freePort();
  const data = join(folder, 'data');
  const args = ['--import', 'tsx', join(root, 'api/main.ts')];
  // The token is for all languages, of which some take minutes to compile.
  const env = { DATA_DIR: data, LOG_LEVEL: 'warn', ACCESS_TOKEN_TTL: '3600' };
  const service = await startServer({ name: 'service', port, args, env, log: join(folder, 'log') }, ending);
  const contract = join(folder, 'openapi.json');
  writeFileSync(contract, await (await fetch(`${service.base}/openapi.json`)).text());
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  return { contract, tools, env: { BASE: service.base, TOKEN: await administratorToken(data) } };
}

async function administratorToken(data: string): Promise<string> {
  const file = readFileSync(join(data, 'admin-client.json'), 'utf8');
  const { client_id, client_secret, token_endpoint } = JSON.parse(file) as Record<string, string>;
  const headers = { Authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` };
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const reply = await fetch(token_endpoint ?? '', { method: 'POST', headers, body });
  return ((await reply.json()) as { access_token: string }).access_token;
}

const ending = newEnding();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void ending.finish(signal).then(() => process.exit(130)));
}
try {
  process.exitCode = await main(process.argv.slice(2), ending);
} finally {
  await ending.finish('SIGTERM');
}
