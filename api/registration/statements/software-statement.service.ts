import { randomUUID } from 'node:crypto';
import { timestamp, type Clock } from '../../shared/clock.ts';
import { sha256 } from '../../shared/ids.ts';
import type { Caller, RequestContext, Schemas } from '../../shared/contract/operation.ts';
import { originOf } from '../../shared/log/origin.ts';
import { OAuthProblem, Problem } from '../../shared/problem.ts';
import { BATCH, emptied } from '../../shared/sweep.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { RegistrationStores } from '../registration.stores.ts';
import type { StatementClaims, StatementFilter, StoredStatement } from './software-statement.store.ts';

/** Signs claims as a JWT with a key of the built-in issuer. */
export type SignStatement = (claims: StatementClaims) => Promise<string>;

export interface SoftwareStatementServiceNeeds {
  readonly work: UnitOfWork<RegistrationStores>;
  readonly clock: Clock;
  readonly issuer: string;
  /** Left out where there is no built-in issuer. */
  readonly sign?: SignStatement;
}

const DAYS_30 = 30 * 86_400;
const MOST_LISTED = 500;
const SEES_ALL = ['https://jans.io/auth/ssa.admin', 'https://jans.io/auth/ssa.portal'];

/** The software statements of the built-in issuer. Without it there are none, and each call is answered with 404. */
export class SoftwareStatementService {
  constructor(private readonly needs: SoftwareStatementServiceNeeds) {}

  async issue(
    context: RequestContext,
    input: Schemas['SoftwareStatementInput'],
  ): Promise<Schemas['SoftwareStatementToken']> {
    const { work, issuer, clock } = this.needs;
    const claims = claimsOf(input, issuer, Math.floor(clock.now() / 1_000));
    const ssa = await this.sign(claims);
    const document = {
      claims,
      ...(input.description !== undefined && { description: input.description }),
      isForOneUse: input.one_time_use,
      isRotated: input.rotate_ssa,
      digests: [sha256(ssa)],
    };
    const times = { createdAt: this.now(), expiresAt: timestamp(claims.exp * 1_000) };
    await work.write(async (stores) => {
      await stores.statements.insert({ creator: context.caller.clientId, document }, times);
      await this.note(stores, context, [claims.jti], Object.keys(document));
    });
    return { ssa };
  }

  /** The statements in use that the caller may see. */
  async list({ caller }: RequestContext, filter: StatementFilter): Promise<Schemas['SoftwareStatementEntry'][]> {
    this.requireIssuer();
    const seesAll = SEES_ALL.some((scope) => caller.scopes.has(scope));
    const visible = seesAll ? filter : { ...filter, creator: caller.clientId };
    const found = await this.needs.work.browse(({ statements }) => statements.list(visible, this.now(), MOST_LISTED));
    return found.map(entryOf);
  }

  /** Signs a statement again. */
  async reissue(context: RequestContext, jti: string): Promise<Schemas['SoftwareStatementToken']> {
    const { work } = this.needs;
    const found = await work.read(({ statements }) => statements.find(jti, this.now()));
    if (found === undefined) throw invalidJti();
    const ssa = await this.sign(found.document.claims);
    // With another key than before it is another text.
    if (found.document.digests.includes(sha256(ssa))) return { ssa };
    return work.write(async (stores) => {
      if (!(await stores.statements.addDigest(jti, sha256(ssa), this.now()))) throw invalidJti();
      await this.note(stores, context, [jti], ['digests']);
      return { ssa };
    });
  }

  /** Uses a statement, as a registration elsewhere does. */
  async validate(context: RequestContext<undefined>, jti: string): Promise<void> {
    this.requireIssuer();
    const { work } = this.needs;
    // Anyone can ask: only for a statement that there is does anybody wait.
    const found = await work.read(({ statements }) => statements.find(jti, this.now()));
    if (found === undefined) throw invalidJti();
    await work.write(async (stores) => {
      if (!(await stores.statements.use(found, this.now()))) throw invalidJti();
      if (found.document.isForOneUse) await this.note(stores, context, [jti], ['state']);
    });
  }

  async revoke(context: RequestContext, filter: StatementFilter): Promise<void> {
    this.requireIssuer();
    if (filter.jti === undefined && filter.orgId === undefined)
      throw new OAuthProblem(406, 'invalid_request', 'jti or org_id is needed');
    const revoked = await this.revokeSome(context, filter);
    if (revoked === 0) throw new OAuthProblem(422, 'invalid_jti', 'there is no such statement in use');
    if (revoked === BATCH) await emptied(() => this.revokeSome(context, filter));
  }

  private revokeSome(context: RequestContext, filter: StatementFilter): Promise<number> {
    return this.needs.work.write(async (stores) => {
      const revoked = await stores.statements.revoke(filter, this.now(), BATCH);
      await stores.registrations.forgetStatements(revoked.flatMap(({ document }) => document.digests));
      const jtis = revoked.map(({ document }) => document.claims.jti);
      await this.note(stores, context, jtis, ['state']);
      return revoked.length;
    });
  }

  private requireIssuer(): SignStatement {
    const { sign } = this.needs;
    if (sign !== undefined) return sign;
    throw new Problem('not-found', { detail: 'there is no built-in authorization server here' });
  }

  private sign(claims: StatementClaims): Promise<string> {
    return this.requireIssuer()(claims);
  }

  private now(): string {
    return timestamp(this.needs.clock.now());
  }

  private async note(
    stores: RegistrationStores,
    context: RequestContext<Caller | undefined>,
    jtis: readonly string[],
    changed: readonly string[],
  ): Promise<void> {
    const about = { at: this.now(), kind: 'statement', changed, origin: originOf(context) } as const;
    await stores.audit.recordAll(jtis.map((inum) => ({ ...about, inum })));
  }
}

const invalidJti = (): OAuthProblem =>
  new OAuthProblem(400, 'invalid_jti', 'there is no such statement, or it cannot be used any more');

function claimsOf(input: Schemas['SoftwareStatementInput'], iss: string, iat: number): StatementClaims {
  const exp = input.expiration ?? iat + DAYS_30;
  if (exp <= iat) throw new OAuthProblem(400, 'invalid_ssa_metadata', '/expiration has passed');
  return {
    jti: randomUUID(),
    iss,
    iat,
    exp,
    org_id: input.org_id,
    software_id: input.software_id ?? randomUUID(),
    ...(input.software_roles && { software_roles: input.software_roles }),
    ...(input.grant_types && { grant_types: input.grant_types }),
    lifetime: input.lifetime ?? Math.min(exp - iat, LONGEST),
  };
}

/** The largest number of seconds that a lifetime can be. */
const LONGEST = 2_147_483_647;

function entryOf({ creator, document }: StoredStatement): Schemas['SoftwareStatementEntry'] {
  const { claims, description, isForOneUse, isRotated } = document;
  return {
    jti: claims.jti,
    ssa: {
      ...claims,
      ...(description !== undefined && { description }),
      one_time_use: isForOneUse,
      rotate_ssa: isRotated,
    },
    iss: creator,
    issuer: creator,
    created_at: claims.iat,
    expiration: claims.exp,
    status: 'ACTIVE',
  };
}
