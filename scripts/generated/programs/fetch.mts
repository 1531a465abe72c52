import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { paths } from './schema.ts';

const { BASE = '', TOKEN = '' } = process.env;
const CLIENTS = '/jans-config-api/api/v1/openid/clients';
const registry = createClient<paths>({ baseUrl: BASE, headers: { Authorization: `Bearer ${TOKEN}` } });

const created = await registry.POST(CLIENTS, { body: { clientName: 'Fetched', grantTypes: ['client_credentials'] } });
const path = { inum: created.data?.inum ?? '' };
const read = await registry.GET(`${CLIENTS}/{inum}`, { params: { path } });
assert.equal(read.data?.clientName, 'Fetched');
const patched = await registry.PATCH(`${CLIENTS}/{inum}`, {
  params: { path },
  headers: { 'Content-Type': 'application/merge-patch+json' },
  body: { description: 'Changed' },
});
assert.equal(patched.data?.description, 'Changed');
const query = { pattern: 'Fetched', sortOrder: 'descending' } as const;
const page = await registry.GET(CLIENTS, { params: { query } });
assert.deepEqual(
  page.data?.entries.map(({ inum }) => inum),
  [path.inum],
);
const removed = await registry.DELETE(`${CLIENTS}/{inum}`, { params: { path } });
assert.equal(removed.response.status, 204);
const gone = await registry.GET(`${CLIENTS}/{inum}`, { params: { path } });
assert.equal(gone.error?.status, 404);
