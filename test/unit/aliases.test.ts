import { describe, expect, it } from '@jest/globals';
import { reconcileAliases, type Mode } from '../../api/clients/document/client.aliases.ts';
import type { Members } from '../../api/shared/contract/members.ts';

/** What comes of a draft, and the faults by `pointer detail`. */
function reconciled(draft: Members, previous: Members | undefined, mode: Mode): { client: Members; faults: string[] } {
  const client = structuredClone(draft);
  const faults = reconcileAliases(client, previous, mode);
  for (const { rule } of faults) expect(rule).toBe('aliases-agree');
  return { client, faults: faults.map(({ pointer = '', detail }) => `${pointer} ${detail}`) };
}

const both = (name: string): Members => ({ clientName: name, displayName: name });
const localized = (values: Members): Members => ({ clientNameLocalized: { values } });
const whole = (name: string, languages: Members = { fr: 'F' }): Members => ({
  ...both(name),
  ...localized({ '': name, ...languages }),
});

describe('the names of a new client', () => {
  it.each<[Members, Members]>([
    [{}, {}],
    [{ description: 'x' }, { description: 'x' }],
    [{ clientName: 'A' }, both('A')],
    [{ displayName: 'A' }, both('A')],
    [both('A'), both('A')],
    [localized({ '': 'A' }), both('A')],
    [localized({ '': 'A', fr: 'F' }), whole('A')],
    [localized({ fr: 'F' }), localized({ fr: 'F' })],
    [localized({}), {}],
    [{ clientName: 'A', ...localized({ fr: 'F' }) }, whole('A')],
    [{ clientName: 'A', displayName: 'B' }, both('B')],
    [{ displayName: 'B', clientName: 'A' }, both('A')],
    [{ displayName: 'B', ...localized({ '': 'C', fr: 'F' }), clientName: 'A' }, whole('A')],
    [{ clientName: 'A', ...localized({ '': 'C' }) }, both('C')],
    [{ logoUri: 'A' }, { logoUri: 'A' }],
    [
      { logoUriLocalized: { values: { '': 'A', fr: 'F' } } },
      { logoUri: 'A', logoUriLocalized: { values: { '': 'A', fr: 'F' } } },
    ],
  ])('of %j are %j', (draft, client) => {
    expect(reconciled(draft, undefined, 'create')).toEqual({ client, faults: [] });
  });
});

describe('the names of a client that is written', () => {
  it.each<[Mode, Members, Members, Members]>([
    ['replace', {}, both('A'), {}],
    ['replace', both('A'), both('A'), both('A')],
    ['replace', { clientName: 'B', displayName: 'A' }, both('A'), both('B')],
    ['replace', { clientName: 'A', displayName: 'B' }, both('A'), both('B')],
    ['replace', { displayName: 'A' }, both('A'), both('A')],
    ['replace', { displayName: 'B' }, both('A'), both('B')],
    ['replace', both('B'), both('A'), both('B')],
    ['replace', { ...both('A'), ...localized({ '': 'B', fr: 'F' }) }, whole('A'), whole('B')],
    ['replace', { ...both('A'), ...localized({ fr: 'F' }) }, whole('A'), whole('A')],
    ['replace', { ...whole('A'), displayName: 'B' }, whole('A'), whole('B')],
    ['replace', both('A'), whole('A'), both('A')],
    ['replace', localized({ fr: 'F' }), whole('A'), localized({ fr: 'F' })],
    ['patch', both('A'), both('A'), both('A')],
    ['patch', { clientName: 'B', displayName: 'A' }, both('A'), both('B')],
    ['patch', { clientName: 'A' }, both('A'), {}],
    ['patch', { displayName: 'A' }, both('A'), {}],
    ['patch', { displayName: 'B' }, both('A'), both('B')],
    ['patch', { clientName: 'A', ...localized({ '': 'A', fr: 'F' }) }, whole('A'), localized({ fr: 'F' })],
    ['patch', both('A'), whole('A'), both('A')],
    ['patch', { ...both('A'), ...localized({ fr: 'F' }) }, whole('A'), whole('A')],
    ['patch', { ...both('A'), ...localized({ '': 'B', fr: 'F' }) }, whole('A'), whole('B')],
    ['patch', { clientName: 'A' }, {}, both('A')],
  ])('by a %s of %j from %j are %j', (mode, draft, previous, client) => {
    expect(reconciled(draft, previous, mode)).toEqual({ client, faults: [] });
  });

  const differs = (from: string): string => `differs from ${from}, which is the same value under another name`;
  it.each<[Mode, Members, string]>([
    ['replace', { clientName: 'B', displayName: 'C' }, `/displayName ${differs('/clientName')}`],
    ['replace', { displayName: 'C', clientName: 'B' }, `/displayName ${differs('/clientName')}`],
    ['patch', { clientName: 'B', displayName: 'C' }, `/displayName ${differs('/clientName')}`],
    [
      'patch',
      { ...both('B'), ...localized({ '': 'C', fr: 'F' }) },
      `/clientNameLocalized/values/ ${differs('/clientName')}`,
    ],
    [
      'replace',
      { clientName: 'A', displayName: 'B', ...localized({ '': 'C' }) },
      `/clientNameLocalized/values/ ${differs('/displayName')}`,
    ],
  ])('by a %s of %j do not agree: %s', (mode, draft, fault) => {
    expect(reconciled(draft, whole('A'), mode).faults).toEqual([fault]);
  });

  it('do not agree in several members, each of which is told', () => {
    const pages = { logoUri: 'B', logoUriLocalized: { values: { '': 'C' } } };
    const { faults } = reconciled({ clientName: 'B', displayName: 'C', ...pages }, {}, 'replace');
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['/displayName', '/logoUriLocalized/values/']);
  });
});
