import type { MigrationInterface, QueryRunner } from 'typeorm';
import { reportProgress } from './progress.ts';

type Members = Record<string, unknown>;

/** The members of a document as they were when this migration was made; the contract may go on. */
interface Shape {
  /** Their names, in the order in which documents have them. */
  readonly order: readonly string[];
  /** What is written where a member is absent. */
  readonly defaults: Readonly<Members>;
  /** Objects in the document that have defaults themselves. */
  readonly parts?: Readonly<Record<string, Shape>>;
}

const words = (text: string): string[] => text.trim().split(/\s+/);
const off = (text: string): Members => Object.fromEntries(words(text).map((name) => [name, false]));

const ATTRIBUTES: Shape = {
  order: words(`additionalTokenEndpointAuthMethods jansSubAttr redirectUrisRegex runIntrospectionScriptBeforeJwtCreation
    additionalAudience idTokenLifetime txTokenLifetime dpopBoundAccessToken allowOfflineAccessWithoutConsent
    backchannelLogoutUri backchannelLogoutSessionRequired evidence parLifetime requirePar rptClaimsScripts
    introspectionSignedResponseAlg introspectionEncryptedResponseAlg introspectionEncryptedResponseEnc
    txTokenSignedResponseAlg txTokenEncryptedResponseAlg txTokenEncryptedResponseEnc jansAuthSignedRespAlg
    jansAuthEncRespAlg jansAuthEncRespEnc logoutStatusJwtSignedResponseAlg requirePkce requireAuthTime
    jansDefaultPromptLogin allowSpontaneousScopes spontaneousScopes jansAuthorizedAcr minimumAcrLevel
    minimumAcrLevelAutoresolve minimumAcrPriorityList authorizationDetailsTypes tlsClientAuthSubjectDn spiffeId
    spiffeBundleEndpoint keepClientAuthorizationAfterExpiration spontaneousScopeScriptDns updateTokenScriptDns
    postAuthnScripts introspectionScripts ropcScripts consentGatheringScripts tokenExchangeScripts
    logoutStatusJwtScriptDns parScriptDns txTokenScriptDns idJagScripts requestedLifetime cimdClient
    cimdOriginalClientId cimdExpiresAt`),
  defaults: {
    ...off(`runIntrospectionScriptBeforeJwtCreation dpopBoundAccessToken backchannelLogoutSessionRequired requirePar
      requirePkce requireAuthTime jansDefaultPromptLogin allowSpontaneousScopes minimumAcrLevelAutoresolve
      keepClientAuthorizationAfterExpiration`),
    additionalTokenEndpointAuthMethods: [],
    additionalAudience: [],
    spontaneousScopes: [],
    authorizationDetailsTypes: [],
    parLifetime: 600,
    minimumAcrLevel: -1,
  },
};

const CLIENT: Shape = {
  order: words(`inum disabled clientName displayName description tokenEndpointAuthMethod subjectType
    sectorIdentifierUri grantTypes responseTypes trustedClient applicationType redirectUris scopes claims
    accessTokenAsJwt includeClaimsInIdToken idTokenTokenBindingCnf accessTokenLifetime refreshTokenLifetime
    defaultMaxAge frontChannelLogoutUri frontChannelLogoutSessionRequired postLogoutRedirectUris clientUri policyUri
    logoUri tosUri contacts authorizedOrigins softwareId softwareVersion softwareStatement
    backchannelTokenDeliveryMode backchannelClientNotificationEndpoint backchannelAuthenticationRequestSigningAlg
    backchannelUserCodeParameter rptAsJwt claimRedirectUris jwksUri jwks idTokenSignedResponseAlg
    idTokenEncryptedResponseAlg idTokenEncryptedResponseEnc accessTokenSigningAlg userInfoSignedResponseAlg
    userInfoEncryptedResponseAlg userInfoEncryptedResponseEnc requestObjectSigningAlg requestObjectEncryptionAlg
    requestObjectEncryptionEnc tokenEndpointAuthSigningAlg persistClientAuthorizations initiateLoginUri requestUris
    defaultAcrValues expirationDate deletable clientNameLocalized logoUriLocalized clientUriLocalized
    policyUriLocalized tosUriLocalized dn baseDn organization groups registrationFingerprint registrationWarnings
    clientIdIssuedAt clientSecretExpiresAt authenticationMethod allAuthenticationMethods customAttributes
    customObjectClasses attributes`),
  defaults: {
    ...off(`disabled trustedClient accessTokenAsJwt includeClaimsInIdToken frontChannelLogoutSessionRequired
      backchannelUserCodeParameter rptAsJwt persistClientAuthorizations`),
    tokenEndpointAuthMethod: 'client_secret_basic',
    subjectType: 'public',
    grantTypes: [],
    applicationType: 'web',
    attributes: {},
  },
  parts: { attributes: ATTRIBUTES },
};

const SCOPE: Shape = {
  order: words(`dn inum id displayName description iconUrl scopeType claims defaultScope groupClaims
    dynamicScopeScripts umaAuthorizationPolicies attributes creatorId creatorType creatorAttributes creationDate
    expirationDate deletable umaType baseDn`),
  defaults: { ...off('defaultScope groupClaims'), scopeType: 'oauth' },
};

const CLAIM: Shape = {
  order: words(`dn selected inum name displayName description claimName status dataType oxMultiValuedAttribute required
    viewType editType usageType attributeValidation jansHideOnDiscovery scimCustomAttr origin sourceAttribute
    nameIdType saml1Uri saml2Uri urn seeAlso tooltip custom adminCanView adminCanEdit adminCanAccess userCanView
    userCanEdit userCanAccess whitePagesCanView baseDn`),
  defaults: {
    ...off('oxMultiValuedAttribute required jansHideOnDiscovery scimCustomAttr'),
    status: 'active',
    dataType: 'string',
  },
};

/** The documents by their table. A member that gets a default later needs a migration of its own. */
export const SHAPES: Readonly<Record<'clients' | 'scopes' | 'claims', Shape>> = {
  clients: CLIENT,
  scopes: SCOPE,
  claims: CLAIM,
};

/**
 * Writes the members that have a default into the documents where they are absent. Nothing else of a document or its row
 * changes, but for its version: what clients keep of the reply without these members is no longer up to date.
 */
export class Defaults6 implements MigrationInterface {
  readonly name = 'Defaults1790000000006';
  /** Each batch is a transaction: who is killed loses one, and goes on after it. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, shape] of Object.entries(SHAPES)) await completeTable(runner, table, shape);
  }

  /** The versions before can read these documents. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}

interface Row {
  readonly inum: string;
  readonly document: string;
}

const BATCH = 500;

async function completeTable(runner: QueryRunner, table: string, shape: Shape): Promise<void> {
  const [{ total } = { total: 0 }] = (await runner.query(`SELECT COUNT(*) AS total FROM ${table}`)) as {
    total: number | string;
  }[];
  let done = 0;
  for (let last: string | undefined = ''; last !== undefined;) {
    const rows = await completeBatch(runner, table, { shape, after: last });
    done += rows.length;
    last = rows.at(-1)?.inum;
    if (rows.length > 0) reportProgress(runner, { table, done, total: Number(total) });
  }
}

/** Completes the documents that follow a key. Returns the rows as they were, which are none at the end. */
async function completeBatch(
  runner: QueryRunner,
  table: string,
  { shape, after }: { readonly shape: Shape; readonly after: string },
): Promise<Row[]> {
  await runner.startTransaction();
  try {
    const lock = runner.dataSource.options.type === 'better-sqlite3' ? '' : ' FOR UPDATE';
    const select = `SELECT inum, document FROM ${table} WHERE inum > ? ORDER BY inum LIMIT ${BATCH}${lock}`;
    const rows = (await runner.query(select, [after])) as Row[];
    const completed = rows.flatMap(({ inum, document }) => {
      const members = parsed(table, inum, document);
      return lacks(members, shape) ? [{ inum, document: JSON.stringify(complete(members, shape)) }] : [];
    });
    for (const chunk of chunksOf(completed)) await write(runner, table, chunk);
    await runner.commitTransaction();
    return rows;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

function parsed(table: string, inum: string, document: string): Members {
  try {
    return JSON.parse(document) as Members;
  } catch (cause) {
    throw new Error(`the document of ${inum} in the table ${table} is no JSON`, { cause });
  }
}

const isAbsent = (members: Members, name: string): boolean => members[name] === undefined || members[name] === null;

function lacks(members: Members, { defaults, parts = {} }: Shape): boolean {
  return (
    Object.keys(defaults).some((name) => isAbsent(members, name)) ||
    Object.entries(parts).some(([name, part]) => lacks(members[name] as Members, part))
  );
}

/** The document with its absent members, in the order that a written one has; members that are not known come last. */
function complete(members: Members, { order, defaults, parts = {} }: Shape): Members {
  const valueOf = (name: string): unknown => {
    const value = isAbsent(members, name) ? defaults[name] : members[name];
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    return part === undefined ? value : complete(value as Members, part);
  };
  const names = [...new Set([...order, ...Object.keys(members)])];
  const entries = names.map((name) => [name, valueOf(name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** A statement may not be longer than the database takes. */
const CHUNK_CHARACTERS = 1_000_000;

function* chunksOf(rows: readonly Row[]): Generator<Row[]> {
  let chunk: Row[] = [];
  let characters = 0;
  for (const row of rows) {
    if (chunk.length > 0 && characters + row.document.length > CHUNK_CHARACTERS) {
      yield chunk;
      [chunk, characters] = [[], 0];
    }
    chunk.push(row);
    characters += row.document.length;
  }
  if (chunk.length > 0) yield chunk;
}

async function write(runner: QueryRunner, table: string, rows: readonly Row[]): Promise<void> {
  const cases = rows.map(() => 'WHEN ? THEN ?').join(' ');
  const places = rows.map(() => '?').join(', ');
  await runner.query(
    `UPDATE ${table} SET version = version + 1, document = CASE inum ${cases} END WHERE inum IN (${places})`,
    [...rows.flatMap(({ inum, document }) => [inum, document]), ...rows.map(({ inum }) => inum)],
  );
}
