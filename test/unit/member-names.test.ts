import { describe, expect, it } from '@jest/globals';
import { CLIENT_NAMES } from '../../api/clients/document/client.normalise.ts';
import { oneForEachFault } from '../../api/shared/contract/alternatives.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { pointerOf } from '../../api/shared/contract/known-members.ts';
import { typedText } from '../../api/shared/contract/normalise.ts';
import { PROPERTIES } from '../../api/clients/document/client.document.ts';

const tokensOf = (pointer: string): string[] => pointer.split('/').slice(1);

describe('the present form of a body', () => {
  it.each([
    [{ logoutUri: 'a' }, { frontChannelLogoutUri: 'a' }],
    [{ logoutUri: ['a'] }, { frontChannelLogoutUri: 'a' }],
    [{ logoutUri: [] }, { frontChannelLogoutUri: null }],
    [{ logoutUri: null }, { frontChannelLogoutUri: null }],
    [{ logoutUri: ['a', 'b'] }, { logoutUri: ['a', 'b'] }],
    [{ logoutUri: 'a', frontChannelLogoutUri: 'a' }, { frontChannelLogoutUri: 'a' }],
    [
      { logoutUri: 'a', frontChannelLogoutUri: 'b' },
      { logoutUri: 'a', frontChannelLogoutUri: 'b' },
    ],
    [{ requireAuthTime: true }, { attributes: { requireAuthTime: true } }],
    [
      { requireAuthTime: true, attributes: { parLifetime: 1 } },
      { attributes: { parLifetime: 1, requireAuthTime: true } },
    ],
    [
      { requireAuthTime: true, attributes: null },
      { requireAuthTime: true, attributes: null },
    ],
    [{ exp: '2031-01-01T00:00:00Z[Europe/Berlin]' }, { expirationDate: '2031-01-01T00:00:00Z' }],
    [{ exp: 1 }, { expirationDate: 1 }],
    [{ clientNameLocalized: { fr: 'a' } }, { clientNameLocalized: { values: { fr: 'a' } } }],
    [{ clientNameLocalized: {} }, { clientNameLocalized: {} }],
    [{ clientNameLocalized: null }, { clientNameLocalized: null }],
    [{ clientNameLocalized: { values: { fr: 'a' }, value: 'b' } }, { clientNameLocalized: { values: { fr: 'a' } } }],
    [{ colour: 'red' }, { colour: 'red' }],
  ])('of %j is %j', (body, present) => {
    const sent = structuredClone(body);
    expect(CLIENT_NAMES.inPresentForm(body)).toEqual(present);
    expect(body).toEqual(sent);
  });
});

describe('the present form of a pointer', () => {
  it.each([
    ['/logoutUri', '/frontChannelLogoutUri'],
    ['/logoutUri/0', '/frontChannelLogoutUri/0'],
    ['/requireAuthTime', '/attributes/requireAuthTime'],
    ['/attributes/requireAuthTime', '/attributes/requireAuthTime'],
    ['/clientNameLocalized', '/clientNameLocalized'],
    ['/clientNameLocalized/fr', '/clientNameLocalized/values/fr'],
    ['/clientNameLocalized/value', '/clientNameLocalized/values/'],
    ['/clientNameLocalized/values/value', '/clientNameLocalized/values/value'],
    ['/contacts/0', '/contacts/0'],
  ])('%s is %s', (pointer, present) => {
    expect(pointerOf(CLIENT_NAMES.presentTokens(tokensOf(pointer)))).toBe(present);
  });
});

describe('the table of former names', () => {
  it('has none that a property has today, and none twice', () => {
    const formers = PROPERTIES.flatMap(({ formerly = [] }) => formerly);
    expect(formers.length).toBeGreaterThan(3);
    expect(new Set(formers).size).toBe(formers.length);
    expect(PROPERTIES.filter(({ path }) => formers.includes(path))).toEqual([]);
  });
});

describe('a member that is not known', () => {
  const known = loadContract().knownMembers('Client', CLIENT_NAMES);

  it.each([
    [{ contact: 1 }, '/contact', ': did you mean /contacts?'],
    [{ REDIRECTURIS: 1 }, '/REDIRECTURIS', ': did you mean /redirectUris?'],
    [{ backchannelLogoutUri: 1 }, '/backchannelLogoutUri', ': did you mean /attributes/backchannelLogoutUri?'],
    [{ attributes: { clientName: 1 } }, '/attributes/clientName', ': did you mean /clientName?'],
    [
      { attributes: { introspectionScript: 1 } },
      '/attributes/introspectionScript',
      ': did you mean /attributes/introspectionScripts?',
    ],
    [{ logoutUri: 1 }, '/logoutUri', ', it is /frontChannelLogoutUri now'],
    [{ toString: 1 }, '/toString', ''],
    [{ ['x'.repeat(5_000)]: 1 }, `/${'x'.repeat(5_000)}`, ''],
    [{ 'a/b~c': 1 }, '/a~1b~0c', ''],
  ])('is told with the one that was meant: %j', (body, pointer, hint) => {
    expect(known.unknown(body)).toEqual([
      { pointer, detail: `is no member of a client${hint}`, rule: 'known-members' },
    ]);
  });

  it.each([
    ['/clientNameLocalized/values/any', 'x'],
    ['/customAttributes/0/values/0', 'x'],
    ['/contacts/-', 'x'],
    ['/description/x', 'x'],
    ['/lastAccessTime', 'x'],
  ])('is not %s', (pointer, value) => {
    expect(known.unknown(value, tokensOf(pointer))).toEqual([]);
  });
});

describe('a value of several types', () => {
  const error = (place: string, keyword: string, message: string) => ({ place, keyword, message });
  const TYPES = [error('/a', 'type', 'must be string'), error('/a', 'type', 'must be number')];
  const ANY = error('/a', 'anyOf', 'must match a schema in anyOf');
  const LONG = error('/a', 'maxLength', 'must NOT have more than 5 characters');
  const OTHER = error('/b', 'type', 'must be string');
  const INNER = error('/a/x', 'type', 'must be boolean');

  it.each([
    ['one line for all', [...TYPES, ANY, OTHER], [{ ...ANY, message: 'must be string or number' }, OTHER]],
    ['what its own type demands', [LONG, TYPES[1], ANY], [LONG]],
    ['what is wrong inside it', [INNER, TYPES[1], ANY], [INNER]],
    [
      'what fits too often',
      [error('/a', 'oneOf', 'must match exactly one')],
      [error('/a', 'oneOf', 'must match exactly one')],
    ],
    ['what has nothing to choose', [...TYPES, OTHER], [...TYPES, OTHER]],
  ])('is told %s', (_what, errors, left) => {
    expect(oneForEachFault(errors.filter((one) => one !== undefined))).toEqual(left);
  });
});

describe('a text for a boolean or an integer', () => {
  it.each([
    ['true', 'boolean', true],
    ['false', 'boolean', false],
    ['0', 'integer', 0],
    ['-1', 'integer', -1],
    ['3600', 'integer', 3_600],
    ['true', 'string', 'true'],
    ['7', 'string', '7'],
    ['True', 'boolean', 'True'],
    ['1', 'boolean', '1'],
    ['-0', 'integer', '-0'],
    ['07', 'integer', '07'],
    ['1e3', 'integer', '1e3'],
    ['9'.repeat(16), 'integer', '9'.repeat(16)],
    [7, 'boolean', 7],
  ] as const)('%j is for %s %j', (text, type, value) => {
    expect(typedText(text, type)).toBe(value);
  });
});
