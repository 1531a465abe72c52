import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATIONS } from '../../openapi/operations.gen.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { contractFaults } from '../support/contract-check.ts';
import { head, rawRequest } from '../support/raw-request.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  token = await service.adminToken();
  await service.request('POST', CLIENTS, { token, body: { inum: 'target', redirectUris: [] } });
});
afterAll(() => service.stop());

const { document } = loadContract();
const cases = OPERATIONS.flatMap((operation) => {
  const item = document.paths[operation.path] as Record<
    string,
    { requestBody?: { required?: boolean; content: object } }
  >;
  const { requestBody } = item[operation.method.toLowerCase()] ?? {};
  return Object.keys(requestBody?.content ?? {}).map(
    (type) => [operation.id, type, { ...operation, required: requestBody?.required === true }] as const,
  );
});

describe('a body that is wholly absent', () => {
  it.each(cases)('%s of %s: refused where one is required', async (id, type, { method, path, required }) => {
    const at = `${path.replaceAll(/\{[^}]+\}/g, 'target')}${id === 'put-register' ? '?client_id=target' : ''}`;
    const given: Record<string, string>[] = [
      { 'Content-Type': type },
      { 'Content-Type': type, 'Content-Length': '0' },
      { 'Content-Type': `${type}; charset=utf-8`, 'Content-Length': '0' },
      { 'Content-Length': '0' },
      {},
    ];
    for (const headers of given) {
      const request = head(`${method} ${at}`, { Authorization: `Bearer ${token}`, ...headers });
      const { status, text, headers: answered } = await rawRequest(service.url, request);
      const body = JSON.parse(text) as { detail?: string; error_description?: string };
      expect(
        contractFaults({
          method,
          path: at.split('?')[0] ?? '',
          status,
          mediaType: answered['content-type'] ?? null,
          body,
        }),
      ).toEqual([]);
      if (!required) expect(status).toBeLessThan(500);
      else expect([status, body.detail ?? body.error_description]).toEqual([400, 'the body is missing']);
    }
    expect(service.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('is also one that is there in pieces without content', async () => {
    const headers = {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'Transfer-Encoding': 'chunked',
    };
    const reply = await rawRequest(service.url, `${head(`POST ${CLIENTS}/validate`, headers)}0\r\n\r\n`);
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('the body is missing')]);
  });
});
