/** A stock scope or claim by the inum that it has now, and by its id or name. */
export interface Moved {
  readonly inum: string;
  readonly name: string;
}

type Row = readonly [former: string, inum: string, name: string];

const table = (rows: readonly Row[]): ReadonlyMap<string, Moved> =>
  new Map(rows.map(([former, inum, name]) => [former, { inum, name }]));

/** The scopes that had another inum in version 0.1, by that one. */
export const MOVED_SCOPES = table([
  ['C4F7', 'C4F6', 'offline_access'],
  ['B9D2', 'D491', 'phone'],
  ['1800.d6532f239837', 'B9D2-D6E5', 'https://jans.io/auth/ssa.admin'],
]);

/** The claims that had another inum in version 0.1, by that one. */
export const MOVED_CLAIMS = table([
  ['5E84A1B8', '2B29', 'name'],
  ['8ACF25D3', 'B4B0', 'given_name'],
  ['733B666E', '0C85', 'family_name'],
  ['F9C28D4D', 'A0E8', 'middle_name'],
  ['8F756565', '5EC6', 'nickname'],
  ['A13B62EA', 'B52A', 'preferred_username'],
  ['CB323BC1', '64A0', 'profile'],
  ['0894DE3C', 'EC3A', 'picture'],
  ['CD2B2DA0', '3B47', 'website'],
  ['83C6E6D0', 'CAE3', 'email'],
  ['3A74EB66', '8F88', 'email_verified'],
  ['50E19AD2', '3692', 'gender'],
  ['19818013', '98FC', 'birthdate'],
  ['16880E1F', 'A901', 'zoneinfo'],
  ['5853EC42', '36D9', 'locale'],
  ['4F6E94AE', '0C18', 'phone_number'],
  ['8D38CEE1', 'B17A', 'phone_number_verified'],
  ['D3517293', 'C8D5', 'address'],
  ['0AC2C2F0', 'BE64', 'updated_at'],
]);
