import { parseUrl } from '../../../openapi/parse-url.ts';
import type { Body } from '../../resource/entry.ts';

/** A kind of software that becomes a client, and what follows from that (RFC 9700, RFC 8252). */
export interface Software {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly members: Body;
  /** Where users come back to; without it there are no users. */
  readonly redirects?: Redirects;
  /** How it can prove itself, the most usual first. */
  readonly methods: readonly { readonly label: string; readonly note?: string; readonly value: string }[];
  /** What the members mean, in sentences. */
  readonly explained: readonly string[];
}

export interface Redirects {
  readonly help: string;
  readonly example: string;
  readonly rule: string;
  readonly fits: (uri: string) => boolean;
}

const isLoopback = (host: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(host);

const WEB: Redirects = {
  help: 'Addresses of the software, one a line. They begin with https:// and are compared character by character.',
  example: 'https://',
  rule: 'begins with https:// (http:// only on localhost), and has no #',
  fits: (uri) => {
    const url = parseUrl(uri);
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    return isSafe && url.hostname !== '' && !uri.includes('#');
  },
};

const NATIVE: Redirects = {
  help: 'One a line: http://127.0.0.1/… on any port, a scheme of your own such as com.example.app:/…, or https://…',
  example: 'http://127.0.0.1/callback',
  rule: 'is http://127.0.0.1/…, com.example.app:/… or https://…, and has no #',
  fits: (uri) => {
    const url = parseUrl(uri);
    if (url === undefined || uri.includes('#')) return false;
    return url.protocol === 'https:' || url.protocol === 'http:'
      ? url.protocol === 'https:' || isLoopback(url.hostname)
      : url.protocol.includes('.');
  },
};

const SECRET = { label: 'A secret', note: 'made by the service and shown once', value: 'client_secret_basic' };
const KEYS = { label: 'Keys of its own', note: 'the service has no secret that could leak', value: 'private_key_jwt' };
const NOTHING = { label: 'Nothing', value: 'none' };

const SIGN_IN = { grantTypes: ['authorization_code', 'refresh_token'], responseTypes: ['code'], scopes: ['openid'] };
const CODE = 'Users are sent to sign in and come back with a code (authorization_code), with PKCE.';
const REFRESH = 'It can go on without the user for as long as its refresh token lasts.';
const PUBLIC = 'It has no secret, since whoever has the software could read it: PKCE and the redirect URI protect it.';

export const SOFTWARE: readonly Software[] = [
  {
    name: 'web',
    label: 'Web application',
    note: 'runs on a server, users sign in with a browser',
    members: { applicationType: 'web', ...SIGN_IN, attributes: { requirePkce: true } },
    redirects: WEB,
    methods: [SECRET, KEYS],
    explained: [CODE, REFRESH, 'It proves itself at the token endpoint when it takes the code.'],
  },
  {
    name: 'browser',
    label: 'Single-page application',
    note: 'runs in the browser, without a server of its own',
    members: { applicationType: 'web', ...SIGN_IN, attributes: { requirePkce: true } },
    redirects: WEB,
    methods: [NOTHING],
    explained: [CODE, PUBLIC, 'Add its origin to Authorized origins where the authorization server asks for that.'],
  },
  {
    name: 'native',
    label: 'App on a phone or computer',
    note: 'is installed by users',
    members: { applicationType: 'native', ...SIGN_IN, attributes: { requirePkce: true } },
    redirects: NATIVE,
    methods: [NOTHING],
    explained: [CODE, REFRESH, PUBLIC],
  },
  {
    name: 'service',
    label: 'Service without users',
    note: 'a job, a daemon, another API',
    members: { applicationType: 'web', grantTypes: ['client_credentials'] },
    methods: [SECRET, KEYS],
    explained: [
      'It gets tokens for itself (client_credentials), with the scopes that you give it: choose them under Scopes.',
    ],
  },
  {
    name: 'device',
    label: 'Device without a keyboard',
    note: 'a television, a printer',
    members: {
      applicationType: 'native',
      grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      scopes: ['openid'],
    },
    methods: [NOTHING],
    explained: ['It shows a code, which users enter in a browser elsewhere (RFC 8628).', REFRESH],
  },
];
