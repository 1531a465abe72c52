import type { KnownMembers } from '../../shared/contract/known-members.ts';
import type { Members } from '../../shared/contract/members.ts';
import { applyTo, type Patch } from '../../shared/patch/patch.ts';
import { patchable } from '../../shared/patch/patchable.ts';
import type { ClientInput } from './client.document.ts';
import { CLIENT_NAMES, normaliseClient } from './client.normalise.ts';

/** Stands for the secret in the client that a patch is applied to. It has a space, so that it is never a secret. */
const HIDDEN_SECRET = '(not shown)';

/** What a patch makes of a client, and what it says about its secret. */
export interface PatchedClient {
  readonly draft: ClientInput;
  /** A new secret, or leave to make one here. */
  readonly secret?: { readonly given: string } | 'renew';
}

/** A client as a patch finds it. */
export interface PatchedText {
  /** As it is answered. */
  readonly text: string;
  readonly hasSecret: boolean;
}

/**
 * Makes what applies a patch to a client and reads the outcome as a written client. Taking the secret out lets another
 * one be made where that is needed. It throws what `applyTo` throws.
 */
export function patchReader(
  known: KnownMembers,
): (client: PatchedText, patch: Patch, strict: boolean) => PatchedClient {
  const about = {
    ...patchable(CLIENT_NAMES, known),
    unreadable: 'clientSecret',
    growing: ['lastAccessTime', 'lastLogonTime', 'updatedAt'],
  };
  return ({ text, hasSecret }, patch, strict) => {
    const client = JSON.parse(text) as Members;
    const result = applyTo(hasSecret ? { ...client, clientSecret: HIDDEN_SECRET } : client, patch, about);
    const { clientSecret: secret, ...members } = result;
    const draft = normaliseClient(members, strict) as ClientInput;
    if (secret === HIDDEN_SECRET) return { draft };
    if (secret === undefined || secret === null || secret === '')
      return hasSecret ? { draft, secret: 'renew' } : { draft };
    // The shape of what was given is checked with the rest of the draft.
    const given = secret as string;
    return { draft: { ...draft, clientSecret: given }, secret: { given } };
  };
}
