import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startKeyServer, type KeyServer } from '../support/key-server.ts';
import { editable, manage, register, registered } from '../support/registration.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const ONE = 'https://one.example/cb';
const TWO = 'https://two.example/cb';

let sector: KeyServer;
let service: TestService;
beforeAll(async () => {
  sector = await startKeyServer();
  const env = { REGISTRATION: 'open', FETCH_ALLOW: sector.host };
  service = await startService({ env, fetchCa: sector.ca });
});
afterAll(async () => {
  await service.stop();
  await sector.stop();
});
beforeEach(() => sector.publish(JSON.stringify([TWO, ONE])));

const PAIRWISE = { subject_type: 'pairwise', redirect_uris: [ONE, TWO] };
const withSector = (members: object = {}): Promise<TestReply> =>
  register(service, { ...PAIRWISE, sector_identifier_uri: sector.url, ...members });

async function expectRefused(reply: Promise<TestReply>, words: RegExp): Promise<void> {
  const { status, body } = await reply;
  expect([status, body.error]).toEqual([400, 'invalid_client_metadata']);
  expect(body.error_description).toMatch(words);
}

describe('a sector identifier document', () => {
  it('lets a pairwise client have redirect URIs on several hosts', async () => {
    const reply = await withSector();
    expect([reply.status, reply.body.sector_identifier_uri]).toEqual([201, sector.url]);
  });

  it('must hold every redirect URI, character by character', async () => {
    sector.publish(JSON.stringify([ONE]));
    await expectRefused(withSector(), /does not hold https:\/\/two\.example\/cb/);
    sector.publish(JSON.stringify([ONE, `${TWO}/`]));
    await expectRefused(withSector(), /does not hold/);
  });

  it.each([
    ['not JSON', 'nothing'],
    ['an object', JSON.stringify({ uris: [ONE, TWO] })],
    ['a list of other things', JSON.stringify([ONE, TWO, 7])],
  ])('must be a JSON array of texts, not %s', async (_what, text) => {
    sector.publish(text);
    await expectRefused(withSector(), /JSON array of URIs/);
  });

  it('must be there', async () => {
    sector.publish('[]', { status: 404 });
    await expectRefused(withSector(), /cannot be read/);
  });

  it('must be at an https address', async () => {
    const fetches = sector.fetches;
    const reply = withSector({ sector_identifier_uri: sector.url.replace('https', 'http') });
    await expectRefused(reply, /sector_identifier_uri must be an https URI/);
    expect(sector.fetches).toBe(fetches);
  });

  it('is not fetched from our own network, and what is there is not told', async () => {
    for (const uri of [
      'https://127.0.0.1:1/',
      'https://169.254.169.254/',
      'https://[::127.0.0.1]/',
      'https://10.0.0.1/',
    ]) {
      const { status, body } = await withSector({ sector_identifier_uri: uri });
      expect([status, body.error_description]).toEqual([
        400,
        expect.stringMatching(/cannot be read: it must be the https/),
      ]);
      expect(body.error_description).not.toMatch(/allowed|refused|ECONN/);
    }
  });

  it('is read again when a registration gets another redirect URI, and not otherwise', async () => {
    const client = await registered(service, { ...PAIRWISE, sector_identifier_uri: sector.url });
    const before = sector.fetches;
    expect((await manage(service, 'PUT', client, { ...editable(client), client_name: 'New' })).status).toBe(200);
    expect(sector.fetches).toBe(before);
    const more = { ...editable(client), redirect_uris: [ONE, 'https://three.example/cb'] };
    await expectRefused(manage(service, 'PUT', client, more), /three\.example/);
    sector.publish(JSON.stringify([ONE, 'https://three.example/cb']));
    expect((await manage(service, 'PUT', client, more)).status).toBe(200);
  });

  it('holds the keys of a pairwise client that polls, or the address that is called', async () => {
    const ciba = { grant_types: ['urn:openid:params:grant-type:ciba'], response_types: [], redirect_uris: null };
    const polls = { ...ciba, backchannel_token_delivery_mode: 'poll', jwks_uri: 'https://one.example/keys' };
    await expectRefused(withSector(polls), /one\.example\/keys/);
    sector.publish(JSON.stringify(['https://one.example/keys']));
    expect((await withSector(polls)).status).toBe(201);
  });
});

describe('while the document is fetched', () => {
  it('a secret that an administrator replaces does not come back', async () => {
    const client = await registered(service);
    let renewed = '';
    sector.duringNext(async () => {
      const token = await service.adminToken();
      const reply = await service.request('POST', `${CLIENTS}/${client.id}/secret`, { token, body: {} });
      expect([reply.status, reply.text]).toEqual([200, expect.anything()]);
      renewed = reply.body.clientSecret;
    });
    const hmac = { token_endpoint_auth_method: 'client_secret_jwt', client_secret: client.secret };
    const body = { ...editable(client), ...PAIRWISE, sector_identifier_uri: sector.url, ...hmac };
    await expectRefused(manage(service, 'PUT', client, body), /client_secret/);
    expect(renewed).not.toBe('');
    const kept = await service.work.read(({ secrets }) => secrets.of(client.id));
    expect(kept.map(({ sequence }) => sequence)).toEqual([2]);
    await expectRefused(manage(service, 'PUT', client, body), /client_secret/);
    expect((await manage(service, 'PUT', client, { ...body, client_secret: renewed })).status).toBe(200);
  });
});
