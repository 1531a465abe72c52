import { wireDate } from '../shared/clock.ts';
import { dnOf, sha256 } from '../shared/ids.ts';
import type { NewClaim } from './claim.store.ts';

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

/** The claims that every installation has. */
export function stockClaims(now: number): NewClaim[] {
  return Object.entries(STANDARD_CLAIMS).map(([name, description]) => {
    const inum = sha256(`claim ${name}`).slice(0, 8).toUpperCase();
    const dn = dnOf('attributes', inum);
    const document = {
      dn,
      inum,
      name,
      displayName: description,
      description,
      claimName: name,
      status: 'active',
      baseDn: dn,
    };
    return { inum, name, createdAt: wireDate(now), document: JSON.stringify(document) };
  });
}
