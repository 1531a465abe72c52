import type { Field } from '../../search/field.ts';
import { propertyFields } from '../../search/property-fields.ts';
import type { Searched } from '../../search/asked.ts';
import { PROPERTIES } from './client.document.ts';
import { customField, HOST_FIELDS, valuedAs } from './client.values.ts';

/** Where the search finds clients. */
export const CLIENTS_SEARCHED: Searched = {
  table: 'clients',
  joins: {
    a: 'LEFT JOIN client_activity a ON a.inum = c.inum',
    s: 'JOIN client_search s ON s.inum = c.inum',
  },
  leading: { a: 'client_activity a' },
  text: 's.text',
  texts: { table: 'client_search', byInum: 'uq_client_search_inum' },
  countAll: 'SELECT SUM(clients) FROM client_counts',
  mark: 'SELECT SUM(writes) FROM client_counts',
};

const SECRET_END = 'SUBSTR(MAX(x.expires_at), 1, 19)';

/** When the last secret of a client ends; absent where one does not end, or there is none. */
const SECRETS_EXPIRE: Field = {
  name: 'secrets.expiresAt',
  type: 'date',
  path: '$.secrets.expiresAt',
  computed: {
    sql: `(SELECT CASE WHEN COUNT(*) = COUNT(x.expires_at) THEN ${SECRET_END} END FROM client_secrets x WHERE x.inum = c.inum)`,
    table: 'client_secrets',
    among: 'expires_at',
  },
};

const CUSTOM = 'customAttributes.';

const findField = propertyFields(PROPERTIES, {
  columns: {
    inum: { column: { name: 'c.inum' } },
    clientName: { sortColumn: 'c.display_name_folded', folded: { column: 's.text' } },
    displayName: { sortColumn: 'c.display_name_folded', folded: { column: 's.text' } },
    description: { folded: { column: 's.text', nth: 1 } },
    contacts: { folded: { column: 'c.contacts_folded' } },
    applicationType: { column: { name: 'c.application_type' } },
    disabled: { column: { name: 'c.disabled' } },
    softwareId: { column: { name: 'c.software_id', prefix: 255 } },
    expirationDate: { column: { name: 'c.expiration_date' } },
    clientIdIssuedAt: { column: { name: 'c.client_id_issued_at' } },
    clientSecretExpiresAt: { column: { name: 'c.client_secret_expires_at' } },
    'approval.state': { column: { name: 'c.approval_state' } },
    'approval.at': { column: { name: 'c.approval_at', noIndex: true } },
    lastAccessTime: { column: { name: 'a.last_access_time' } },
    createdAt: { column: { name: 'c.created_at', isTimestamp: true }, sortColumn: 'c.created_at' },
    updatedAt: { column: { name: 'c.updated_at', isTimestamp: true }, sortColumn: 'c.updated_at' },
    registrationMethod: { column: { name: 'c.source' }, sortColumn: 'c.source' },
    registeredBy: { column: { name: 'c.registered_by' } },
    scopes: { refers: 'scopes', join: { table: 'client_scopes', column: 'scope_inum' } },
    claims: { refers: 'claims', join: { table: 'client_claims', column: 'claim_inum' } },
  },
  valuedAs,
  otherNames: { clientId: 'inum' },
  hidden: new Set(['clientSecret', 'clientSecretHash', 'registrationAccessToken']),
});

/**
 * The field of clients with this name: its own, Janssen's database name, `customAttributes.<name>`, that of hosts, such as
 * `redirectUris.host`, or `secrets.expiresAt`.
 */
export function findClientField(name: string): Field | undefined {
  if (name.startsWith(CUSTOM) && name.length > CUSTOM.length) return customField(name.slice(CUSTOM.length));
  if (name === SECRETS_EXPIRE.name) return SECRETS_EXPIRE;
  return HOST_FIELDS.get(name) ?? findField(name);
}
