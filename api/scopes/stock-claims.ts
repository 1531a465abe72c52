import { sha256 } from '../shared/ids.ts';
import { completeClaim } from './claim.document.ts';
import type { ClaimDocument } from './claim.store.ts';

/** The standard claims of OpenID Connect Core section 5.1, with what they say about a user. */
const STANDARD_CLAIMS: Readonly<Record<string, string>> = {
  sub: 'Identifier of the user at the issuer',
  name: 'Full name',
  given_name: 'Given name',
  family_name: 'Family name',
  middle_name: 'Middle name',
  nickname: 'Casual name',
  preferred_username: 'Name that the user wants to be called by',
  profile: 'Address of the profile page',
  picture: 'Address of the profile picture',
  website: 'Address of the web page or blog',
  email: 'E-mail address',
  email_verified: 'Whether the e-mail address was verified',
  gender: 'Gender',
  birthdate: 'Date of birth',
  zoneinfo: 'Time zone',
  locale: 'Language and region',
  phone_number: 'Phone number',
  phone_number_verified: 'Whether the phone number was verified',
  address: 'Postal address',
  updated_at: 'When the information was last changed',
};

/** The inum of a standard claim: the same in every installation, since it is made from the name. */
export const standardClaimInum = (name: string): string => sha256(`claim ${name}`).slice(0, 8).toUpperCase();

const INUMS = new Set(Object.keys(STANDARD_CLAIMS).map(standardClaimInum));

/** Whether every installation has the claim. */
export const isStandardClaim = ({ inum }: { readonly inum: string }): boolean => INUMS.has(inum);

/** The claims that every installation has. */
export const stockClaims = (): ClaimDocument[] =>
  Object.entries(STANDARD_CLAIMS).map(([name, description]) =>
    completeClaim({ name, displayName: description, description, claimName: name }, standardClaimInum(name)),
  );
