import {
  orderedDocument,
  PROPERTIES,
  valueOf,
  type ClientDocument,
  type ClientInput,
  type Members,
} from '../clients/client.document.ts';
import { settle } from '../clients/client.lifecycle.ts';
import { findReferences } from '../clients/client.lookup.ts';
import { needsSecret } from '../clients/secret.policy.ts';
import { wireDate } from '../shared/clock.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import { completeRegistration } from './registration.defaults.ts';
import { inMetadataTerms } from './registration.faults.ts';
import { fingerprintOf } from './registration.fingerprint.ts';
import { clientOf, type Metadata } from './registration.mapping.ts';
import { scopesFor, type ScopeAllowance } from './registration.scopes.ts';
import type { RegistrationStores } from './registration.stores.ts';
import { warningsAbout } from './registration.warnings.ts';

export interface PlanOptions {
  /** What is wrong with the shape of a written client. */
  readonly shapeFaults: (input: unknown) => Fault[];
  /** What the token endpoint does not take of how a client wants to authenticate. */
  readonly unsupported: (client: ClientDocument) => Fault[];
  /** How long clients live, in seconds, where they do not ask for less; 0 for ever. */
  readonly lifetime: number;
}

export interface Planning {
  readonly inum: string;
  readonly metadata: Metadata;
  readonly allowance: ScopeAllowance;
  readonly initialTokenId?: string | undefined;
  readonly statementIssuer?: string | undefined;
  /** The client as it is, and what was answered of it. */
  readonly previous?: { readonly document: ClientDocument; readonly metadata: Metadata };
  readonly now: number;
}

/**
 * Makes the client of a registration: mapped, completed, settled by the same corridor as every other client, and
 * marked. Throws `invalid-request` with everything that is wrong, in the names of the metadata.
 */
export async function planRegistration(
  stores: RegistrationStores,
  planning: Planning,
  options: PlanOptions,
): Promise<ClientDocument> {
  const { inum, metadata, previous } = planning;
  const { draft, faults } = clientOf(metadata, previous?.metadata);
  if (previous === undefined) beginLife(draft, planning.now, options.lifetime);
  else keepAdministered(draft, previous.document);
  completeRegistration(draft);
  endSecretWithClient(draft);
  refuse([...faults, ...options.shapeFaults(draft).map(inMetadataTerms)]);
  draft.scopes = await scopesFor(stores, draft.scopes, planning.allowance);
  if (draft.claims !== undefined) draft.claims = await knownClaims(stores, draft.claims);
  const { references } = await findReferences(stores, draft);
  const about = { inum, mode: 'replace', door: 'registration', references } as const;
  const settled = settle({ draft, ...about, ...(previous && { previous: previous.document }) });
  refuse([...settled.faults, ...options.unsupported(settled.document)].map(inMetadataTerms));
  return marked(stores, settled.document, planning);
}

/** The moment of registration, and how long the client lives from then on. */
function beginLife(draft: ClientInput, now: number, longest: number): void {
  draft.clientIdIssuedAt = wireDate(now);
  const asked = draft.attributes?.requestedLifetime ?? 0;
  const seconds = asked > 0 && longest > 0 ? Math.min(asked, longest) : Math.max(asked, longest);
  if (seconds <= 0) return;
  draft.attributes = { ...draft.attributes, requestedLifetime: seconds };
  draft.expirationDate = wireDate(now + seconds * 1_000);
}

/** What administrators set stays, and so does the lifetime, which is given once. */
function keepAdministered(draft: ClientInput, previous: ClientDocument): void {
  for (const property of PROPERTIES) {
    const isKept = property.setBy === 'admin' || property.path === 'attributes.requestedLifetime';
    if (!isKept || property.type === 'attributes') continue;
    const value = valueOf(previous, property);
    const holder = (property.parent === undefined ? draft : draft.attributes) as Members;
    if (value === undefined) delete holder[property.name];
    else holder[property.name] = value;
  }
}

/** A secret ends with its client at the latest; where there is none, it has no end. */
function endSecretWithClient(draft: ClientInput): void {
  const main = draft.tokenEndpointAuthMethod ?? 'client_secret_basic';
  const allAuthenticationMethods = [main, ...(draft.attributes?.additionalTokenEndpointAuthMethods ?? [])];
  if (!needsSecret({ allAuthenticationMethods })) delete draft.clientSecretExpiresAt;
  else if (draft.expirationDate !== undefined) draft.clientSecretExpiresAt ??= draft.expirationDate;
}

async function knownClaims({ claims }: RegistrationStores, names: readonly string[]): Promise<string[]> {
  const known = new Set((await claims.byNames(names)).map((claim) => claim.name));
  return names.filter((name) => known.has(name));
}

async function marked(
  stores: RegistrationStores,
  document: ClientDocument,
  { initialTokenId, statementIssuer }: Planning,
): Promise<ClientDocument> {
  const { softwareId, redirectUris } = document;
  const { registrationWarnings: _previous, ...rest } = document;
  const warnings = await warningsAbout(stores, document);
  return orderedDocument({
    ...rest,
    registrationFingerprint: fingerprintOf({ softwareId, statementIssuer, redirectUris, initialTokenId }),
    ...(warnings.length > 0 && { registrationWarnings: warnings }),
  }) as ClientDocument;
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Problem('invalid-request', { errors: faults });
}
