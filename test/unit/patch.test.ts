import { describe, expect, it } from '@jest/globals';
import { CLIENT_NAMES } from '../../api/clients/document/client.normalise.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { applyTo, type Patch } from '../../api/shared/patch/patch.ts';
import { patchable } from '../../api/shared/patch/patchable.ts';
import { Problem } from '../../api/shared/problem.ts';

const ABOUT = {
  ...patchable(CLIENT_NAMES, loadContract().knownMembers('Client', CLIENT_NAMES)),
  unreadable: 'clientSecret',
  growing: ['lastAccessTime'],
};
const CLIENT = {
  inum: 'a',
  deletable: false,
  clientSecret: 'hidden',
  lastAccessTime: '2030-01-02T00:00:00',
  description: 'x',
  contacts: ['a', 'b', 'c'],
  scopes: [],
  clientNameLocalized: { values: { '': 'Shop', 'a/b': 'slash', 'm~n': 'tilde' } },
  customAttributes: [{ name: 'a', values: ['x'] }],
  attributes: { requirePar: true, cimdClient: false },
};

/** The members that a patch has changed, undefined where they are gone. */
function changedBy(patch: Patch): object {
  const before = structuredClone(CLIENT);
  const after = applyTo(CLIENT, patch, ABOUT);
  expect(CLIENT).toEqual(before);
  const names = [...new Set([...Object.keys(CLIENT), ...Object.keys(after)])];
  const has = (name: string): unknown => CLIENT[name as keyof typeof CLIENT];
  const changed = names.filter((name) => JSON.stringify(after[name]) !== JSON.stringify(has(name)));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

/** The kind of the problem that a patch ends with, and what it says. */
function refusalOf(patch: Patch): string {
  const before = structuredClone(CLIENT);
  try {
    applyTo(CLIENT, patch, ABOUT);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(CLIENT).toEqual(before);
    const { detail, errors = [] } = error.content;
    return `${error.problem}: ${detail ?? errors.map((fault) => `${fault.pointer ?? ''} ${fault.detail}`).join('; ')}`;
  }
  return 'none';
}

const add = (path: string, value: unknown) => ({ op: 'add' as const, path, value });
const replace = (path: string, value: unknown) => ({ op: 'replace' as const, path, value });
const remove = (path: string) => ({ op: 'remove' as const, path });
const move = (from: string, path: string) => ({ op: 'move' as const, from, path });
const copy = (from: string, path: string) => ({ op: 'copy' as const, from, path });
const test = (path: string, value: unknown) => ({ op: 'test' as const, path, value });
const localized = (values: object): object => ({ clientNameLocalized: { values } });
const { '': shop, ...others } = CLIENT.clientNameLocalized.values;

describe('a JSON Patch', () => {
  it('without operations changes nothing', () => {
    expect(changedBy([])).toEqual({});
  });

  it.each([
    [add('/description', 'y'), { description: 'y' }],
    [add('/organization', 'o'), { organization: 'o' }],
    [add('/description', null), { description: null }],
    [add('/attributes/parLifetime', 1), { attributes: { ...CLIENT.attributes, parLifetime: 1 } }],
    [add('/contacts/0', 'z'), { contacts: ['z', 'a', 'b', 'c'] }],
    [add('/contacts/3', 'z'), { contacts: ['a', 'b', 'c', 'z'] }],
    [add('/contacts/-', 'z'), { contacts: ['a', 'b', 'c', 'z'] }],
    [add('/scopes/-', 'z'), { scopes: ['z'] }],
    [replace('/contacts/1', 'z'), { contacts: ['a', 'z', 'c'] }],
    [replace('/contacts', []), { contacts: [] }],
    [remove('/description'), { description: undefined }],
    [remove('/contacts/0'), { contacts: ['b', 'c'] }],
    [remove('/contacts'), { contacts: undefined }],
    [move('/description', '/organization'), { description: undefined, organization: 'x' }],
    [move('/contacts/0', '/contacts/2'), { contacts: ['b', 'c', 'a'] }],
    [move('/contacts/2', '/contacts/0'), { contacts: ['c', 'a', 'b'] }],
    [move('/contacts/0', '/contacts/0'), {}],
    [move('/contacts/0', '/description'), { contacts: ['b', 'c'], description: 'a' }],
    [copy('/contacts/0', '/description'), { description: 'a' }],
    [copy('/contacts', '/scopes'), { scopes: ['a', 'b', 'c'] }],
    [copy('/inum', '/description'), { description: 'a' }],
    [test('/description', 'x'), {}],
    [test('/inum', 'a'), {}],
    [test('/contacts', ['a', 'b', 'c']), {}],
    [test('/attributes', { cimdClient: false, requirePar: true }), {}],
    [test('/clientNameLocalized/values/a~1b', 'slash'), {}],
    [test('/clientNameLocalized/values/m~0n', 'tilde'), {}],
    [test('/clientNameLocalized/values/', 'Shop'), {}],
    [remove('/clientNameLocalized/values/'), localized(others)],
    [add('/clientNameLocalized/values/~01', 'z'), localized({ '': shop, ...others, '~1': 'z' })],
    [add('/logoutUri', ['https://a']), { frontChannelLogoutUri: 'https://a' }],
    [add('/requireAuthTime', true), { attributes: { ...CLIENT.attributes, requireAuthTime: true } }],
    [replace('/clientNameLocalized/value', 'S'), localized({ '': 'S', ...others })],
    [{ ...add('/description', 'y'), from: undefined, note: 1 }, { description: 'y' }],
  ])('%j changes %j', (operation, changed) => {
    expect(changedBy([operation as never])).toEqual(changed);
  });

  it.each([
    [[add('/organization', 'o'), test('/organization', 'o'), remove('/organization')], {}],
    [[copy('/contacts', '/scopes'), add('/scopes/-', 'd')], { scopes: ['a', 'b', 'c', 'd'] }],
    [[remove('/contacts/0'), remove('/contacts/0')], { contacts: ['c'] }],
  ])('applies each operation to what the one before has left: %j', (operations, changed) => {
    expect(changedBy(operations)).toEqual(changed);
  });

  it.each([
    [replace('/organization', 'o'), '/organization is absent: use add'],
    [remove('/organization'), '/organization is absent: there is nothing to remove'],
    [test('/organization', 'o'), '/organization is absent: there is nothing to test'],
    [move('/organization', '/description'), '/organization is absent'],
    [copy('/contacts/3', '/description'), '/contacts/3 is absent'],
    [add('/tosUriLocalized/values/fr', 'z'), '/tosUriLocalized/values is absent: add it first'],
    [add('/contacts/4', 'z'), '4 is no index of /contacts'],
    [add('/contacts/01', 'z'), '01 is no index of /contacts'],
    [add('/contacts/-1', 'z'), '-1 is no index of /contacts'],
    [add('/contacts/1e0', 'z'), '1e0 is no index of /contacts'],
    [add('/contacts/length', 'z'), 'length is no index of /contacts'],
    [replace('/contacts/-', 'z'), '/contacts/- is absent: use add'],
    [remove('/contacts/3'), '/contacts/3 is absent: there is nothing to remove'],
    [remove('/contacts/00'), '/contacts/00 is absent: there is nothing to remove'],
    [add('/description/x', 'z'), '/description has no members'],
    [replace('/description/length', 1), '/description/length is absent: use add'],
    [move('/attributes', '/attributes/requirePar'), 'a value cannot be moved into itself'],
    [move('/clientSecret', '/description'), '/clientSecret cannot be read'],
    [copy('/clientSecret', '/description'), '/clientSecret cannot be read'],
    [replace('/inum', 'b'), '/inum is read-only'],
    [move('/inum', '/description'), '/inum is read-only'],
    [remove('/attributes/cimdClient'), '/attributes/cimdClient is read-only'],
    [replace('', {}), 'the client as a whole cannot be changed'],
    [{ op: 'remove', path: '' }, 'the client as a whole cannot be changed'],
    [add('description', 'z'), 'description is not a JSON Pointer'],
    [add('/contacts/~2', 'z'), '/contacts/~2 is not a JSON Pointer'],
    [add('/contacts/~', 'z'), '/contacts/~ is not a JSON Pointer'],
    [copy('contacts', '/scopes'), 'contacts is not a JSON Pointer'],
    [add('/attributes/__proto__', {}), '/attributes/__proto__ has a forbidden name'],
    [copy('/constructor', '/scopes'), '/constructor has a forbidden name'],
    [{ op: 'add', path: '/description' }, 'add needs "value"'],
    [{ op: 'test', path: '/description' }, 'test needs "value"'],
    [{ op: 'copy', path: '/description' }, 'copy needs "from"'],
    [{ op: 'move', path: '/description' }, 'move needs "from"'],
    [add('/colour', 'z'), '/colour is no member of a client'],
    [copy('/colour', '/description'), '/colour is no member of a client'],
    [add('/action_message', 'z'), '/action_message is no member of a client'],
    [remove('/toString'), '/toString is no member of a client'],
    [add('/0', null), '/0 is no member of a client'],
    [move('/contacts', '/contact'), '/contact is no member of a client: did you mean /contacts?'],
    [move('/contact', '/contacts'), '/contact is no member of a client: did you mean /contacts?'],
    [add('/requirePkce', true), '/requirePkce is no member of a client: did you mean /attributes/requirePkce?'],
    [
      add('/attributes', { requirePar: true, requirePKCE: null }),
      '/attributes/requirePKCE is no member of a client: did you mean /attributes/requirePkce?',
    ],
    [
      add('/customAttributes/0/displayVlaue', 'x'),
      '/customAttributes/0/displayVlaue is no member of a client: did you mean /customAttributes/0/displayValue?',
    ],
    [
      add('/customAttributes/-', { name: 'b', valeus: ['x'] }),
      '/customAttributes/-/valeus is no member of a client: did you mean /customAttributes/-/values?',
    ],
    [add('/clientNameLocalized/languageTags', []), '/clientNameLocalized/languageTags is no member of a client'],
    [
      add('/attributes', { softwareSection: '' }),
      '/attributes/softwareSection is no member of a client: did you mean /softwareVersion?',
    ],
  ])('%j is refused: %s', (operation, detail) => {
    expect(refusalOf([operation as never])).toBe(`invalid-request: operation 0: ${detail}`);
    expect(refusalOf([add('/softwareId', 'o'), operation as never])).toBe(`invalid-request: operation 1: ${detail}`);
  });

  it.each([
    [test('/description', 'y'), '/description has another value'],
    [test('/description', null), '/description has another value'],
    [test('/contacts', ['b', 'a', 'c']), '/contacts has another value'],
    [test('/attributes/requirePar', 'true'), '/attributes/requirePar has another value'],
    [test('', {}), 'the client has another value'],
    [test('/clientSecret', 'hidden'), '/clientSecret cannot be read'],
  ])('fails with %j: %s', (operation, detail) => {
    expect(refusalOf([add('/organization', 'o'), operation])).toBe(`test-failed: operation 1 fails: ${detail}`);
  });

  it('tests the client as a whole as it is read, without what cannot be', () => {
    const { clientSecret: _secret, ...readable } = CLIENT;
    expect(changedBy([test('', readable)])).toEqual({});
    expect(refusalOf([test('', CLIENT)])).toMatch(/^test-failed/);
  });

  it('looks at each operation by itself before the first is applied', () => {
    const operations = [test('/description', 'y'), replace('/inum', 'b'), add('/colour', 1)];
    expect(refusalOf(operations)).toBe('invalid-request: operation 1: /inum is read-only, and 1 more');
  });

  it('is refused where copies of copies make the client too large', () => {
    const values = '/clientNameLocalized/values';
    const doubling = Array.from({ length: 30 }, (_unused, index) => copy(values, `${values}/c${index}`));
    expect(refusalOf(doubling)).toMatch(/^invalid-request: operation \d+: makes the client too large$/);
  });

  it('adds what can be changed without changing what was sent', () => {
    const sent = ['z'];
    expect(changedBy([add('/scopes', sent), add('/scopes/-', 'y')])).toEqual({ scopes: ['z', 'y'] });
    expect(sent).toEqual(['z']);
  });
});

describe('a merge patch', () => {
  it.each([
    [{}, {}],
    [{ description: 'y' }, { description: 'y' }],
    [{ description: null }, { description: undefined }],
    [{ organization: null }, {}],
    [{ contacts: ['z'] }, { contacts: ['z'] }],
    [{ contacts: [] }, { contacts: [] }],
    [{ attributes: { parLifetime: 1 } }, { attributes: { ...CLIENT.attributes, parLifetime: 1 } }],
    [{ attributes: { requirePar: null } }, { attributes: { cimdClient: false } }],
    [{ attributes: {} }, {}],
    [{ clientNameLocalized: { values: { '': null } } }, localized(others)],
    [{ tosUriLocalized: { values: { fr: 'z', de: null } } }, { tosUriLocalized: { values: { fr: 'z' } } }],
    [{ customAttributes: [{ name: 'b' }] }, { customAttributes: [{ name: 'b' }] }],
    [{ inum: 'a', deletable: false, attributes: { cimdClient: false } }, {}],
    [{ displayName: 'S', dn: null }, { displayName: 'S' }],
    [{ action_message: 'z', attributes: { softwareSection: '' } }, {}],
    [{ lastAccessTime: '2030-01-01T00:00:00' }, {}],
    [{ logoutUri: ['https://a'] }, { frontChannelLogoutUri: 'https://a' }],
    [{ clientNameLocalized: { fr: 'z' } }, localized({ '': shop, ...others, fr: 'z' })],
  ])('%j changes %j', (patch, changed) => {
    expect(changedBy(patch)).toEqual(changed);
  });

  it.each([
    [{ inum: 'b' }, '/inum is read-only'],
    [{ inum: null }, '/inum is read-only'],
    [{ attributes: { cimdClient: true } }, '/attributes/cimdClient is read-only'],
    [{ lastAccessTime: '2030-01-03T00:00:00' }, '/lastAccessTime is read-only'],
    [{ lastAccessTime: null }, '/lastAccessTime is read-only'],
    [{ colour: null }, '/colour is no member of a client'],
    [{ inum: 'b', tone: 1 }, '/inum is read-only; /tone is no member of a client'],
    [{ attributes: { colour: 1 } }, '/attributes/colour is no member of a client'],
  ])('%j is refused: %s', (patch, faults) => {
    expect(refusalOf(patch)).toBe(`invalid-request: ${faults}`);
  });
});
