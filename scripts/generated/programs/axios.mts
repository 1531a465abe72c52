import assert from 'node:assert/strict';
import { Configuration, OAuthOpenIDConnectClientsApi } from './generated/index';

const { TOKEN = '' } = process.env;
const clients = new OAuthOpenIDConnectClientsApi(new Configuration({ accessToken: TOKEN }));

const created = await clients.postOauthOpenidClient({ clientName: 'By axios', grantTypes: ['client_credentials'] });
const { inum } = created.data;
assert.equal((await clients.getOauthOpenidClientsByInum(inum)).data.clientName, 'By axios');
const patch = [{ op: 'add', path: '/description', value: 'Changed' } as const];
assert.equal((await clients.patchOauthOpenidClientByInum(inum, patch)).data.description, 'Changed');
const page = await clients.getOauthOpenidClients(10, 'By axios');
assert.deepEqual(
  page.data.entries.map((client) => client.inum),
  [inum],
);
assert.equal((await clients.deleteOauthOpenidClientByInum(inum)).status, 204);
await assert.rejects(clients.getOauthOpenidClientsByInum(inum), { status: 404 });
