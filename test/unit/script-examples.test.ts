import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sandbox } from '../../api/interception/sandbox/sandbox.ts';

// The limits of time are of no concern here, and other tests run beside these.
const scripts = sandbox({ limits: { soft: 5_000, hard: 10_000, wall: 20_000 }, patience: 60_000 });
beforeAll(() => scripts.warm());
afterAll(() => scripts.close());

const page = readFileSync(new URL('../../docs/interception-scripts.md', import.meta.url), 'utf8');
const EXAMPLES = [...page.matchAll(/^```js\n(.*?)^```/gms)].map(([, code = '']) => ({
  code,
  hook: /function (\w+)/.exec(code)?.[1] ?? '',
}));

const MATTER = {
  client: { redirect_uris: ['https://partner.example/cb'], application_type: 'web', scope: 'openid', org_id: 'org-1' },
  request: { method: 'POST', headers: {}, address: '10.1.2.3', body: {} },
  certificate: { subject: { O: 'org-1' } },
  properties: {
    client_redirect_uris: 'https://partner.example/cb',
    statement_secret: 'secret',
    request_secret: 'secret',
    jwks_endpoint: 'https://keys.example',
  },
};

/** What each function of the page answers, and what it makes of the client. */
const EXPECTED: readonly (readonly [hook: string, answer: unknown, client: object])[] = [
  ['createClient', true, { require_pkce: true }],
  ['updateClient', true, {}],
  ['modifyPostResponse', true, { policy_uri: 'https://registry.example/terms' }],
  ['modifyPutResponse', true, { contacts: ['iam@registry.example'] }],
  ['modifyReadResponse', false, {}],
  ['getSoftwareStatementJwks', '{"keys":[]}', {}],
  ['getSoftwareStatementHmacSecret', 'secret', {}],
  ['getDcrJwks', '{"keys":[]}', {}],
  ['getDcrHmacSecret', 'secret', {}],
  ['isCertValidForClient', true, {}],
  ['createClient', true, { scope: 'openid address' }],
];

describe('the examples of functions', () => {
  it('are one for each function that a script can have, and the one from Janssen', () => {
    expect(EXAMPLES.map(({ hook }) => hook)).toEqual(EXPECTED.map(([hook]) => hook));
  });

  it.each(EXPECTED.map((expected, index) => [expected[0], index, expected] as const))(
    '%s, at place %d, does what it is for',
    async (hook, index, [, answer, client]) => {
      const fetch = (): Promise<string> => Promise.resolve('{"keys":[]}');
      const code = EXAMPLES[index]?.code ?? '';
      const { text } = await scripts.run({ code, hook, input: JSON.stringify(MATTER), address: '10.1.2.3', fetch });
      expect(JSON.parse(text ?? '{}')).toMatchObject({ answer, client: { ...MATTER.client, ...client } });
    },
  );
});
