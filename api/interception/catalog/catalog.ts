import { readFileSync } from 'node:fs';
import type { Schemas } from '../../shared/contract/operation.ts';

type CatalogScript = Schemas['CatalogScript'];
type Property = CatalogScript['properties'][number];

const needed = (name: string, description: string): Property => ({ name, description, required: true });
const optional = (name: string, description: string): Property => ({ name, description, required: false });

const PAGE = 'docs/script-catalog.md';

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly properties: readonly Property[];
  readonly level: number;
}

const CONFIG_API = optional('config_api', 'true has it judge what administrators write as well.');
const FETCH_HOSTS = optional('fetch_hosts', 'The hosts that the script may fetch from, separated by spaces.');

/** Policies that judge run before those that change: a script that fixes values is the last one. */
const ENTRIES: readonly Entry[] = [
  {
    name: 'require-software-statement',
    description: 'Clients register with a software statement only.',
    properties: [
      optional(
        'issuers',
        'The issuers whose statements are accepted, separated by spaces; every approved one unless given.',
      ),
    ],
    level: 10,
  },
  {
    name: 'redirect-hosts',
    description: 'Redirect URIs are on hosts of a list only.',
    properties: [
      needed('hosts', 'The hosts, separated by spaces; *.example.com is every host below example.com.'),
      optional('schemes', 'Schemes of apps whose redirect URIs are let pass as well, such as com.example.app.'),
      optional('allow_loopback', 'true lets http://localhost, http://127.0.0.1 and http://[::1] pass.'),
    ],
    level: 20,
  },
  {
    name: 'open-banking',
    description: 'Registration by software statement, certificate and roles, as open banking has it.',
    properties: [
      needed('statement_issuers', 'The issuers whose statements are accepted, separated by spaces.'),
      needed('grant_scopes', 'The scopes that roles give, separated by spaces.'),
      optional('roles', 'The scopes of each role, as JSON: {"AISP": "accounts", "PISP": "payments"}.'),
      optional('jwks_endpoint', 'Where the directory has its keys; its host stands in fetch_hosts too.'),
      FETCH_HOSTS,
      optional('require_certificate', 'false lets clients register without a certificate.'),
      optional('certificate_software', 'The part of the subject with the software id; CN unless given.'),
      optional('certificate_organisation', 'The part of the subject with the organisation; OU unless given.'),
      optional('organisation_claim', 'The claim of the statement with the organisation; org_id unless given.'),
      optional('auth_methods', 'The authentication methods; private_key_jwt and tls_client_auth unless given.'),
      optional('signing_alg', 'The algorithm of signatures; PS256 unless given.'),
    ],
    level: 30,
  },
  {
    name: 'fapi2-client',
    description: 'Clients are as the FAPI 2.0 Security Profile has them.',
    properties: [
      optional('signing_alg', 'The algorithm of ID tokens for clients that ask for none; PS256 unless given.'),
    ],
    level: 40,
  },
  {
    name: 'default-values',
    description: 'Clients get values for what they do not say, and fixed ones whatever they say.',
    properties: [
      optional('defaults', 'Values for members that were not sent, as JSON: {"contacts": ["iam@example.com"]}.'),
      optional('fixed', 'Values for members whatever was sent, as JSON: {"require_pkce": true}.'),
    ],
    level: 50,
  },
];

let read: readonly CatalogScript[] | undefined;

/** The scripts that come with the service, with their texts. */
export const catalog = (): readonly CatalogScript[] => (read ??= ENTRIES.map(withText));

const withText = ({ properties, ...entry }: Entry): CatalogScript => ({
  ...entry,
  properties: [...properties, CONFIG_API],
  page: `${PAGE}#${entry.name}`,
  scriptType: 'client_registration',
  programmingLanguage: 'javascript',
  script: readFileSync(new URL(`./scripts/${entry.name}.js`, import.meta.url), 'utf8'),
});
