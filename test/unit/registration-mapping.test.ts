import { describe, expect, it } from '@jest/globals';
import { mustWait } from '../../api/registration/approval/registration.approval.ts';
import { completeRegistration } from '../../api/registration/metadata/registration.defaults.ts';
import { clientOf, epochOf, metadataOf, type Metadata } from '../../api/registration/metadata/registration.mapping.ts';
import { REGISTERED } from '../../api/registration/metadata/registration.members.ts';
import { normaliseRegistration } from '../../api/registration/metadata/registration.normalise.ts';
import type { RegistrationForm } from '../../openapi/property.ts';
import type { Members } from '../../api/shared/contract/members.ts';

const PRESENTLY = 'run_introspection_script_before_jwt_creation';
const FORMERLY = 'run_introspection_script_before_access_token_as_jwt_creation_and_include_claims';

describe('a registration waits for approval', () => {
  const [NOBODY, TOKEN, STATEMENT] = [
    { token: undefined, hasStatement: false },
    { token: {}, hasStatement: false },
    { token: undefined, hasStatement: true },
  ];
  it.each([
    ['off', [false, false, false]],
    ['unvouched', [true, false, false]],
    ['all', [true, true, true]],
  ] as const)('with %s where nobody, a token, a statement vouches for it: %j', (mode, waits) => {
    expect([NOBODY, TOKEN, STATEMENT].map((vouchers) => mustWait(mode, vouchers))).toEqual(waits);
    const says = (approval: boolean): boolean => mustWait(mode, { token: { approval }, hasStatement: true });
    expect([says(true), says(false)]).toEqual([true, false]);
  });
});

describe('what stands in metadata and in a client alike', () => {
  it.each<[Metadata, Members]>([
    [{}, {}],
    [{ client_name: 'Shop' }, { clientName: 'Shop' }],
    [{ redirect_uris: ['https://a', 'https://b'] }, { redirectUris: ['https://a', 'https://b'] }],
    [{ redirect_uris: [] }, { redirectUris: [] }],
    [{ default_max_age: 0 }, { defaultMaxAge: 0 }],
    [{ rpt_as_jwt: false }, { rptAsJwt: false }],
    [{ scope: 'a b' }, { scopes: ['a', 'b'] }],
    [{ claims: 'nickname' }, { claims: ['nickname'] }],
    [{ jwks: { keys: [{ kty: 'RSA', n: '0' }] } }, { jwks: '{"keys":[{"kty":"RSA","n":"0"}]}' }],
    [{ backchannel_logout_uri: 'https://a' }, { attributes: { backchannelLogoutUri: ['https://a'] } }],
    [{ require_auth_time: true }, { attributes: { requireAuthTime: true } }],
    [{ par_lifetime: 60 }, { attributes: { parLifetime: 60 } }],
    [{ frontchannel_logout_uri: 'https://a' }, { frontChannelLogoutUri: 'https://a' }],
    [{ require_par: true, require_pushed_authorization_requests: true }, { attributes: { requirePar: true } }],
    [{ 'client_name#fr': 'F' }, { clientNameLocalized: { values: { fr: 'F' } } }],
    [
      { client_name: 'Shop', 'client_name#fr': 'F', 'client_name#ja-Jpan-JP': 'J' },
      { clientName: 'Shop', clientNameLocalized: { values: { fr: 'F', 'ja-Jpan-JP': 'J' } } },
    ],
    [{ 'tos_uri#de': 'https://a' }, { tosUriLocalized: { values: { de: 'https://a' } } }],
  ])('%j is %j', (metadata, client) => {
    expect(clientOf(metadata)).toEqual({ draft: { attributes: {}, ...client }, faults: [] });
    expect(metadataOf(client)).toEqual(metadata);
  });
});

describe('the client of metadata', () => {
  it.each<[Metadata, Members]>([
    [{ scope: '  a  b ' }, { scopes: ['a', 'b'] }],
    [{ scope: '' }, { scopes: [] }],
    [{ scopes: 'a' }, { scopes: ['a'] }],
    [{ scope: 'a', scopes: 'a' }, { scopes: ['a'] }],
    [{ require_pushed_authorization_requests: true }, { attributes: { requirePar: true } }],
    [{ [FORMERLY]: true }, { attributes: { runIntrospectionScriptBeforeJwtCreation: true } }],
    [{ client_name_fr: 'x', clientName: 'x', 'redirect_uris#fr': 'x' }, {}],
    [{ client_id: 'x', client_secret: 'x', client_id_issued_at: 7, client_secret_expires_at: 7 }, {}],
    [{ toString: 'x', trusted_client: true, disabled: true }, {}],
  ])('%j is %j', (metadata, client) => {
    expect(clientOf(metadata).draft).toEqual({ attributes: {}, ...client });
  });
});

describe('the metadata of a client', () => {
  it.each<[Members, Metadata]>([
    [{ inum: 'a' }, { client_id: 'a' }],
    [{ scopes: [] }, {}],
    [{ jwks: 'no JSON' }, {}],
    [{ attributes: { backchannelLogoutUri: [] } }, {}],
    [{ attributes: { backchannelLogoutUri: ['https://a', 'https://b'] } }, { backchannel_logout_uri: 'https://a' }],
    [{ attributes: { introspectionScripts: ['inum=a'] } }, {}],
    [{ clientNameLocalized: { values: { '': 'Shop', fr: 'F' } } }, { 'client_name#fr': 'F' }],
    [{ clientNameLocalized: { values: {} } }, {}],
    [{ clientIdIssuedAt: '2030-01-01T00:00:00', clientSecretExpiresAt: '2030-01-01T00:00:00' }, {}],
    [{ attributes: { runIntrospectionScriptBeforeJwtCreation: true } }, { [PRESENTLY]: true }],
    [{ groups: ['a'] }, { groups: ['a'] }],
    [{ trustedClient: true, disabled: true, colour: 'red' }, {}],
  ])('%j is %j', (client, metadata) => {
    expect(metadataOf(client)).toEqual(metadata);
  });

  it.each([
    ['1970-01-01T00:00:00', 0],
    ['2030-01-01T00:00:00', 1_893_456_000],
    ['2030-01-01T00:00:00.999', 1_893_456_000],
    ['2030-01-01T02:00:00+02:00', 1_893_456_000],
    ['1969-12-31T23:59:59', -1],
  ])('has %s as %i seconds', (date, seconds) => {
    expect(epochOf(date)).toBe(seconds);
  });

  it('has every member again that can be registered', () => {
    const samples: Readonly<Record<RegistrationForm, unknown>> = {
      ...{ text: 'x', list: ['x', 'y'], boolean: true, integer: 7, json: { keys: [] }, epoch: 0 },
      ...{ 'scope-string': 'x y', single: 'x', localized: 'x' },
    };
    const sent = Object.fromEntries(
      REGISTERED.flatMap(({ name, as }) => [
        [name, samples[as]] as const,
        ...(as === 'localized' ? [[`${name}#fr`, 'y'] as const] : []),
      ]),
    );
    expect(Object.keys(sent).length).toBeGreaterThan(70);
    const { draft, faults } = clientOf(sent);
    expect(faults).toEqual([]);
    expect(metadataOf(draft as Members)).toEqual({ ...sent, require_pushed_authorization_requests: true });
  });
});

describe('two names of one member', () => {
  const differs = (name: string): string => `differs from ${name}, which is the same value under another name`;
  it.each<[Metadata, Metadata, string[] | undefined]>([
    [{ scope: 'a', scopes: 'b' }, { scope: 'b' }, ['a']],
    [{ scope: 'a', scopes: 'b' }, { scope: 'a' }, ['b']],
    [{ scope: 'a', scopes: 'a' }, { scope: 'b' }, ['a']],
    [{ scope: 'a', scopes: 'b' }, { scope: 'c' }, undefined],
    [{ scope: 'a', scopes: 'b' }, {}, undefined],
  ])('%j after %j are %j', (metadata, before, scopes) => {
    const { draft, faults } = clientOf(metadata, before);
    expect(draft.scopes).toEqual(scopes);
    const fault = { pointer: '/scopes', detail: differs('scope'), rule: 'aliases-agree' };
    expect(faults).toEqual(scopes === undefined ? [fault] : []);
  });
});

describe('a text in another language', () => {
  const noTag = 'must have a language tag of BCP 47 after the #';
  it.each<[Metadata, string, string]>([
    [{ 'client_name#fr': 7 }, '/client_name#fr', 'must be string'],
    [{ 'client_name#': 'x' }, '/client_name#', noTag],
    [{ 'client_name#not a tag': 'x' }, '/client_name#not a tag', noTag],
    [{ 'logo_uri#f': 'x' }, '/logo_uri#f', noTag],
    [{ 'client_name#fr_FR': 'x' }, '/client_name#fr_FR', noTag],
    [
      { 'client_name#fr': 'x', 'client_name#FR': 'x' },
      '/client_name#FR',
      'is there twice: tags are compared without regard to case',
    ],
  ])('is refused in %j', (metadata, pointer, detail) => {
    expect(clientOf(metadata).faults).toEqual([{ pointer, detail, rule: 'language' }]);
  });
});

describe('a registration as tools send it', () => {
  it.each<[unknown, unknown]>([
    [
      { a: null, b: '', c: 0, d: false, e: [], f: {} },
      { c: 0, d: false, e: [], f: {} },
    ],
    [{ scope: ['a', 'b'] }, { scope: 'a b' }],
    [{ scopes: ['a'] }, { scopes: 'a' }],
    [{ scope: ['a', 7] }, { scope: ['a', 7] }],
    [{ backchannel_logout_uri: ['a'] }, { backchannel_logout_uri: 'a' }],
    [{ backchannel_logout_uri: ['a', 'b'] }, { backchannel_logout_uri: ['a', 'b'] }],
    [{ contacts: ['a b', 'a b'] }, { contacts: ['a b', 'a b'] }],
    [{ contacts: 'a' }, { contacts: 'a' }],
    [null, null],
    [['a'], ['a']],
    ['a', 'a'],
  ])('%j is taken as %j', (body, taken) => {
    expect(normaliseRegistration(body)).toEqual(taken);
  });
});

describe('what a registration leaves out', () => {
  const CODE = { grantTypes: ['authorization_code'], responseTypes: ['code'] };
  const NONE = { grantTypes: ['client_credentials'], responseTypes: [] };
  it.each<[Members, Members]>([
    [{}, CODE],
    [{ responseTypes: ['id_token'] }, { grantTypes: ['implicit'], responseTypes: ['id_token'] }],
    [
      { responseTypes: ['code', 'id_token', 'token'] },
      { grantTypes: ['authorization_code', 'implicit'], responseTypes: ['code', 'id_token', 'token'] },
    ],
    [{ responseTypes: [] }, { grantTypes: [], responseTypes: [] }],
    [{ grantTypes: ['authorization_code'] }, CODE],
    [{ grantTypes: ['client_credentials'] }, NONE],
    [{ grantTypes: ['implicit'] }, { grantTypes: ['implicit'], responseTypes: [] }],
    [
      { ...NONE, idTokenSignedResponseAlg: 'ES256' },
      { ...NONE, idTokenSignedResponseAlg: 'ES256' },
    ],
    [
      { ...NONE, idTokenEncryptedResponseAlg: 'RSA-OAEP' },
      { ...NONE, idTokenEncryptedResponseAlg: 'RSA-OAEP', idTokenEncryptedResponseEnc: 'A128CBC-HS256' },
    ],
    [
      { ...NONE, userInfoEncryptedResponseAlg: 'RSA-OAEP', userInfoEncryptedResponseEnc: 'A256GCM' },
      { ...NONE, userInfoEncryptedResponseAlg: 'RSA-OAEP', userInfoEncryptedResponseEnc: 'A256GCM' },
    ],
    [{ ...CODE, redirectUris: ['https://a.example:8443/cb', 'https://b.example'] }, { clientName: 'a.example' }],
    [
      { ...CODE, redirectUris: ['com.example.app:/cb'] },
      { ...CODE, clientName: undefined },
    ],
    [{ ...CODE, redirectUris: ['https://a.example'], clientName: 'Shop' }, { clientName: 'Shop' }],
  ])('of %j is %j', (draft, completed) => {
    const client = { attributes: {}, ...draft };
    completeRegistration(client);
    expect({ clientName: undefined, idTokenSignedResponseAlg: undefined, ...client }).toMatchObject({
      idTokenSignedResponseAlg: 'RS256',
      ...completed,
    });
  });
});
