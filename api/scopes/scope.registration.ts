import type { Members } from '../shared/contract/members.ts';
import type { Fault } from '../shared/problem.ts';
import type { ScopeDocument } from './scope.store.ts';

/**
 * Brings `registration` and Janssen's `defaultScope`, which says a part of the same, into agreement: the one that
 * differs from what is stored counts. Whoever writes `defaultScope` only, as Janssen's tools do, leaves a scope that can
 * be asked for as it is. Changes `draft`; both changed, and unequal, is a fault.
 */
export function reconcileRegistration(
  draft: Members,
  stored: Pick<ScopeDocument, 'registration' | 'defaultScope'> = { registration: 'never', defaultScope: false },
): Fault[] {
  const { registration, defaultScope } = draft as Partial<ScopeDocument>;
  const isNew = registration !== undefined && registration !== stored.registration;
  const isDefaultNew = defaultScope !== undefined && defaultScope !== stored.defaultScope;
  if (isNew && isDefaultNew && (registration === 'default') !== defaultScope) {
    const detail = 'contradicts /defaultScope, which is true exactly where this is default: send one of them';
    return [{ pointer: '/registration', detail, rule: 'aliases-agree' }];
  }
  if (isDefaultNew && !isNew) draft['registration'] = defaultScope ? 'default' : 'never';
  else if (registration === undefined && defaultScope !== undefined) draft['registration'] = stored.registration;
  draft['defaultScope'] = draft['registration'] === 'default';
  return [];
}
