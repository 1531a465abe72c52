import { In, type EntityManager } from 'typeorm';
import { ClientValuePropertyEntity } from '../../../entities/client-value-property.entity.ts';
import type { KeptProperty } from '../../search/field.ts';

/** Which properties `client_values` has of every client, so that a search may go by it. */
export interface KeptProperties {
  /** Whether it has all of these. */
  has(properties: readonly KeptProperty[]): Promise<boolean>;
  /** Says that it has these, by these rules, and no others. */
  set(properties: readonly KeptProperty[]): Promise<void>;
  /** Leaves only what is among these, by the same rule. */
  keepOnly(properties: readonly KeptProperty[]): Promise<void>;
}

export function keptProperties(manager: EntityManager): KeptProperties {
  const rows = manager.getRepository(ClientValuePropertyEntity);
  const keepOnly = async (properties: readonly KeptProperty[]): Promise<Set<string>> => {
    const rules = new Map(properties.map(({ property, rule }) => [property, rule]));
    const found = await rows.find();
    const others = found.filter(({ property, rule }) => rules.get(property) !== rule).map(({ property }) => property);
    if (others.length > 0) await rows.delete({ property: In(others) });
    return new Set(found.map(({ property }) => property).filter((property) => !others.includes(property)));
  };
  return {
    has: async (properties) => {
      const found = new Map((await rows.find()).map(({ property, rule }) => [property, rule]));
      return properties.every(({ property, rule }) => found.get(property) === rule);
    },
    set: async (properties) => {
      const left = await keepOnly(properties);
      const added = properties.filter(({ property }) => !left.has(property));
      if (added.length > 0) await rows.upsert([...added], ['property']);
    },
    keepOnly: async (properties) => {
      await keepOnly(properties);
    },
  };
}
