import { normaliseClient } from './clients/document/client.normalise.ts';
import { normaliseScript } from './interception/records/script.registry.ts';
import { normaliseTokenRequest } from './issuer/form.ts';
import { normaliseRegistration } from './registration/metadata/registration.normalise.ts';
import { normaliseClaim } from './scopes/claims/claim.registry.ts';
import { normaliseScope } from './scopes/scope.registry.ts';
import type { Contract } from './shared/contract/contract.ts';
import { typedBody, type Normalise } from './shared/contract/normalise.ts';

/** What brings bodies into their form, by `x-body` in the contract. */
export const normalisersOf = (contract: Contract): Readonly<Record<string, Normalise>> => ({
  client: normaliseClient,
  scope: normaliseScope,
  claim: normaliseClaim,
  script: normaliseScript,
  registration: normaliseRegistration,
  'client-bulk': typedBody(contract.memberTypes('ClientBulkInput')),
  'approval-decision': typedBody(contract.memberTypes('ApprovalDecision')),
  'client-restoration': typedBody(contract.memberTypes('ClientRestoration')),
  'client-secret': typedBody(contract.memberTypes('ClientSecretInput')),
  'secret-rotation': typedBody(contract.memberTypes('SecretRotation')),
  'token-request': normaliseTokenRequest,
  'registration-token': typedBody(contract.memberTypes('RegistrationTokenInput')),
});
