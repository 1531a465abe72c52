import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLIENT_PROPERTIES } from '../../openapi/properties.gen.ts';
import type { ClientProperty } from '../../openapi/property.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { documentIn } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
});
afterAll(() => service.stop());

interface Property {
  readonly example?: unknown;
}

/** The examples of every property of a schema. */
function examplesOf(name: string): Record<string, unknown> {
  const { properties } = loadContract().document.components.schemas[name] as { properties: Record<string, Property> };
  return Object.fromEntries(Object.entries(properties).map(([property, { example }]) => [property, example]));
}

/** A client that has everything that can be written, as the contract shows it. */
function everything(): Record<string, unknown> {
  const attributes = examplesOf('ClientAttributesInput');
  // Keys come from one place and a secret in one form, a claim is one that this installation has, and everything is under the client's host.
  const { jwks: _jwks, clientSecretHash: _hash, ...client } = examplesOf('ClientInput');
  return { ...client, attributes, claims: ['email'], scopes: ['openid', 'profile'] };
}

/** Makes the scripts that the lists of scripts of a client name, each of the type that its list takes. */
async function makeScripts(attributes: Record<string, unknown>): Promise<void> {
  for (const { name, refs = '' } of CLIENT_PROPERTIES as readonly ClientProperty[]) {
    if (!refs.startsWith('script:')) continue;
    for (const dn of attributes[name] as string[]) {
      const inum = /^inum=([^,]+),/.exec(dn)?.[1];
      const body = { inum, name: inum, scriptType: refs.slice('script:'.length), programmingLanguage: 'python' };
      const { status } = await service.request('POST', '/jans-config-api/api/v1/config/scripts', { token, body });
      expect([dn, status]).toEqual([dn, 201]);
    }
  }
}

describe('a client with every property', () => {
  it('is registered as the contract shows it, and a round trip changes nothing', async () => {
    const sent = everything();
    await makeScripts(sent['attributes'] as Record<string, unknown>);
    const created = await service.request('POST', CLIENTS, { token, body: sent });
    expect([created.status, created.body.errors]).toEqual([201, undefined]);
    const address = `${CLIENTS}/${created.body.inum}`;

    const read = await service.request('GET', address, { token });
    const kept = Object.keys(sent).filter((name) => !['clientSecret', 'attributes'].includes(name));
    for (const name of kept) expect([name, name in read.body]).toEqual([name, true]);
    expect(Object.keys(read.body.attributes).sort()).toEqual(Object.keys(sent['attributes'] as object).sort());

    const headers = { Prefer: 'handling=strict', 'If-Match': read.headers.get('etag') ?? '' };
    const again = await service.request('PUT', CLIENTS, { token, headers, body: read.body });
    expect([again.status, again.headers.get('etag')]).toEqual([200, '"1-0"']);
    expect(again.body).toEqual(read.body);

    const edited = { ...read.body, description: 'edited', attributes: { ...read.body.attributes, parLifetime: 61 } };
    const replaced = await service.request('PUT', CLIENTS, { token, body: edited });
    expect(documentIn(replaced.body)).toEqual(documentIn(edited));
  });
});

describe('the audit', () => {
  it('has a record for each write: who, what, which properties, which request, and no values', async () => {
    const headers = { 'X-Request-Id': 'audited-1' };
    const body = { inum: 'audited', redirectUris: [], description: 'a-telling-value' };
    await service.request('POST', CLIENTS, { token, headers, body });
    await service.request('PATCH', `${CLIENTS}/audited`, {
      token,
      headers: { 'X-Request-Id': 'audited-2', 'Content-Type': 'application/merge-patch+json' },
      body: { description: 'another', attributes: { requirePar: true } },
    });
    await service.request('POST', `${CLIENTS}/audited/deactivate`, { token });
    await service.request('POST', `${CLIENTS}/audited/secret`, { token });
    await service.request('POST', CLIENTS, { token, body: { inum: 'audited', redirectUris: [] } });
    await service.request('DELETE', `${CLIENTS}/audited`, { token });
    const records = await service.database.reader.query<Record<string, string>[]>(
      "SELECT caller, operation, changed, request_id FROM audit_records WHERE inum = 'audited' ORDER BY id",
    );
    expect(records.map((record) => record['operation'])).toEqual([
      'post-oauth-openid-client',
      'patch-oauth-openid-client-by-inum',
      'deactivate-oauth-openid-client',
      'rotate-oauth-openid-client-secret',
      'delete-oauth-openid-client-by-inum',
    ]);
    expect(records.every((record) => record['caller'] === service.admin.clientId)).toBe(true);
    expect(records.slice(0, 2).map((record) => record['request_id'])).toEqual(['audited-1', 'audited-2']);
    expect(JSON.parse(records[1]?.['changed'] ?? '')).toEqual(['description', 'attributes.requirePar']);
    expect(JSON.parse(records[2]?.['changed'] ?? '')).toEqual(['disabled']);
    expect(JSON.parse(records[3]?.['changed'] ?? '')).toEqual(['clientSecret']);
    expect(JSON.stringify(records)).not.toContain('a-telling-value');
  });
});
