import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ATTRIBUTES, caller, SCOPES } from '../support/registry.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';

let service: TestService;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
});
afterAll(() => service.stop());

const MIGRATION = 'Scopes1760000000002';

/** Takes the schema back to what it was before scopes and claims could be searched. */
async function undo(): Promise<void> {
  const { writer } = service.database;
  for (;;) {
    const rows = await writer.query<{ name: string }[]>('SELECT name FROM schema_migrations WHERE name = ?', [
      MIGRATION,
    ]);
    if (rows.length === 0) return;
    await writer.undoLastMigration();
  }
}

describe('an installation of the first release', () => {
  it('has its scopes, claims and clients found and kept after the upgrade', async () => {
    const { writer } = service.database;
    await undo();
    const scope = {
      dn: 'inum=OLD1,ou=scopes,o=jans',
      inum: 'OLD1',
      id: 'old.scope',
      displayName: 'Älter',
      scopeType: 'uma',
      umaType: true,
      baseDn: 'inum=OLD1,ou=scopes,o=jans',
      creatorId: 'maker',
    };
    const claim = {
      dn: 'inum=OLD2,ou=attributes,o=jans',
      inum: 'OLD2',
      name: 'oldClaim',
      displayName: 'Older',
      claimName: 'old_claim',
      status: 'active',
      baseDn: 'inum=OLD2,ou=attributes,o=jans',
    };
    const at = '2026-01-01T00:00:00';
    await writer.query('INSERT INTO scopes (inum, scope_id, created_at, version, document) VALUES (?, ?, ?, 1, ?)', [
      scope.inum,
      scope.id,
      at,
      JSON.stringify(scope),
    ]);
    await writer.query('INSERT INTO claims (inum, name, created_at, version, document) VALUES (?, ?, ?, 1, ?)', [
      claim.inum,
      claim.name,
      at,
      JSON.stringify(claim),
    ]);
    const client = {
      inum: 'old-client',
      dn: 'inum=old-client,ou=clients,o=jans',
      baseDn: 'inum=old-client,ou=clients,o=jans',
      claims: [claim.dn],
      scopes: [scope.dn],
    };
    const columns =
      'inum, display_name_folded, disabled, application_type, created_at, updated_at, version, source, document';
    await writer.query(`INSERT INTO clients (${columns}) VALUES (?, '', 0, 'web', ?, ?, 1, 'admin', ?)`, [
      client.inum,
      at,
      at,
      JSON.stringify(client),
    ]);
    await writer.query('INSERT INTO client_scopes (inum, scope_inum) VALUES (?, ?)', [client.inum, scope.inum]);

    await writer.runMigrations({ transaction: 'each' });

    const scopes = caller(service, SCOPES, token);
    const claims = caller(service, ATTRIBUTES, token);
    expect((await scopes.list({ pattern: 'älter', type: 'uma' })).body.entries).toEqual([
      expect.objectContaining({ ...scope, deletable: false }),
    ]);
    expect((await service.request('GET', `${SCOPES}/creator/maker`, { token })).body).toHaveLength(1);
    expect((await scopes.list({ sortBy: 'displayName', limit: '1' })).body.entries[0].id).toBe('access_evaluation');
    expect((await claims.list({ pattern: 'OLD_claim' })).body.entries).toEqual([
      expect.objectContaining({ ...claim, dataType: 'string' }),
    ]);
    expect((await claims.remove('OLD2')).body.detail).toBe('this claim is in use by 1 client and 0 scopes');
    expect((await scopes.remove('OLD1')).body.detail).toContain('in use by 1 client;');
    const found = await caller(service, CLIENTS, token).list({ fieldValuePair: 'claims=oldClaim', limit: '0' });
    expect(found.body.totalEntriesCount).toBe(1);
  });
});
