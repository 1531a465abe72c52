import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fuzz } from '../fuzz/run.ts';
import { databaseKind } from '../support/database.ts';
import { IS_THOROUGH } from '../support/properties.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

const EACH = IS_THOROUGH ? 3_000 : 600;

let service: TestService;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
});
afterAll(() => service.stop());

describe('hostile requests to every operation', () => {
  it('find no 5xx, no reply outside the contract and no dead process', async () => {
    // `npm run fuzz` sends a million. A slow machine sends fewer than a fast one, and each database gets others.
    const from = databaseKind() === 'sqlite' ? 0 : EACH;
    const token = (): Promise<string> => service.adminToken();
    const stop = AbortSignal.timeout(60_000);
    let replies = 0;
    const onReply = (): unknown => (replies += 1);
    const findings = await fuzz({ url: service.url, token, seed: 1, from, to: from + EACH, stop, onReply });
    expect(replies).toBeGreaterThan(0);
    expect(
      findings.map(({ request, ...rest }) => ({ ...rest, ...request, body: request.body?.toString('latin1') })),
    ).toEqual([]);
    expect(service.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    expect((await service.request('GET', CLIENTS, { token: await token() })).status).toBe(200);
  });
});
