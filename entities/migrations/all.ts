import { Initial1 } from './1-initial.ts';
import { Scopes2 } from './2-scopes.ts';
import { Idempotency3 } from './3-idempotency.ts';
import { Registration4 } from './4-registration.ts';
import { VerifiedStatements5 } from './5-verified-statements.ts';
import { Defaults6 } from './6-defaults.ts';
import { StockInums7 } from './7-stock-inums.ts';
import { NextRegistrationToken8 } from './8-next-registration-token.ts';
import { LastingVersions9 } from './9-lasting-versions.ts';
import { Tasks10 } from './10-tasks.ts';
import { Revisions11 } from './11-revisions.ts';
import { ClientValues12 } from './12-client-values.ts';
import { ClientValueProperties13 } from './13-client-value-properties.ts';
import { Scripts14 } from './14-scripts.ts';
import { Undo15 } from './15-undo.ts';
import { SecretsAndTokens16 } from './16-secrets-and-tokens.ts';
import { ScopeRegistration17 } from './17-scope-registration.ts';
import { Subjects19 } from './19-subjects.ts';
import { Approval20 } from './20-approval.ts';
import { Lifetimes21 } from './21-lifetimes.ts';
import { IssuedTokens22 } from './22-issued-tokens.ts';
import { FoldedContacts23 } from './23-folded-contacts.ts';
import { TaskItems24 } from './24-task-items.ts';
import { ReportAndFeed26 } from './26-report-and-feed.ts';
import { UseReporters27 } from './27-use-reporters.ts';
import { RemovedVersions28 } from './28-removed-versions.ts';
import { RequestIds29 } from './29-request-ids.ts';
import { RestoredFrom30 } from './30-restored-from.ts';
import { ScopeRegistrations31 } from './31-scope-registrations.ts';

/** Every migration, in the order in which they run. */
export const MIGRATIONS = [
  Initial1,
  Scopes2,
  Idempotency3,
  Registration4,
  VerifiedStatements5,
  Defaults6,
  StockInums7,
  NextRegistrationToken8,
  LastingVersions9,
  Tasks10,
  Revisions11,
  ClientValues12,
  ClientValueProperties13,
  Scripts14,
  Undo15,
  SecretsAndTokens16,
  ScopeRegistration17,
  Subjects19,
  Approval20,
  Lifetimes21,
  IssuedTokens22,
  FoldedContacts23,
  TaskItems24,
  ReportAndFeed26,
  UseReporters27,
  RemovedVersions28,
  RequestIds29,
  RestoredFrom30,
  ScopeRegistrations31,
];
