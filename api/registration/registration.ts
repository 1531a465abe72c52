import type { ClientKeys } from '../clients/rules/client-keys.ts';
import type { SecretCodec } from '../clients/secrets/secret.codec.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import type { GuardedFetch } from '../shared/fetch/guarded-fetch.ts';
import { newInum } from '../shared/ids.ts';
import type { Limits } from '../shared/limits/limits.ts';
import type { Log } from '../shared/log/log.ts';
import { BATCH } from '../shared/sweep.ts';
import type { KeyRing } from '../shared/keys/key-ring.ts';
import type { Meters } from '../shared/meters.ts';
import type { CarryOut } from '../shared/database/proposals.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { StatementIssuer } from '../shared/statement-issuer.ts';
import { approvalHandlers } from './approval/approval.handlers.ts';
import { deciding } from './approval/approval.service.ts';
import type { ApprovalMode } from './approval/registration.approval.ts';
import { initialTokenHandlers } from './initial-tokens/initial-token.handlers.ts';
import { initialTokenService } from './initial-tokens/initial-token.service.ts';
import type { RegistrationMode } from './registration.access.ts';
import { registrationHandlers } from './registration.handlers.ts';
import { registrationLimiter, type RegistrationLimits } from './registration.limiter.ts';
import type { PlanNeeds } from './registration.plan.ts';
import type { RegistrationPolicy } from './policy/registration.policy.ts';
import { RegistrationService } from './registration.service.ts';
import type { RegistrationStores } from './registration.stores.ts';
import { sectorIdentifierCheck } from './sector-identifier.ts';
import { softwareStatementHandlers } from './statements/software-statement.handlers.ts';
import { SoftwareStatementService, type SignStatement } from './statements/software-statement.service.ts';
import { signedRequestVerifier } from './statements/signed-request.ts';
import { statementVerifier } from './statements/statement.verifier.ts';
import { vouching } from './statements/vouching.ts';

/** What the parts of dynamic registration need. */
export interface DynamicRegistrationNeeds {
  readonly work: UnitOfWork<RegistrationStores>;
  readonly carryOut: CarryOut<RegistrationStores>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly ring: KeyRing;
  readonly limits: Limits;
  readonly fetch: GuardedFetch;
  readonly clientKeys: ClientKeys;
  readonly codec: SecretCodec;
  readonly settings: RegistrationSettings;
  readonly plan: PlanNeeds;
  readonly policy: RegistrationPolicy;
  /** Left out where there is no built-in issuer. */
  readonly sign?: SignStatement;
}

/** What a deployment says about dynamic registration. */
export interface RegistrationSettings {
  readonly mode: RegistrationMode;
  readonly approval: ApprovalMode;
  readonly rotate: boolean;
  readonly reuse: boolean;
  /** The address of the registration endpoint. */
  readonly endpoint: string;
  /** Our own issuer. */
  readonly issuer: string;
  readonly statementIssuers: readonly StatementIssuer[];
  readonly requireStatement: boolean;
  readonly requireSigned: boolean;
  readonly limits: RegistrationLimits;
}

export interface DynamicRegistration {
  readonly handlers: ReturnType<typeof registrationHandlers> &
    ReturnType<typeof approvalHandlers> &
    ReturnType<typeof initialTokenHandlers> &
    ReturnType<typeof softwareStatementHandlers>;
  /** Removes software statements that ended a day ago. Returns whether all are. */
  readonly sweep: () => Promise<boolean>;
}

const DAY = 86_400_000;

/** Dynamic registration, put together. */
export function dynamicRegistration(needs: DynamicRegistrationNeeds): DynamicRegistration {
  const { work, clock, log, settings, sign } = needs;
  const { mode, approval, rotate, reuse, endpoint, issuer, statementIssuers, limits } = settings;
  const { meters, policy, clientKeys: keys } = needs;
  const verifying = { log, meters, issuer, statementIssuers, keys, policy };
  const registrations = new RegistrationService({
    work,
    carryOut: needs.carryOut,
    clock,
    newInum,
    plan: needs.plan,
    policy,
    codec: needs.codec,
    limiter: registrationLimiter(limits, needs.limits),
    sectorCheck: sectorIdentifierCheck({ fetch: needs.fetch, log }),
    vouch: vouching({
      clock,
      verifyStatement: statementVerifier({ work, ...verifying }),
      verifySigned: signedRequestVerifier(verifying),
      requireStatement: settings.requireStatement,
      requireSigned: settings.requireSigned,
    }),
    mode,
    approval,
    ring: needs.ring,
    rotate,
    reuse,
    endpoint,
  });
  return {
    handlers: {
      ...registrationHandlers(registrations),
      ...approvalHandlers(deciding({ work, carryOut: needs.carryOut, clock, plan: needs.plan })),
      ...initialTokenHandlers(initialTokenService({ work, clock })),
      ...softwareStatementHandlers(new SoftwareStatementService({ work, clock, issuer, ...(sign && { sign }) })),
    },
    sweep: async () => {
      const ended = timestamp(clock.now() - DAY);
      return (await work.write(({ statements }) => statements.removeEnded(ended, BATCH))) < BATCH;
    },
  };
}
