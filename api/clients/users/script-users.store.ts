import type { EntityManager } from 'typeorm';
import { valueText } from '../../search/values/value-text.ts';
import type { RequestContext } from '../../shared/contract/operation.ts';
import { KEPT_PROPERTIES } from '../document/client.values.ts';
import { keptProperties } from '../values/kept-properties.store.ts';
import type { ClientStore } from '../client.store.ts';
import type { ClientCorridor } from '../corridor/client.corridor.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { withdraw } from './withdrawal.ts';
import { SCRIPT_LISTS } from '../scripts/script-references.ts';
import { placesOf } from '../../shared/database/places.ts';

/** The clients that list scripts, in a unit of work. */
export interface ScriptUsers {
  /** How many clients list the script with this directory name. */
  count(dn: string): Promise<number>;
  /**
   * Takes a script from every client that lists it, with a revision for each. Throws `insufficient-scope` when the caller
   * may not change one of them.
   */
  withdraw(dn: string, context: RequestContext): Promise<void>;
}

interface Neighbours {
  readonly clients: ClientStore;
  readonly corridor: ClientCorridor;
}

const PATHS = SCRIPT_LISTS.map(({ property }) => property.path);
const KEPT = KEPT_PROPERTIES.filter(({ property }) => PATHS.includes(property));
const BY_VALUE = `SELECT DISTINCT inum FROM client_values
  WHERE value = ? AND property IN (${placesOf(PATHS)}) ORDER BY inum`;
const BY_DOCUMENT = "SELECT inum FROM clients WHERE document LIKE ? ESCAPE '!' ORDER BY inum";

export function scriptUsers(manager: EntityManager, neighbours: Neighbours): ScriptUsers {
  const inumsOf = async (dn: string): Promise<string[]> => {
    // While the values of all clients are gathered, the documents are what can be relied on.
    const select = (await keptProperties(manager).has(KEPT)) ? BY_VALUE : BY_DOCUMENT;
    const values = select === BY_VALUE ? [valueText(dn), ...PATHS] : [`%"${dn.replace(/[!%_]/g, '!$&')}"%`];
    return (await manager.query<{ inum: string }[]>(select, values)).map(({ inum }) => inum);
  };
  return {
    count: async (dn) => (await inumsOf(dn)).length,
    withdraw: async (dn, context) => {
      const inums = await inumsOf(dn);
      await withdraw(neighbours, { inums, without: (document) => without(document, dn), context });
    },
  };
}

function without(document: ClientDocument, dn: string): ClientDocument {
  const attributes = { ...document.attributes };
  for (const { property } of SCRIPT_LISTS) {
    const name = property.name as keyof typeof attributes;
    const list = attributes[name] as string[] | undefined;
    if (list?.includes(dn) === true) Object.assign(attributes, { [name]: list.filter((entry) => entry !== dn) });
  }
  return { ...document, attributes };
}
