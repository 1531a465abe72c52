import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodyFields } from '../../cli/commands/body.ts';
import { loadContract } from '../../cli/contract/contract.ts';
import type { Field } from '../../cli/contract/fields.ts';
import { cliFor, type Cli } from '../support/cli.ts';
import { IS_THOROUGH } from '../support/properties.ts';
import { REGISTER } from '../support/registration.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let cli: Cli;

beforeAll(async () => {
  service = await startService({ env: { REGISTRATION: 'open' } });
  cli = cliFor(service);
});
afterAll(async () => {
  cli.remove();
  await service.stop();
});

/** Values that tell different ways of writing a client apart, by the type of the member. */
function valuesOf({ kind, values = [], schema }: Field): unknown[] {
  const more: Readonly<Record<string, readonly unknown[]>> = {
    text: [...(IS_THOROUGH ? [''] : []), ...values],
    boolean: [true, false],
    integer: [0, 1],
    list: [[], values],
    localized: [{ values: {} }, { values: { de: 'https://de.example/' } }, { values: { '': 'https://x.example/' } }],
    json: [{}, []],
  };
  // Without the member it is one and the same client: that each says so by itself is for the night.
  return [
    ...(IS_THOROUGH ? [null] : []),
    ...(schema.example === undefined ? [] : [schema.example]),
    ...(more[kind] ?? []),
  ];
}

describe('what was exported', () => {
  it('is no difference, whatever shape the clients have', async () => {
    const token = await service.adminToken();
    const contract = loadContract();
    const operation = contract.operation('post-oauth-openid-client');
    const fields = operation === undefined ? [] : bodyFields(contract, operation);
    let made = 0;
    for (const field of fields.filter(({ path }) => path !== 'inum')) {
      for (const value of valuesOf(field)) {
        const [member = '', inner] = field.path.split('.');
        const body = { redirectUris: [], [member]: inner === undefined ? value : { [inner]: value } };
        // Not every value suits every member.
        if ((await service.request('POST', CLIENTS, { token, body })).status === 201) made += 1;
      }
    }
    const members = [...new Set(fields.map(({ path }) => path.split('.')[0] ?? ''))].filter((name) => name !== 'inum');
    const without = Object.fromEntries(members.map((name) => [name, null]));
    for (const inum of ['written-without', 'patched-away']) {
      const body = { ...(inum === 'written-without' && without), inum, redirectUris: [] };
      const reply = await service.request('POST', CLIENTS, { token, body });
      expect([reply.status, reply.body.errors]).toEqual([201, undefined]);
    }
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    for (const name of members) {
      const raw = JSON.stringify({ [name]: null });
      await service.request('PATCH', `${CLIENTS}/patched-away`, { token, headers, raw });
    }
    expect(made).toBeGreaterThan(fields.length);
    for (const metadata of [
      { grant_types: ['client_credentials'], response_types: [] },
      { redirect_uris: ['https://a.example/cb'], client_name: 'Shop', 'client_name#de': 'Laden', contacts: [] },
    ]) {
      expect(await service.request('POST', REGISTER, { body: metadata })).toHaveProperty('status', 201);
    }
    const dir = join(cli.home, 'clients');
    expect((await cli.run(['clients', 'export', '--dir', dir])).code).toBe(0);
    const { code, out, err } = await cli.run(['clients', 'diff', dir, '--exit-code']);
    expect([code, out, err]).toEqual([0, '', expect.stringContaining('0 to change')]);
  });
});
