import { describe, expect, it } from '@jest/globals';
import { SHAPES } from '../../entities/migrations/6-defaults.ts';
import { CLAIM_PROPERTIES, CLIENT_PROPERTIES, SCOPE_PROPERTIES } from '../../openapi/properties.gen.ts';
import type { Property } from '../../openapi/property.ts';
import { loadContract } from '../../api/shared/contract/contract.ts';
import { DEFAULT_ATTRIBUTES, DEFAULT_MEMBERS, defaultsOf } from '../support/defaults.ts';

const TODAY = { clients: CLIENT_PROPERTIES, scopes: SCOPE_PROPERTIES, claims: CLAIM_PROPERTIES };

// A property that gets a default, or another one, needs a migration for what is stored; it is added here then.
const LATER: Readonly<Record<string, object>> = { scopes: { registration: 'never' } };
describe.each(Object.entries(TODAY) as [keyof typeof TODAY, readonly Property[]][])(
  'the migrations of %s',
  (table, properties) => {
    const { parts = {} } = SHAPES[table];
    it.each([[undefined, SHAPES[table]] as const, ...Object.entries(parts)])(
      'write the defaults that the contract has, in its order (%s)',
      (parent, { order, defaults }) => {
        const later = parent === undefined ? LATER[table] : {};
        expect({ ...defaults, ...later }).toEqual(defaultsOf(properties, parent));
        const today = properties.filter((property) => property.parent === parent).map(({ name }) => name);
        expect(today.filter((name) => order.includes(name))).toEqual(order.filter((name) => today.includes(name)));
      },
    );

    it('leave no object with defaults out', () => {
      const parents = properties.flatMap(({ parent, default: value }) => (value === undefined ? [] : (parent ?? [])));
      expect(Object.keys(parts)).toEqual([...new Set(parents)]);
    });
  },
);

describe('the examples of a client in the contract', () => {
  const { examples } = loadContract().document.components as unknown as {
    examples: Record<'Client' | 'ClientWithSecret', { value: { attributes: object } }>;
  };

  it.each(['Client', 'ClientWithSecret'] as const)('have every member that a client has: %s', (name) => {
    const { value } = examples[name];
    expect(Object.keys(value)).toEqual(expect.arrayContaining(Object.keys(DEFAULT_MEMBERS)));
    expect(Object.keys(value.attributes)).toEqual(expect.arrayContaining(Object.keys(DEFAULT_ATTRIBUTES)));
  });
});
