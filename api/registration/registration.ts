import type { ClientKeys } from '../clients/rules/client-keys.ts';
import type { ClientSecrets } from '../clients/secrets/client.secrets.ts';
import type { SecretService } from '../clients/secrets/secret.service.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import type { GuardedFetch } from '../shared/fetch/guarded-fetch.ts';
import { newInum } from '../shared/ids.ts';
import type { Log } from '../shared/log/log.ts';
import { BATCH, emptied } from '../shared/sweep.ts';
import type { KeyRing } from '../shared/keys/key-ring.ts';
import type { Meters } from '../shared/meters.ts';
import type { UnitOfWork } from '../shared/database/unit-of-work.ts';
import type { Limit } from '../shared/limits/window-counter.ts';
import { initialTokenHandlers } from './initial-tokens/initial-token.handlers.ts';
import { initialTokenService } from './initial-tokens/initial-token.service.ts';
import type { RegistrationMode } from './registration.access.ts';
import { registrationHandlers } from './registration.handlers.ts';
import { registrationLimiter } from './registration.limiter.ts';
import type { PlanOptions } from './registration.plan.ts';
import { RegistrationService } from './registration.service.ts';
import type { RegistrationStores } from './registration.stores.ts';
import { sectorIdentifierCheck } from './sector-identifier.ts';
import { softwareStatementHandlers } from './statements/software-statement.handlers.ts';
import { SoftwareStatementService, type SignStatement } from './statements/software-statement.service.ts';
import { statementVerifier, type StatementIssuer } from './statements/statement.verifier.ts';

export interface DynamicRegistrationOptions extends PlanOptions {
  readonly work: UnitOfWork<RegistrationStores>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  readonly ring: KeyRing;
  readonly fetch: GuardedFetch;
  readonly clientKeys: ClientKeys;
  readonly secrets: ClientSecrets;
  readonly secretService: SecretService;
  readonly mode: RegistrationMode;
  readonly rotate: boolean;
  readonly endpoint: string;
  readonly issuer: string;
  readonly statementIssuers: readonly StatementIssuer[];
  readonly requireStatement: boolean;
  /** Left out where there is no built-in issuer. */
  readonly sign?: SignStatement;
  readonly rateLimit: Limit;
}

export interface DynamicRegistration {
  readonly handlers: ReturnType<typeof registrationHandlers> &
    ReturnType<typeof initialTokenHandlers> &
    ReturnType<typeof softwareStatementHandlers>;
  /** Removes software statements that ended a day ago. */
  readonly sweep: () => Promise<void>;
}

const DAY = 86_400_000;

/** Dynamic registration, put together. */
export function dynamicRegistration(options: DynamicRegistrationOptions): DynamicRegistration {
  const registrations = new RegistrationService({
    ...options,
    newInum,
    limiter: registrationLimiter(options.rateLimit, options.clock),
    checkSector: sectorIdentifierCheck(options),
    verifyStatement: statementVerifier({ ...options, keys: options.clientKeys }),
  });
  return {
    handlers: {
      ...registrationHandlers(registrations),
      ...initialTokenHandlers(initialTokenService(options)),
      ...softwareStatementHandlers(new SoftwareStatementService(options)),
    },
    sweep: async () => {
      const { work, clock } = options;
      const ended = timestamp(clock.now() - DAY);
      await emptied(() => work.write(({ statements }) => statements.removeEnded(ended, BATCH)));
    },
  };
}
