import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timestamp } from '../../api/shared/clock.ts';
import { databaseKind } from '../support/database.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';
import { recordStatements, type Statement } from '../support/statements.ts';
import { fill } from '../../scripts/seed/fill.ts';

let service: TestService;
let token: string;
let statements: Statement[];

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  await fill(service.work, { count: 4_000, seed: 7, onProgress: () => undefined });
  const { body } = await service.request('GET', `${CLIENTS}?limit=200`, { token });
  await service.work.write(async (stores) => {
    for (const [index, { inum }] of (body.entries as { inum: string }[]).entries()) {
      await stores.clients.noteUse(inum, timestamp(service.clock.now() - index * 60_000));
    }
  });
  if (databaseKind() === 'mariadb')
    await service.database.writer.query('ANALYZE TABLE clients, client_scopes, client_activity');
  else await service.database.writer.query('ANALYZE');
  statements = recordStatements(service);
});
afterAll(() => service.stop());

/** The steps of a plan that read a whole table or a whole index of clients. */
async function fullScans(query: string, parameters: unknown): Promise<string[]> {
  if (databaseKind() === 'sqlite') {
    const steps = await service.database.writer.query<{ detail: string }[]>(
      `EXPLAIN QUERY PLAN ${query}`,
      parameters as string[],
    );
    return steps.map((step) => step.detail).filter((detail) => /^SCAN (c|a|client)/.test(detail));
  }
  const select = query.replace(/^SET STATEMENT .* FOR /, '');
  const steps = await service.database.writer.query<{ table: string; type: string; key: string | null }[]>(
    `EXPLAIN ${select}`,
    parameters as string[],
  );
  return steps
    .filter(({ table, type }) => /^(c|a)$/.test(table) && (type === 'ALL' || type === 'index'))
    .map((step) => JSON.stringify(step));
}

describe('a filter', () => {
  it.each([
    'inum=nobody',
    'applicationType=native',
    'disabled=true',
    'scopes=phone',
    'softwareId=software-7',
    'expirationDate=2037-01-15T00:00:00',
    'clientIdIssuedAt=2030-01-01',
    'clientSecretExpiresAt=2030-01-01',
    'lastAccessTime=2020-01-01T00:00:00',
  ])('on %s finds its page and its total through an index', async (pair) => {
    statements.length = 0;
    const reply = await service.request(
      'GET',
      `${CLIENTS}?${new URLSearchParams({ fieldValuePair: pair }).toString()}`,
      { token },
    );
    expect(reply.status).toBe(200);
    const searches = statements.filter(({ query }) => query.includes('FROM clients c'));
    // A page that is not full tells the total as well.
    expect(searches.length).toBeGreaterThanOrEqual(1);
    for (const { query, parameters } of searches)
      expect([query, await fullScans(query, parameters)]).toEqual([query, []]);
  });
});

describe('a page by cursor', () => {
  it.each(['inum', 'displayName'])(
    'in the order of %s goes on where the last one ended, through an index',
    async (sortBy) => {
      const first = await service.request('GET', `${CLIENTS}?limit=20&sortBy=${sortBy}`, { token });
      statements.length = 0;
      await service.request('GET', `${CLIENTS}?limit=20&sortBy=${sortBy}&cursor=${first.body.nextCursor}`, { token });
      const [page] = statements.filter(({ query }) => query.includes('ORDER BY'));
      expect(await fullScans(page?.query ?? '', page?.parameters)).toEqual([]);
      if (databaseKind() === 'sqlite') return;
      const select = (page?.query ?? '').replace(/^SET STATEMENT .* FOR /, '');
      const [step] = await service.database.writer.query<{ type: string; Extra: string }[]>(
        `EXPLAIN ${select}`,
        page?.parameters as string[],
      );
      expect(step?.type).toBe('range');
      expect(step?.Extra).not.toContain('filesort');
    },
  );
});
