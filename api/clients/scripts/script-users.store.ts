import type { EntityManager } from 'typeorm';
import { valueText } from '../../search/values/value-text.ts';
import { originOf } from '../../shared/log/origin.ts';
import type { RequestContext } from '../../shared/contract/operation.ts';
import { requireAuthorityOver } from '../client.authority.ts';
import type { ClientStore } from '../client.store.ts';
import type { ClientCorridor } from '../corridor/client.corridor.ts';
import type { ClientDocument } from '../document/client.document.ts';
import { SCRIPT_LISTS } from './script-references.ts';

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

export function scriptUsers(manager: EntityManager, { clients, corridor }: Neighbours): ScriptUsers {
  const inumsOf = async (dn: string): Promise<string[]> => {
    const paths = SCRIPT_LISTS.map(({ property }) => property.path);
    const select = `SELECT DISTINCT inum FROM client_values
      WHERE value = ? AND property IN (${paths.map(() => '?').join(', ')}) ORDER BY inum`;
    return (await manager.query<{ inum: string }[]>(select, [valueText(dn), ...paths])).map(({ inum }) => inum);
  };
  return {
    count: async (dn) => (await inumsOf(dn)).length,
    withdraw: async (dn, context) => {
      const inums = await inumsOf(dn);
      await clients.lock(inums);
      const scopes = await Promise.all(inums.map((inum) => clients.scopeIds(inum)));
      requireAuthorityOver(context.caller, scopes.flat());
      const changes = (await clients.byIds(inums)).map((stored) => {
        const document = JSON.parse(stored.text) as ClientDocument;
        return { stored, document, next: without(document, dn) };
      });
      await corridor.changeAll(changes, originOf(context));
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
