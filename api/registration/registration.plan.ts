import {
  orderedDocument,
  PROPERTIES,
  valueOf,
  type ClientDocument,
  type ClientInput,
  type Members,
} from '../clients/document/client.document.ts';
import { withApproval } from '../clients/approval/client.approval.ts';
import { settle, type Settled, type Settling } from '../clients/client.settle.ts';
import { findReferences } from '../clients/client.lookup.ts';
import { calledIn } from '../clients/scopes/remembered-scopes.ts';
import { needsSecret } from '../clients/secrets/secret.policy.ts';
import type { ScopeName } from '../scopes/scope.store.ts';
import { wireDate } from '../shared/clock.ts';
import { dnOf } from '../shared/ids.ts';
import { Problem, type Fault } from '../shared/problem.ts';
import type { ClientPropertyPath } from '../../openapi/properties.gen.ts';
import type { Namesake } from './arrival/surroundings.store.ts';
import { completeRegistration } from './metadata/registration.defaults.ts';
import { inMetadataTerms } from './registration.faults.ts';
import { fingerprintOf } from './registration.fingerprint.ts';
import type { PolicyVerdict } from './policy/registration.policy.ts';
import { clientOf, type Metadata } from './metadata/registration.mapping.ts';
import { REGISTERED } from './metadata/registration.members.ts';
import { scopesFor } from './registration.scopes.ts';
import type { RegistrationStores } from './registration.stores.ts';
import { foreignHosts, isAllowedBy, type RedirectPolicy } from './registration.redirects.ts';
import { unsupportedAsked, type Support } from './metadata/registration.support.ts';
import { withChanges, withStatement } from './statements/statement.merge.ts';
import type { VerifiedStatement } from './statements/statement.verifier.ts';
import { warningsAbout } from './registration.warnings.ts';

/** What a plan needs beside the stores. */
export interface PlanNeeds {
  /** What is wrong with the shape of a written client. */
  readonly shapeFaults: (input: unknown) => Fault[];
  /** What is wrong with the shape of metadata. */
  readonly metadataFaults: (metadata: unknown) => Fault[];
  readonly support: Support;
  /** How long clients live, in seconds, where they do not ask for less; 0 for ever. */
  readonly lifetime: number;
  /** Where clients may have their users sent back to. */
  readonly redirects: RedirectPolicy;
}

export interface Planning {
  readonly inum: string;
  readonly metadata: Metadata;
  /** The scopes that may be asked for, as inums: at first beside the default ones. */
  readonly allowed: readonly string[];
  readonly initialTokenId?: string | undefined;
  readonly statement?: VerifiedStatement | undefined;
  /** The client as it is, and what was answered of it. */
  readonly previous?: { readonly document: ClientDocument; readonly metadata: Metadata };
  /** What the initial access token says of where users are sent back to. */
  readonly tokenRedirects?: RedirectPolicy | undefined;
  /** Whether the client waits until an administrator approves it. */
  readonly waits?: boolean;
  /** What the policy has changed, which it does last. */
  readonly policy?: Pick<PolicyVerdict, 'changes' | 'granted'>;
  readonly now: number;
}

/**
 * Makes the client of a registration, outside: mapped, completed, settled as every other client is, and marked. Throws `invalid-request` with everything that is wrong, in the names of the metadata.
 */
export async function planRegistration(
  stores: RegistrationStores,
  planning: Planning,
  needs: PlanNeeds,
): Promise<PlannedRegistration> {
  const { inum, previous, statement, policy } = planning;
  const said = statement === undefined ? planning.metadata : withStatement(planning.metadata, statement.metadata);
  const metadata = policy === undefined ? said : withChanges(said, policy.changes);
  if (metadata !== planning.metadata) refuse(needs.metadataFaults(metadata));
  const { draft, faults } = clientOf(metadata, previous?.metadata);
  if (previous === undefined) beginLife(draft, planning.now, needs.lifetime);
  else {
    keepAdministered(draft, previous.document);
    keepDemands(draft, previous.document, metadata);
  }
  completeRegistration(draft, previous?.document);
  endSecretWithClient(draft);
  refuse([...faults, ...needs.shapeFaults(draft).map(inMetadataTerms)]);
  const statementScopes = await inumsOf(stores, statement?.grantedScopes ?? []);
  const allowed = [...planning.allowed, ...(await inumsOf(stores, policy?.granted ?? []))];
  const allowance = { allowed, granted: statementScopes, mayTakeOffered: previous === undefined };
  const displayName = draft.displayName ?? draft.clientName;
  const asked = { scopes: [...allowed, ...statementScopes], offered: allowance.mayTakeOffered, displayName };
  const found = await stores.surroundings(asked);
  const scopes = scopesFor(found.scopes, draft.scopes, allowance);
  draft.scopes = scopes.map((scope) => dnOf('scopes', scope.inum));
  const claims = claimsFor(draft.claims, statement?.allowedClaims);
  if (claims !== undefined) draft.claims = await knownClaims(stores, claims);
  const { references } = await findReferences(stores, draft, { scopes, claims: [] });
  const about = { inum, mode: 'replace', references } as const;
  const settled = settledByRegistration(
    { ...needs, tokenRedirects: planning.tokenRedirects, metadata },
    { draft, ...about, ...(previous && { previous: previous.document }) },
  );
  refuse(settled.faults.map(inMetadataTerms));
  const called = calledIn(settled.document, references.scopes);
  const namesakes =
    settled.document.displayName === displayName ? found.namesakes : await namesakesOf(stores, settled.document);
  return { document: marked(settled.document, planning, namesakes), statementScopes, called };
}

type RegistrationRules = Pick<PlanNeeds, 'support' | 'redirects'> &
  Pick<Planning, 'tokenRedirects'> &
  Partial<Pick<Planning, 'metadata'>>;

/** Settles a client by the rules of registration, those of the deployment and of its initial access token included. */
export function settledByRegistration(
  { support, redirects, tokenRedirects, metadata = {} }: RegistrationRules,
  settling: Omit<Settling, 'door' | 'isAllowed'>,
): Pick<Settled, 'document' | 'faults'> {
  const policies = tokenRedirects === undefined ? [redirects] : [redirects, tokenRedirects];
  const isAllowed = isAllowedBy({ schemes: policies.flatMap(({ schemes }) => schemes) });
  const { document, faults } = settle({ ...settling, door: 'registration', isAllowed });
  const unsupported = unsupportedAsked(support, document, { metadata, previous: settling.previous });
  const foreign = policies.flatMap((policy) => foreignHosts(policy, document, settling.previous));
  return { document, faults: [...faults, ...unsupported, ...foreign] };
}

/** The inums of scopes, in their order; those that there are not are left out. */
async function inumsOf({ scopes }: RegistrationStores, names: readonly string[]): Promise<string[]> {
  const found = new Map((await scopes.byIds(names)).map(({ id, inum }) => [id, inum]));
  return names.flatMap((name) => found.get(name) ?? []);
}

export interface PlannedRegistration {
  readonly document: ClientDocument;
  /** The scopes that its software statement grants, as inums. */
  readonly statementScopes: readonly string[];
  /** Its scopes, as they are called now. */
  readonly called: readonly ScopeName[] | undefined;
}

/** The claims that are asked for as far as they are allowed, or what is allowed where none are asked for. */
function claimsFor(
  requested: readonly string[] | undefined,
  allowed: readonly string[] | undefined,
): readonly string[] | undefined {
  return allowed === undefined ? requested : (requested?.filter((name) => allowed.includes(name)) ?? allowed);
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

/** Protections that an administrator may have demanded: once demanded, they end only where a client says so. */
const DEMANDS: readonly ClientPropertyPath[] = [
  'attributes.requirePkce',
  'attributes.requirePar',
  'attributes.dpopBoundAccessToken',
];

function keepDemands(draft: ClientInput, previous: ClientDocument, metadata: Metadata): void {
  const attributes: Members = { ...draft.attributes };
  for (const { property, names } of REGISTERED) {
    if (!DEMANDS.some((path) => path === property.path) || names.some((name) => name in metadata)) continue;
    if (valueOf(previous, property) === true) attributes[property.name] = true;
  }
  draft.attributes = attributes;
}

/**
 * A secret ends with its client at the latest. An end that is there stays where no secret is needed: a client whose
 * secret an administrator ended cannot get one without end by doing without a secret for a while.
 */
function endSecretWithClient(draft: ClientInput): void {
  const main = draft.tokenEndpointAuthMethod ?? 'client_secret_basic';
  const allAuthenticationMethods = [main, ...(draft.attributes?.additionalTokenEndpointAuthMethods ?? [])];
  if (draft.expirationDate === undefined || !needsSecret({ allAuthenticationMethods })) return;
  draft.clientSecretExpiresAt ??= draft.expirationDate;
}

async function knownClaims({ claims }: RegistrationStores, names: readonly string[]): Promise<string[]> {
  const known = new Set((await claims.byNames(names)).map((claim) => claim.name));
  return names.filter((name) => known.has(name));
}

/** Where the rules have given a client another name than it was sent with. */
async function namesakesOf(stores: RegistrationStores, { displayName }: ClientDocument): Promise<readonly Namesake[]> {
  return (await stores.surroundings({ scopes: [], offered: false, displayName })).namesakes;
}

function marked(
  document: ClientDocument,
  { initialTokenId, statement, waits, now }: Planning,
  namesakes: readonly Namesake[],
): ClientDocument {
  const { softwareId, redirectUris } = document;
  const { registrationWarnings: _previous, ...rest } = document;
  const warnings = warningsAbout(document, namesakes);
  const client = orderedDocument({
    ...rest,
    registrationFingerprint: fingerprintOf({
      softwareId,
      statementIssuer: statement?.issuer,
      redirectUris,
      initialTokenId,
    }),
    ...(warnings.length > 0 && { registrationWarnings: warnings }),
  }) as ClientDocument;
  return waits === true ? withApproval(client, { state: 'waiting', at: wireDate(now) }) : client;
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Problem('invalid-request', { errors: faults });
}
