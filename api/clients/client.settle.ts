import { dnOf } from '../shared/ids.ts';
import type { Schemas } from '../shared/contract/operation.ts';
import type { Fault } from '../shared/problem.ts';
import { applyDefaults, tidyValues, sizeFaults } from '../shared/contract/values.ts';
import { reconcileAliases, type Mode } from './document/client.aliases.ts';
import { completeCustomAttributes } from './document/client.custom-attributes.ts';
import {
  documentText,
  orderedDocument,
  PROPERTIES,
  valueOf,
  type ClientDocument,
  type ClientInput,
  type Members,
} from './document/client.document.ts';
import { resolveReferences, type References } from './client.references.ts';
import { brokenRules } from './rules/client.rules.ts';
import type { Door } from './rules/rule.ts';

export interface Settling {
  /** Shape-valid and normalised. It is not changed. */
  readonly draft: ClientInput;
  readonly previous?: ClientDocument;
  readonly inum: string;
  readonly mode: Mode;
  readonly door: Door;
  readonly references: References;
  /** Whether this deployment takes an address that registration refuses elsewhere. */
  readonly isAllowed?: (uri: string) => boolean;
}

export interface Settled {
  readonly document: ClientDocument;
  /** Whether the draft says what the client is: the document may still break rules. */
  readonly isClear: boolean;
  /** Every rule that the client breaks, all doors' steps together. */
  readonly faults: readonly Fault[];
}

/**
 * Turns a draft into the client that is stored, or into the list of what is wrong with it. Pure; every door goes
 * through it: aliases, dates and lists, defaults, references, derived members, rules.
 */
export function settle(settling: Settling): Settled {
  const draft = structuredClone(settling.draft) as Members;
  const previous = settling.previous as Members | undefined;
  const faults = [
    ...reconcileAliases(draft, previous, settling.mode),
    ...tidyValues(PROPERTIES, draft),
    ...settleCustom(draft, previous),
    ...resolveReferences(draft, settling.references, previous),
  ];
  applyDefaults(PROPERTIES, draft);
  keepServerMembers(draft, previous);
  moveSecretEnd(draft, previous);
  derive(draft, settling.inum);
  const document = orderedDocument(draft) as ClientDocument;
  // What a client has already is not judged again when it changes itself: administrators may have given it.
  const older = settling.mode === 'patch' || settling.door === 'registration' ? settling.previous : undefined;
  const isClear = faults.length === 0;
  const judged = withSecret(document, settling.draft);
  const broken = brokenRules(judged, settling.door, older, settling.isAllowed);
  return { document, isClear, faults: [...faults, ...sizeFaults(documentText(document), 'client-size'), ...broken] };
}

/** The client as the rules see it: its secret is not kept in the document. */
export const withSecret = (document: ClientDocument, { clientSecret }: ClientInput): ClientDocument =>
  clientSecret === undefined ? document : { ...document, clientSecret };

function settleCustom(draft: Members, previous: Members | undefined): Fault[] {
  type List = Schemas['CustomObjectAttribute'][];
  const given = draft['customAttributes'] as List | undefined;
  if (given === undefined) return [];
  const { attributes, faults } = completeCustomAttributes(given, previous?.['customAttributes'] as List | undefined);
  draft['customAttributes'] = attributes;
  return faults;
}

/** What the server wrote stays: a written client never carries it. */
function keepServerMembers(draft: Members, previous: Members | undefined): void {
  for (const property of PROPERTIES) {
    if (property.setBy !== 'server' || previous === undefined) continue;
    const value = valueOf(previous, property);
    const holder = (property.parent === undefined ? draft : draft[property.parent]) as Members;
    if (value !== undefined) holder[property.name] = value;
  }
}

/**
 * A client that was made with one end, its own and that of its secret, has one end afterwards too: whoever moves that of
 * the client would otherwise have one that is there and cannot authenticate.
 */
function moveSecretEnd(draft: Members, previous: Members | undefined): void {
  const { expirationDate: end, clientSecretExpiresAt: secretEnd } = previous ?? {};
  const isOne = end !== undefined && secretEnd === end && draft['clientSecretExpiresAt'] === end;
  if (!isOne || draft['expirationDate'] === end) return;
  if (draft['expirationDate'] === undefined) delete draft['clientSecretExpiresAt'];
  else draft['clientSecretExpiresAt'] = draft['expirationDate'];
}

function derive(draft: Members, inum: string): void {
  const { tokenEndpointAuthMethod, attributes } = draft as ClientDocument;
  const additional = attributes.additionalTokenEndpointAuthMethods;
  const dn = dnOf('clients', inum);
  Object.assign(draft, {
    inum,
    dn,
    baseDn: dn,
    deletable: draft['expirationDate'] !== undefined,
    authenticationMethod: tokenEndpointAuthMethod,
    allAuthenticationMethods: [...new Set([tokenEndpointAuthMethod, ...additional])],
  });
}
