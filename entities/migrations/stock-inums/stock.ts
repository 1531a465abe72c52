/*
 * The stock scopes and claims as they were when they got the inums of a Janssen installation; the service may go on.
 */

/** One of the two tables that clients refer to. */
export interface Kind {
  readonly table: 'scopes' | 'claims';
  /** The unit of the directory that its entries are in. */
  readonly unit: 'scopes' | 'attributes';
  /** The column with the name that no two entries share. */
  readonly nameColumn: 'scope_id' | 'name';
  readonly links: { readonly table: 'client_scopes' | 'client_claims'; readonly column: 'scope_inum' | 'claim_inum' };
  /** The stock by inum. Nothing else may stand there. */
  readonly stock: ReadonlyMap<string, string>;
  /** The former inums of what is in the stock, by name. */
  readonly former: ReadonlyMap<string, string>;
  /** What is searched in an entry. */
  readonly searched: (document: Members) => readonly unknown[];
}

export type Members = Record<string, unknown>;

/** `<inum>=<name>` or `<former inum>=<name>`, with blanks between. */
const pairs = (text: string): [string, string][] =>
  text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [inum = '', name = ''] = pair.split('=');
      return [inum, name];
    });
const byName = (text: string): Map<string, string> => new Map(pairs(text).map(([inum, name]) => [name, inum]));

export const SCOPES: Kind = {
  table: 'scopes',
  unit: 'scopes',
  nameColumn: 'scope_id',
  links: { table: 'client_scopes', column: 'scope_inum' },
  stock: new Map(
    pairs(`F0C4=openid 43F1=profile 764C=email C17A=address D491=phone 341A=clientinfo 10B2=user_name
      6D99=uma_protection 6D93=access_evaluation 6D91=introspection 6D92=authorization_challenge 7D90=revoke_session
      7D91=revoke_any_token 7D92=global_token_revocation 8A01=mobile_phone C4F4=online_access C4F5=role
      C4F6=offline_access C4F8=device_sso B9D2-D6E5=https://jans.io/auth/ssa.admin`),
  ),
  former: byName('B9D2=phone C4F7=offline_access 1800.d6532f239837=https://jans.io/auth/ssa.admin'),
  searched: ({ displayName, description, id, inum, scopeType }) => [displayName, description, id, inum, scopeType],
};

export const CLAIMS: Kind = {
  table: 'claims',
  unit: 'attributes',
  nameColumn: 'name',
  links: { table: 'client_claims', column: 'claim_inum' },
  stock: new Map(
    pairs(`29DA=inum 2B29=name B4B0=given_name 0C85=family_name A0E8=middle_name 5EC6=nickname 42E0=user_name
      B52A=preferred_username 64A0=profile EC3A=picture 3B47=website CAE3=email 8F88=email_verified 3692=gender
      98FC=birthdate A901=zoneinfo 36D9=locale 6493=preferred_language 0C18=phone_number B17A=phone_number_verified
      6DA6=phone_mobile_number C8D5=address 27DB=formatted 6609=street_address D90B=roomNumber E999=postOfficeBox
      2A3D=postal_code 6EEB=locality E6B8=region BCE8=country D2E0=member_of 6049=user_permission BE64=updated_at`),
  ),
  former: byName(`5E84A1B8=name 8ACF25D3=given_name 733B666E=family_name F9C28D4D=middle_name 8F756565=nickname
    A13B62EA=preferred_username CB323BC1=profile 0894DE3C=picture CD2B2DA0=website 83C6E6D0=email
    3A74EB66=email_verified 50E19AD2=gender 19818013=birthdate 16880E1F=zoneinfo 5853EC42=locale
    4F6E94AE=phone_number 8D38CEE1=phone_number_verified D3517293=address 0AC2C2F0=updated_at`),
  searched: ({ displayName, description, name, inum, claimName }) => [displayName, description, name, inum, claimName],
};

export const KINDS: readonly Kind[] = [CLAIMS, SCOPES];
