import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scriptRecords } from '../../api/interception/records/script-records.ts';
import { scriptSecrets } from '../../api/interception/records/script.secrets.ts';
import { caller, inumsOf, pointersOf, type Caller } from '../support/registry.ts';
import { CLIENTS, startService, type TestReply, type TestService } from '../support/service.ts';

const SCRIPTS = '/jans-config-api/api/v1/config/scripts';
const CONFIG = 'https://jans.io/oauth/config';

let service: TestService;
let token: string;
let scripts: Caller;
let clients: Caller;

const POLICY = { scriptType: 'client_registration', programmingLanguage: 'javascript' };
const CONSENT = { scriptType: 'consent_gathering', programmingLanguage: 'python' };

beforeAll(async () => {
  service = await startService();
  token = await service.adminToken();
  scripts = caller(service, SCRIPTS, token, POLICY);
  clients = caller(service, CLIENTS, token, { redirectUris: ['https://client.example/cb'] });
});
afterAll(() => service.stop());

const read = (inum: string, headers = {}): Promise<TestReply> =>
  service.request('GET', `${SCRIPTS}/inum/${inum}`, { token, headers });

const runner = () =>
  scriptRecords({ work: service.work, clock: service.clock, secrets: scriptSecrets(service.ground.ring) });

async function opened(inum: string): Promise<Readonly<Record<string, string>>> {
  const records = runner();
  return records.decryptedProperties(await records.one(inum));
}

describe('a script', () => {
  it('is created, read, listed, replaced, patched and deleted', async () => {
    const made = await scripts.create({ name: 'contacts', script: 'function createClient() { return true; }' });
    expect(made.status).toBe(201);
    const { inum } = made.body;
    expect(made.headers.get('location')).toBe(`${SCRIPTS}/inum/${inum}`);
    expect(made.body).toEqual({
      ...{ inum, dn: `inum=${inum},ou=scripts,o=jans`, baseDn: `inum=${inum},ou=scripts,o=jans`, ...POLICY },
      ...{ name: 'contacts', script: 'function createClient() { return true; }', level: 0, revision: 1 },
      ...{ enabled: false, storedOnly: false, modified: false, internal: false, locationType: 'db' },
    });
    const found = await read(inum);
    expect([found.body, found.headers.get('etag')]).toEqual([made.body, '"1-0"']);
    expect((await read(inum, { 'If-None-Match': '"1-0"' })).status).toBe(304);
    expect((await service.request('GET', `${SCRIPTS}/name/contacts`, { token })).body).toEqual(made.body);

    // A PUT of what was read is no new version.
    expect((await scripts.replace(made.body)).headers.get('etag')).toBe('"1-0"');
    const replaced = await scripts.replace({ ...POLICY, inum, name: 'contacts', level: 5 });
    expect(replaced.body).toMatchObject({ level: 5, revision: 2 });
    expect(replaced.body).not.toHaveProperty('script');
    const patched = await scripts.patch(inum, [{ op: 'replace', path: '/enabled', value: true }]);
    expect(patched.body).toMatchObject({ enabled: true, revision: 3 });
    expect((await scripts.merge(inum, { level: 6 }, { 'If-Match': '"1-0"' })).status).toBe(412);
    expect((await scripts.merge(inum, { revision: 9 })).status).toBe(400);
    expect((await scripts.remove(inum)).status).toBe(204);
    expect((await read(inum)).body).toMatchObject({
      code: '404',
      message: "The requested custom script doesn't exist",
    });
    const doings = await service.database.reader.query<{ operation: string }[]>(
      'SELECT operation FROM audit_records WHERE inum = ? ORDER BY id',
      [inum],
    );
    expect(doings.map(({ operation }) => operation)).toEqual([
      'post-config-scripts',
      'put-config-scripts',
      'patch-config-scripts-by-inum',
      'delete-config-scripts-by-inum',
    ]);
    // Made again under its inum, its revisions go on.
    expect(await scripts.created({ inum, name: 'contacts' })).toMatchObject({ inum, revision: 5 });
    expect((await scripts.create({ inum, name: 'other' })).body.type).toBe('urn:clientele:problem:script-exists');
    expect((await scripts.create({ name: 'contacts' })).body.type).toBe('urn:clientele:problem:script-exists');
  });

  it('of another language or type is kept, as the tools of Janssen find, patch and replace it', async () => {
    const sample = {
      ...{ name: 'basic', scriptType: 'PERSON_AUTHENTICATION', programmingLanguage: 'PYTHON', level: '10' },
      ...{ script: 'class PersonAuthentication(:', aliases: ['simple'], modified: false, internal: false },
      moduleProperties: [{ value1: 'usage_type', value2: 'interactive', description: '' }],
      configurationProperties: [{ value1: 'cust_param', value2: '', hide: false }],
    };
    const made = await scripts.created(sample);
    expect(made).toMatchObject({ scriptType: 'person_authentication', level: 10, storedOnly: true });
    const page = await service.request('GET', `${SCRIPTS}/type/PERSON_authentication?pattern=simple&limit=1`, {
      token,
    });
    expect(page.body).toMatchObject({ totalEntriesCount: 1, entries: [{ inum: made.inum }] });
    expect((await service.request('GET', `${SCRIPTS}/type/nothing`, { token })).body.entries).toEqual([]);
    expect((await scripts.replace({ ...made, description: 'x' })).body).toMatchObject({
      revision: 2,
      description: 'x',
    });
    const types = await service.request('GET', `${SCRIPTS}/script-types`, { token });
    expect(types.body).toEqual(['client_registration', 'person_authentication']);
    const all = (await service.request('GET', `${SCRIPTS}/types`, { token })).body as string[];
    expect([all.length, all.includes('update_token')]).toEqual([40, true]);
  });

  it('is listed by filters, orders and pages', async () => {
    const names = ['page-a', 'page-b', 'page-c'];
    for (const [index, name] of names.entries()) await scripts.created({ name, level: 10 - index, ...CONSENT });
    const list = (query: Record<string, string>) =>
      scripts.list({ fieldValuePair: 'scriptType=consent_gathering', ...query });
    const first = await list({ sortBy: 'jansLevel', limit: '2' });
    expect(first.body.entries.map(({ name }: { name: string }) => name)).toEqual(['page-c', 'page-b']);
    const next = await list({ sortBy: 'jansLevel', limit: '2', cursor: first.body.nextCursor as string });
    expect(next.body.entries.map(({ name }: { name: string }) => name)).toEqual(['page-a']);
    expect(inumsOf(await scripts.list({ pattern: 'PAGE-B' }))).toHaveLength(1);
    expect((await scripts.list({ fieldValuePair: 'script=x' })).status).toBe(200);
    await scripts.created({ name: 'told', description: 'Über Consent', ...CONSENT });
    for (const filter of ['description co "über CONSENT"', 'description eq "ÜBER consent"', 'description sw "über"'])
      expect((await list({ filter })).body.entries).toHaveLength(1);
    expect((await list({ filter: 'description pr and name eq "TOLD"' })).body.entries).toEqual([]);
  });

  it.each([
    ['JavaScript that cannot be read', { script: 'function createClient(ctx) {\n  return (;\n}' }, '/script'],
    ['a text elsewhere', { locationType: 'file' }, '/locationType'],
    ['a name with other characters', { name: 'a"b' }, '/name'],
    ['a type that there is not', { scriptType: 'registration' }, '/scriptType'],
    ['the word of an address as inum', { inum: 'types' }, '/inum'],
    [
      'two properties of one name',
      { configurationProperties: [{ value1: 'a' }, { value1: 'a' }] },
      '/configurationProperties/1/value1',
    ],
    [
      'the mask of nothing',
      { configurationProperties: [{ value1: 'a', value2: '********', hide: true }] },
      '/configurationProperties/0/value2',
    ],
    [
      'a hidden grant',
      { configurationProperties: [{ value1: 'grant_scopes', value2: 'a', hide: true }] },
      '/configurationProperties/0/hide',
    ],
    ['a text of more than 131,072 characters', { script: ' '.repeat(131_073) }, '/script'],
  ])('is refused with %s', async (_what, members, pointer) => {
    const reply = await scripts.create({ name: 'refused', ...members });
    expect([reply.status, pointersOf(reply)]).toEqual([400, [pointer]]);
  });

  it('that cannot be read is told where', async () => {
    const reply = await scripts.create({ name: 'broken', script: 'function createClient(ctx) {\n  return (;\n}' });
    expect(reply.body.errors[0].detail).toMatch(/^line 2, column 11: /);
    // What Node takes, and the engine of the scripts does not.
    const foreign = 'let a;\nfor (a() of []);';
    const unreadable = await scripts.create({ name: 'broken', script: foreign });
    expect([unreadable.status, unreadable.body.errors[0].detail]).toEqual([
      400,
      'line 2, column 10: invalid for in/of left hand-side',
    ]);
    const { inum } = await scripts.created({ name: 'readable', script: 'let a;' });
    const patch = await scripts.patch(inum, [{ op: 'replace', path: '/script', value: foreign }]);
    expect([patch.status, pointersOf(patch)]).toEqual([400, ['/script']]);
    expect((await scripts.create({ name: 'no-js', ...CONSENT, script: 'def a(:' })).status).toBe(201);
  });

  it('begins with a template where one is asked for', async () => {
    const made = await service.request('POST', `${SCRIPTS}?addScriptTemplate=true`, {
      token,
      body: { ...POLICY, name: 'template' },
    });
    expect(made.body.script).toContain('function createClient(ctx)');
  });

  it('is for those whose token opens it', async () => {
    const reader = await service.adminToken(`${CONFIG}/scripts.readonly`);
    const { inum } = await scripts.created({ name: 'guarded' });
    expect((await service.request('GET', `${SCRIPTS}/inum/${inum}`, { token: reader })).status).toBe(200);
    const body = { ...POLICY, name: 'other' };
    expect((await service.request('POST', SCRIPTS, { token: reader, body })).status).toBe(403);
    const writer = await service.adminToken(`${CONFIG}/scripts.write`);
    expect((await service.request('DELETE', `${SCRIPTS}/${inum}`, { token: writer })).status).toBe(403);
  });
});

describe('a hidden value', () => {
  const properties = [
    { value1: 'key', value2: 'unspeakable', hide: true },
    { value1: 'hosts', value2: 'a.example', hide: false },
  ];
  it('is encrypted at rest, in revisions too, and never shown', async () => {
    const made = await scripts.created({ name: 'hidden', configurationProperties: properties });
    expect(made.configurationProperties[0]).toEqual({ value1: 'key', value2: '********', hide: true });
    const { inum } = made;
    for (const text of [await read(inum), await scripts.list()]) expect(text.text).not.toContain('unspeakable');
    const [row] = await service.database.reader.query<{ document: string }[]>(
      'SELECT document FROM scripts WHERE inum = ?',
      [inum],
    );
    expect(row?.document).not.toContain('unspeakable');
    const revision = await service.work.read(({ revisions }) => revisions.find('script', inum, 1));
    expect(revision?.document).toBe(row?.document);
    expect(await opened(inum)).toEqual({ key: 'unspeakable', hosts: 'a.example' });
  });

  it('is kept when its mask or nothing is sent back, and shown to nobody', async () => {
    const made = await scripts.created({ name: 'kept', configurationProperties: properties });
    const { inum } = made;
    await scripts.replace({ ...made, level: 3 });
    await scripts.merge(inum, { configurationProperties: [{ value1: 'new' }, { value1: 'key', hide: true }] });
    expect(await opened(inum)).toEqual({ new: '', key: 'unspeakable' });
    const shown = await scripts.merge(inum, { configurationProperties: [{ value1: 'key', hide: false }] });
    expect(pointersOf(shown)).toEqual(['/configurationProperties/0/value2']);
    const same = await scripts.patch(inum, [
      { op: 'replace', path: '/configurationProperties/1/value2', value: 'unspeakable' },
    ]);
    expect(same.body.revision).toBe(3);
    await scripts.patch(inum, [{ op: 'replace', path: '/configurationProperties/1/value2', value: 'other' }]);
    expect(await opened(inum)).toMatchObject({ key: 'other' });
  });
});

describe('the revisions of a script', () => {
  it('are listed, compared and restored with their hidden values, which they do not show', async () => {
    const configurationProperties = [{ value1: 'key', value2: 'unspeakable', hide: true }];
    const { inum } = await scripts.created({ name: 'revised', script: 'one', configurationProperties });
    const replacement = [{ value1: 'key', value2: 'another', hide: true }];
    await scripts.merge(inum, { script: 'two', configurationProperties: replacement });
    const at = (path: string, method = 'GET') =>
      service.request(method, `${SCRIPTS}/${inum}/revisions${path}`, { token });
    expect((await at('')).body.entries.map(({ revision }: { revision: number }) => revision)).toEqual([2, 1]);
    const first = (await at('/1')).body.document;
    expect([first.script, first.configurationProperties[0].value2]).toEqual(['one', '********']);
    const compared = (await at('/2?compare=1')).body;
    expect(compared.differences).toContainEqual({ pointer: '/script', before: 'one', after: 'two' });
    expect(JSON.stringify(compared)).not.toContain('k1.');
    expect((await at('/1/restore', 'POST')).body).toMatchObject({ script: 'one', revision: 3 });
    expect(await opened(inum)).toEqual({ key: 'unspeakable' });
  });
});

describe('a script that gives scopes', () => {
  const granting = (scope: string) => ({ configurationProperties: [{ value1: 'grant_scopes', value2: scope }] });

  it('is written only with a token that could give them', async () => {
    const admin = `${CONFIG}/read-all`;
    const [writer, both] = await Promise.all([
      service.adminToken(`${CONFIG}/scripts.write`),
      service.adminToken(`${CONFIG}/scripts.write ${CONFIG}/openid/clients.write`),
    ]);
    const by = (caller: string, body: object): Promise<TestReply> =>
      service.request('POST', SCRIPTS, { token: caller, body: { ...POLICY, ...body } });
    expect((await by(writer, { name: 'grant-a', ...granting('orders') })).status).toBe(403);
    expect((await by(both, { name: 'grant-a', ...granting('orders') })).status).toBe(201);
    const refused = await by(both, { name: 'grant-b', ...granting(`orders ${admin}`) });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, expect.stringContaining(admin)]);
    const made = await scripts.created({ name: 'grant-b', ...granting(admin) });
    for (const change of [{ script: 'x' }, { level: 4 }, { enabled: true }, { configurationProperties: null }]) {
      const headers = { 'Content-Type': 'application/merge-patch+json' };
      const reply = await service.request('PATCH', `${SCRIPTS}/${made.inum}`, { token: both, headers, body: change });
      expect(reply.status).toBe(403);
    }
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const body = { description: 'Anybody may say what it is.' };
    expect((await service.request('PATCH', `${SCRIPTS}/${made.inum}`, { token: writer, headers, body })).status).toBe(
      200,
    );
  });
});

describe('clients that list scripts', () => {
  it('list those that there are, of the type that the list takes', async () => {
    const consent = await scripts.created({ name: 'consent', ...CONSENT });
    const written = consent.dn.replaceAll(',', ', ');
    const fits = await clients.created({ attributes: { consentGatheringScripts: [consent.dn, written] } });
    expect(fits.attributes.consentGatheringScripts).toEqual([consent.dn]);
    const nothing = 'inum=0000-0000,ou=scripts,o=jans';
    const reply = await clients.create({
      attributes: { postAuthnScripts: [consent.dn], introspectionScripts: [nothing], parScriptDns: ['consent'] },
    });
    expect(pointersOf(reply).sort()).toEqual([
      '/attributes/introspectionScripts/0',
      '/attributes/parScriptDns/0',
      '/attributes/postAuthnScripts/0',
    ]);
    expect((await clients.merge(fits.inum, { attributes: { ropcScripts: [nothing] } })).status).toBe(400);

    const inUse = await scripts.remove(consent.inum);
    expect([inUse.status, inUse.body.detail]).toEqual([409, expect.stringContaining('in use by 1 client;')]);
    // Before the values of all clients are gathered, the documents are asked.
    await service.database.writer.query('DELETE FROM client_value_properties');
    expect((await scripts.remove(consent.inum)).status).toBe(409);
    const writer = await service.adminToken(`${CONFIG}/scripts.admin`);
    const path = `${SCRIPTS}/${consent.inum}?force=true`;
    const forced = await service.request('DELETE', path, { token: writer });
    expect(forced.status).toBe(204);
    expect((await clients.read(fits.inum)).body.attributes.consentGatheringScripts).toEqual([]);
  });

  it('keep what does not fit any more, which validation tells', async () => {
    const consent = await scripts.created({ name: 'consent-2', ...CONSENT });
    const client = await clients.created({ attributes: { consentGatheringScripts: [consent.dn] } });
    await scripts.replace({ ...consent, scriptType: 'post_authn' });
    expect((await clients.merge(client.inum, { description: 'Goes on' })).status).toBe(200);
    expect((await clients.replace((await clients.read(client.inum)).body)).status).toBe(200);
    const { body } = await clients.read(client.inum);
    const validated = await service.request('POST', `${CLIENTS}/validate`, { token, body });
    expect(pointersOf(validated)).toContain('/attributes/consentGatheringScripts/0');
  });
});

describe('the scripts that run', () => {
  it('are the enabled ones, by level, and a change is seen within a second', async () => {
    const records = runner();
    const names = async (): Promise<string[]> =>
      (await records.enabled('client_registration')).map(({ name }) => name).filter((name) => name.startsWith('run'));
    await scripts.created({ name: 'run-1', level: 7, enabled: true });
    const { inum } = await scripts.created({ name: 'run-2', level: 2, enabled: true });
    await scripts.created({ name: 'run-3', level: 1, enabled: true, programmingLanguage: 'python' });
    expect(await names()).toEqual(['run-2', 'run-1']);
    await scripts.merge(inum, { enabled: false });
    service.clock.advance(1_000);
    expect(await names()).toEqual(['run-1']);
    const [script] = (await records.enabled('client_registration')).filter(({ name }) => name === 'run-1');
    if (script === undefined) throw new Error('the script is gone');
    await records.noteFailure(script, 'TypeError: x is undefined');
    const failed = await read(script.inum);
    expect(failed.body.scriptError).toMatchObject({ stackTrace: 'TypeError: x is undefined' });
    expect(failed.headers.get('etag')).not.toBe('"1-0"');
    expect((await scripts.merge(script.inum, { level: 8 })).body).not.toHaveProperty('scriptError');
  });
});
