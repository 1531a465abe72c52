import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ClientPropertyPath } from '../../openapi/properties.gen.ts';
import { PROPERTIES, type ClientDocument, type ClientInput } from '../../api/clients/document/client.document.ts';
import { settle, withSecret } from '../../api/clients/client.settle.ts';
import { normaliseClient } from '../../api/clients/document/client.normalise.ts';
import { CHECKS } from '../../api/clients/profiles/checks.ts';
import { findingsOf, isBroken, JUDGED, signatureOf } from '../../api/clients/profiles/judgement.ts';
import { PROFILES } from '../../api/clients/profiles/profiles.ts';
import { tallied } from '../../api/clients/profiles/tally.ts';
import { adviceOn, brokenRules, RULES } from '../../api/clients/rules/client.rules.ts';
import type { Door } from '../../api/clients/rules/rule.ts';
import { ruleDocs } from '../../scripts/contract/rule-docs.ts';
import { CODE_CLIENT, SCIM_CLIENT, TUI_NEW_CLIENT } from '../fixtures/janssen.ts';
import { EXAMPLES, PROFILE_EXAMPLES, type RuleExamples } from '../fixtures/rule-examples.ts';
import { holds } from '../support/properties.ts';

const DOORS: readonly Door[] = ['admin', 'registration'];

/** The client that these members make, as it would be stored. */
function client(members: object): ClientDocument {
  const draft = normaliseClient(members, false) as ClientInput;
  const scopes = new Map((draft.scopes ?? []).map((text) => [text, { inum: 'F0C4', name: 'openid' }]));
  const references = { scopes, claims: new Map(), scripts: new Map() };
  const { document } = settle({ draft, inum: draft.inum ?? 'x', mode: 'replace', door: 'admin', references });
  return withSecret(document, draft);
}

const rulesAt = (document: ClientDocument, door: Door, older?: ClientDocument): (string | undefined)[] =>
  brokenRules(document, door, older).map(({ rule }) => rule);

const examplesOf = (id: string): RuleExamples => EXAMPLES[id] ?? { breaks: [], passes: [] };

describe('the table', () => {
  it('has an example of every rule that breaks it, and one that nearly does', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(RULES.map(({ id }) => id).sort());
    for (const { breaks, passes } of Object.values(EXAMPLES)) {
      expect(breaks.length).toBeGreaterThan(0);
      expect(passes.length).toBeGreaterThan(0);
    }
  });

  it('has a sentence, a source and known properties for every rule', () => {
    const known = new Set(PROPERTIES.map(({ path }) => path));
    for (const { sentence, reference, properties } of RULES) {
      expect(sentence).toMatch(/^(must|should) \S/);
      expect(reference).toMatch(/\S/);
      expect(properties.filter((path) => !known.has(path))).toEqual([]);
    }
  });

  it('is what the documentation says', () => {
    const page = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
    expect(page === ruleDocs(RULES)).toBe(true);
    for (const { id } of RULES) expect(page.includes(`| \`${id}\` |`)).toBe(true);
  });
});

describe('a security profile', () => {
  const examples = { ...EXAMPLES, ...PROFILE_EXAMPLES };

  it.each(Object.entries(PROFILES))(
    '%s finds what breaks each of its rules, and nothing in what passes',
    (_name, profile) => {
      for (const requirement of profile.requirements) {
        const { id } = requirement.check.rule;
        const { breaks, passes } = examples[id] ?? { breaks: [], passes: [] };
        const rulesIn = (members: object): string[] => findingsOf(client(members), profile).map(({ rule }) => rule);
        expect(breaks.filter(([members]) => !rulesIn(members).includes(id))).toEqual([]);
        expect(passes.filter((members) => rulesIn(members).includes(id))).toEqual([]);
        expect(breaks.filter(([members]) => !isBroken(signatureOf(client(members)), requirement))).toEqual([]);
      }
    },
  );

  it('says must where its standard demands it, and should where it recommends it', () => {
    const members = { grantTypes: ['authorization_code', 'implicit'], redirectUris: ['https://rp.example/cb'] };
    const detailOf = (profile: keyof typeof PROFILES): string | undefined =>
      findingsOf(client(members), PROFILES[profile]).find(({ rule }) => rule === 'no-implicit-grant')?.detail;
    expect([detailOf('rfc9700')?.split(' ')[0], detailOf('oauth2.1')?.split(' ')[0]]).toEqual(['should', 'must']);
  });

  it('has a letter for each rule', () => {
    const ids = Object.values(CHECKS).map(({ rule }) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeLessThanOrEqual(62);
  });

  it('counts clients that are disabled apart, and once those that break several of its rules', () => {
    const members = { grantTypes: ['password', 'implicit'] };
    const signatures = [signatureOf(client(members)), signatureOf(client({ ...members, disabled: true }))];
    const tally = signatures.reduce((all, signature) => tallied(all, signature, 3), {});
    expect(tally).toMatchObject({
      'no-password-grant': [6, 3],
      'no-implicit-grant': [6, 3],
      'failing oauth2.1': [6, 3],
    });
  });

  it('judges all again when its rules judge otherwise: raise EDITION in judgement.ts, then write both lines here', () => {
    const all = Object.values(examples).flatMap(({ breaks, passes }) => [
      ...breaks.map(([members]) => members),
      ...passes,
    ]);
    const signatures = all.map((members) => signatureOf(client(members)));
    const digest = createHash('sha256').update(JSON.stringify(signatures)).digest('base64url');
    expect([JUDGED.rule, digest]).toEqual([
      '2JaBtQGECoqfq1IeISoZ87oJxwxltj0nS5gejgfNzyM',
      'FMvtVMHL0U9B0YkLIXRPF0BBfF_0770tECRMktk9Tuw',
    ]);
  });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const { breaks, passes } = examplesOf(id);

  it.each(breaks)('is broken by %j at %s', (members, pointer) => {
    const document = client(members);
    for (const door of DOORS) {
      const isRule = rule.doors.includes(door);
      // What is no rule at this door is advice, and says so.
      const detail = isRule ? rule.sentence : rule.sentence.replace(/^must /, 'should ');
      const expected = { pointer, rule: id, reference: rule.reference, detail: expect.stringContaining(detail) };
      const told = isRule ? brokenRules(document, door) : adviceOn(document, door);
      expect(told).toContainEqual(expect.objectContaining(expected));
      const other = isRule ? adviceOn(document, door) : brokenRules(document, door);
      expect(other.map((fault) => fault.rule)).not.toContain(id);
    }
  });

  it.each(passes.map((members) => [members]))('is kept by %j', (members) => {
    expect(rule.find(client(members))).toEqual([]);
  });

  it('reads no other members than it says', () => {
    for (const members of [...breaks.map(([broken]) => broken), ...passes]) {
      const { seen, watched } = watch(client(members));
      rule.find(watched);
      expect([...seen].filter((path) => !isDeclared(rule.properties, path))).toEqual([]);
    }
  });
});

/** The client, and the addresses of the members that have been read of it. */
function watch(document: ClientDocument): { seen: Set<string>; watched: ClientDocument } {
  const seen = new Set<string>();
  const spy = <T extends object>(target: T, prefix: string): T =>
    new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name);
        if (prefix === '' && name === 'attributes') return spy(value as object, 'attributes.');
        seen.add(`${prefix}${String(name)}`);
        return value;
      },
    });
  return { seen, watched: spy(document, '') };
}

/** `allAuthenticationMethods` is made from the two members that a rule about methods names. */
function isDeclared(properties: readonly ClientPropertyPath[], path: string): boolean {
  const sources: readonly string[] =
    path === 'allAuthenticationMethods'
      ? ['tokenEndpointAuthMethod', 'attributes.additionalTokenEndpointAuthMethods']
      : [path];
  return sources.every((source) => (properties as readonly string[]).includes(source));
}

// The rules are filters: each of them may refuse what it should, and yet let nobody through.
describe('what has to pass every rule at every door', () => {
  const SIGNING = [
    ...['HS', 'RS', 'PS', 'ES'].flatMap((kind) => ['256', '384', '512'].map((hash) => kind + hash)),
    'ES256K',
    'EdDSA',
  ];
  const WRAPPING = ['RSA-OAEP', 'RSA-OAEP-256', 'A128KW', 'A256KW', 'A256GCMKW', 'dir', 'ECDH-ES', 'ECDH-ES+A128KW'];
  const CONTENT = ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'];
  const ADDRESSES = `https://client.example/cb https://client.example https://client.example:8443/cb?x=1&y=a%20b
    https://xn--bcher-kva.example/cb https://192.0.2.7/cb https://[2001:db8::1]:8443/cb https://CLIENT.example/Cb
    https://client.example./cb https://intranet/cb https://client.example/~me;v=1//cb?state=a:b/c`.split(/\s+/);
  const OF_APPS = `com.example.app:/cb com.example-corp.app2:/ com.example.app://auth http://127.0.0.1/cb
    http://127.0.0.1:8765/cb http://[::1]:8765/cb http://localhost:3000/cb`.split(/\s+/);
  const code = { grantTypes: ['authorization_code'], responseTypes: ['code'] };
  const web = { ...code, redirectUris: ['https://client.example/cb'], jwksUri: 'https://client.example/jwks' };
  const encrypted = (alg: string, enc: string): object => ({
    ...web,
    idTokenEncryptedResponseAlg: alg,
    idTokenEncryptedResponseEnc: enc,
  });

  it.each<[string, object]>([
    ...ADDRESSES.map((uri): [string, object] => [uri, { ...code, redirectUris: [uri], postLogoutRedirectUris: [uri] }]),
    ...ADDRESSES.map((uri): [string, object] => [
      `pages and keys at ${uri}`,
      { ...web, jwksUri: uri, logoUri: uri, tosUri: uri },
    ]),
    ...OF_APPS.map((uri): [string, object] => [uri, { ...code, redirectUris: [uri], applicationType: 'native' }]),
    ...SIGNING.map((alg): [string, object] => [
      alg,
      { ...web, idTokenSignedResponseAlg: alg, userInfoSignedResponseAlg: alg, requestObjectSigningAlg: alg },
    ]),
    ...WRAPPING.map((alg): [string, object] => [alg, encrypted(alg, 'A128CBC-HS256')]),
    ...CONTENT.map((enc): [string, object] => [enc, encrypted('RSA-OAEP', enc)]),
    ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'].map(
      (method): [string, object] => [method, { ...web, tokenEndpointAuthMethod: method }],
    ),
    ...['Zoë’s café', '合作', 'a & b', '👩‍💻'].map((name): [string, object] => [name, { ...web, clientName: name }]),
  ])('%s', (_what, members) => {
    for (const door of DOORS) expect([door, brokenRules(client(members), door)]).toEqual([door, []]);
  });
});

describe("what Janssen's tools send", () => {
  const SAMPLE_OF_POST = {
    displayName: 'Api Client',
    clientSecret: 'test1234',
    redirectUris: ['https://jans.server2/admin-ui', 'http://localhost:4100'],
    responseTypes: ['code'],
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    applicationType: 'web',
    subjectType: 'pairwise',
    idTokenSignedResponseAlg: 'RS256',
    clientName: '',
    logoUri: '',
  };
  it.each([
    ['the SCIM client', SCIM_CLIENT],
    ['the code client', CODE_CLIENT],
    ['a new client of the text UI', TUI_NEW_CLIENT],
    ['the sample of POST', SAMPLE_OF_POST],
    [
      'encryption as its server spells it',
      { idTokenEncryptedResponseAlg: 'RSA-OAEP', idTokenEncryptedResponseEnc: 'A128CBC+HS256' },
    ],
    [
      'scripts where the text UI puts them',
      { attributes: { spontaneousScopes: ['inum=2DAF-F9A1,ou=scripts,o=jans'] } },
    ],
  ])('passes at the door of administrators: %s', (_name, members) => {
    expect(brokenRules(client(members), 'admin')).toEqual([]);
  });

  it('tells an administrator what a registration would be refused for', () => {
    expect(adviceOn(client(SAMPLE_OF_POST), 'admin').map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['redirect-uri-of-web-client', 'sector-identifier-for-several-hosts']),
    );
  });
});

describe('a client that breaks several rules', () => {
  const document = client({
    grantTypes: ['authorization_code'],
    logoUri: 'data:,x',
    jwks: '{"keys":[{"kty":"oct"}]}',
    jwksUri: 'http://a.example/',
  });

  it('is told all of them at once', () => {
    expect(rulesAt(document, 'admin').sort()).toEqual(
      ['jwks-is-public', 'jwks-uri-is-https', 'one-source-of-keys', 'redirect-uri-required', 'uri-scheme'].sort(),
    );
  });
});

describe('a patch of a client that breaks rules already', () => {
  const older = client({ clientUri: 'javascript:x', jwks: '{}', redirectUris: ['cb'], grantTypes: [] });

  it.each([
    ['another member', { description: 'x' }, []],
    ['another member of the same rule', { logoUri: 'https://a.example/' }, []],
    ['another member of the same rule, badly', { logoUri: 'data:,x' }, ['uri-scheme']],
    ['the member itself, badly', { clientUri: 'data:,x' }, ['uri-scheme']],
    ['the list that has a bad entry', { redirectUris: ['cb', 'https://a.example/'] }, ['uri-absolute']],
    ['one of two members that do not fit', { jwksUri: 'https://a.example/' }, ['one-source-of-keys']],
  ])('is held up by what it changes only: %s', (_what, change, rules) => {
    expect(rulesAt({ ...older, ...change }, 'admin', older)).toEqual(rules);
  });

  it('names the changed place only', () => {
    const changed = { ...older, logoUri: 'data:,x' };
    expect(brokenRules(changed, 'admin', older).map(({ pointer }) => pointer)).toEqual(['/logoUri']);
  });
});

const URI_MEMBERS = RULES.find(({ id }) => id === 'uri-scheme')?.properties ?? [];

/** A client that has `text` in a member, whatever its type is. */
function withText(path: string, text: string): ClientDocument {
  const property = PROPERTIES.find((candidate) => candidate.path === path);
  const value =
    property?.type === 'string-list' ? [text] : property?.type === 'localized' ? { values: { de: text } } : text;
  const name = property?.name ?? '';
  return client(property?.parent === 'attributes' ? { attributes: { [name]: value } } : { [name]: value });
}

const JUNK = fc.constantFrom('\u0000', '\t', '\n', ' ', '\u00a0', '\u200b', '\u202e', '\ufeff', '\u2028', '\u00ad');
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.webUrl(), fc.json());

/** A letter in either case, or percent-encoded once or twice. */
const disguisedLetter = (letter: string): fc.Arbitrary<string> => {
  const digits = letter.charCodeAt(0).toString(16);
  return fc.constantFrom(letter, letter.toUpperCase(), `%${digits}`, `%${digits.toUpperCase()}`, `%25${digits}`);
};

/** A URI with a forbidden scheme, in the disguises that parsers have been fooled by. */
const hostileUri = fc
  .constantFrom('javascript', 'data', 'file', 'vbscript', 'about', 'blob', 'view-source')
  .chain((scheme) =>
    fc.tuple(
      fc.array(JUNK, { maxLength: 3 }),
      fc.tuple(...Array.from(scheme, (letter) => fc.tuple(disguisedLetter(letter), fc.option(JUNK, { nil: '' })))),
      fc.constantFrom(':', '%3A', '%3a', '%253A'),
      fc.string(),
    ),
  )
  .map(([junk, letters, colon, rest]) => [...junk, ...letters.flat(), colon, rest].join(''));

describe('whatever is written', () => {
  it('a forbidden scheme never passes, in any member and any disguise', async () => {
    await holds(
      fc.property(fc.constantFrom(...URI_MEMBERS), hostileUri, fc.constantFrom(...DOORS), (path, text, door) => {
        const pointer = `/${path.replace('.', '/')}`;
        const faults = brokenRules(withText(path, text), door);
        expect(faults.some((fault) => fault.pointer?.startsWith(pointer))).toBe(true);
      }),
      1_000,
    );
  });

  it('browsers see the scheme and the host that were checked', async () => {
    const nearlyUri = fc.oneof(
      fc.webUrl({ withFragments: false, withQueryParameters: true }),
      fc
        .tuple(fc.constantFrom('https:', 'HTTPS://', 'https://', 'com.example.app:'), fc.string({ unit: 'binary' }))
        .map((parts) => parts.join('')),
      fc
        .tuple(fc.constantFrom('https://'), fc.stringMatching(/^[a-z0-9.%@:\\/[\]#?]{0,20}$/))
        .map((parts) => parts.join('')),
    );
    await holds(
      fc.property(nearlyUri, (text) => {
        const document = client({ applicationType: 'web', redirectUris: [text] });
        fc.pre(brokenRules(document, 'registration').length === 0);
        const url = new URL(text);
        expect(url.protocol).toBe('https:');
        expect(url.username).toBe('');
        expect(text.toLowerCase().startsWith(`https://${url.hostname}`)).toBe(true);
      }),
      500,
    );
  });

  it('no rule throws', async () => {
    const paths = PROPERTIES.filter(({ type }) => ['string', 'string-list', 'localized'].includes(type)).map(
      ({ path }) => path,
    );
    await holds(
      fc.property(fc.constantFrom(...paths), anyText, (path, text) => {
        const document = withText(path, text);
        for (const door of DOORS) expect(() => [brokenRules(document, door), adviceOn(document, door)]).not.toThrow();
      }),
      2_000,
    );
  });

  it('no key set throws', async () => {
    const member = fc.oneof(
      fc.string(),
      fc.constantFrom('RSA', 'EC', 'OKP', 'P-256', 'Ed25519', 'AQAB'),
      fc.jsonValue(),
    );
    const names = ['kty', 'crv', 'n', 'e', 'x', 'y', 'kid', 'use', 'x5c'];
    const key = fc.record(Object.fromEntries(names.map((name) => [name, member])), { requiredKeys: [] });
    await holds(
      fc.property(fc.array(key, { maxLength: 3 }), (keys) => {
        expect(() => brokenRules(client({ jwks: JSON.stringify({ keys }) }), 'admin')).not.toThrow();
      }),
      100,
    );
  });

  it.each([
    ['written-out repetitions', ['x{1000}'.repeat(500)]],
    ['nested repetitions', [`(${'A'.repeat(4_000)}[)]){1000}`]],
    ['repetitions behind flags', [`(${'a'.repeat(100)}){20}(?i){30}`]],
    ['repetitions behind a quantifier', [`(${'a'.repeat(100)})+(?i){1000}`]],
    ['a class that does not end', Array.from({ length: 60 }, (_, i) => '['.repeat(4_000 + i))],
    ['as many as there may be', Array.from({ length: 500 }, (_, i) => `(a{30}){30}${i}`)],
  ])('a pattern does not keep the service from answering: %s', (_what, spontaneousScopes) => {
    const started = process.cpuUsage();
    expect(rulesAt(client({ attributes: { spontaneousScopes } }), 'registration')).toContain('scope-patterns-are-safe');
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(3_000);
  });
});
