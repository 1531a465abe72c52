import { sha256 } from '../shared/ids.ts';

export interface Registrant {
  readonly softwareId?: string | undefined;
  readonly statementIssuer?: string | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly initialTokenId?: string | undefined;
}

/** Native apps get another port at each start. */
const LOOPBACK_PORT = /^(https?:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):\d*/i;

/** Tells registrations of one software from others; see `registrationFingerprint` in the contract. */
export function fingerprintOf({ softwareId, statementIssuer, redirectUris, initialTokenId }: Registrant): string {
  const redirects = new Set((redirectUris ?? []).map((uri) => uri.replace(LOOPBACK_PORT, '$1')));
  return sha256(JSON.stringify([softwareId ?? '', statementIssuer ?? '', [...redirects].sort(), initialTokenId ?? '']));
}
