import { completeClaim } from './claim.document.ts';
import type { ClaimDocument } from './claim.store.ts';

interface StockClaim {
  readonly inum: string;
  /** The claim as it stands in tokens. */
  readonly name: string;
  /** What it says about a user. */
  readonly description: string;
  readonly dataType?: 'boolean' | 'generalizedTime';
  readonly oxMultiValuedAttribute?: true;
}

type More = Pick<StockClaim, 'dataType' | 'oxMultiValuedAttribute'>;

const claim = (inum: string, name: string, description: string, more: More = {}): StockClaim => ({
  inum,
  name,
  description,
  ...more,
});

/** The claims of a Janssen installation under the inums that they have there, and `sub`, which is none there. */
const STOCK_CLAIMS: readonly StockClaim[] = [
  claim('E3669E34', 'sub', 'Identifier of the user at the issuer'),
  claim('29DA', 'inum', 'Identifier of the user in the directory'),
  claim('2B29', 'name', 'Full name'),
  claim('B4B0', 'given_name', 'Given name'),
  claim('0C85', 'family_name', 'Family name'),
  claim('A0E8', 'middle_name', 'Middle name'),
  claim('5EC6', 'nickname', 'Casual name'),
  claim('42E0', 'user_name', 'Name that the user signs in with'),
  claim('B52A', 'preferred_username', 'Name that the user wants to be called by'),
  claim('64A0', 'profile', 'Address of the profile page'),
  claim('EC3A', 'picture', 'Address of the profile picture'),
  claim('3B47', 'website', 'Address of the web page or blog'),
  claim('CAE3', 'email', 'E-mail address'),
  claim('8F88', 'email_verified', 'Whether the e-mail address was verified', { dataType: 'boolean' }),
  claim('3692', 'gender', 'Gender'),
  claim('98FC', 'birthdate', 'Date of birth'),
  claim('A901', 'zoneinfo', 'Time zone'),
  claim('36D9', 'locale', 'Language and region'),
  claim('6493', 'preferred_language', 'Language that the user prefers'),
  claim('0C18', 'phone_number', 'Phone number'),
  claim('B17A', 'phone_number_verified', 'Whether the phone number was verified', { dataType: 'boolean' }),
  claim('6DA6', 'phone_mobile_number', 'Mobile phone number'),
  claim('C8D5', 'address', 'Postal address'),
  claim('27DB', 'formatted', 'Postal address as it stands on a letter'),
  claim('6609', 'street_address', 'Street and number'),
  claim('D90B', 'roomNumber', 'Room number'),
  claim('E999', 'postOfficeBox', 'Post office box'),
  claim('2A3D', 'postal_code', 'Postal code'),
  claim('6EEB', 'locality', 'City'),
  claim('E6B8', 'region', 'State or region'),
  claim('BCE8', 'country', 'Country'),
  claim('D2E0', 'member_of', 'Groups of the user', { oxMultiValuedAttribute: true }),
  claim('6049', 'user_permission', 'Roles of the user'),
  claim('BE64', 'updated_at', 'When the information was last changed', { dataType: 'generalizedTime' }),
];

const INUMS = new Set(STOCK_CLAIMS.map(({ inum }) => inum));

/** Whether every installation has the claim. */
export const isStockClaim = ({ inum }: { readonly inum: string }): boolean => INUMS.has(inum);

/** The claims that every installation has. */
export const stockClaims = (): ClaimDocument[] =>
  STOCK_CLAIMS.map(({ inum, name, description, ...more }) =>
    completeClaim({ ...more, name, displayName: description, description, claimName: name }, inum),
  );
