import { allPages } from '../commands/listing/paging.ts';
import type { Api } from '../connection/api.ts';
import type { Contract } from '../contract/contract.ts';
import { resourcesOf } from '../contract/resources.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Naming } from './document.ts';

/** By what `refs` says: where the names are. */
const NAMED: Readonly<Record<string, string>> = { scope: 'scopes', claim: 'claims' };

/**
 * Reads the names of scopes and claims. Where the service does not tell them to this caller, references stay the DNs
 * that they are, and `say` gets the reason.
 */
export async function readNaming(contract: Contract, api: Api, say: (text: string) => void): Promise<Naming> {
  const names = new Map<string, string>();
  for (const [refs, noun] of Object.entries(NAMED)) {
    const resource = resourcesOf(contract).find((candidate) => candidate.noun === noun);
    const list = resource?.operations.list;
    if (list === undefined) continue;
    const member = resource?.name ?? 'inum';
    try {
      for await (const page of allPages(api, list, [])) {
        for (const { inum, [member]: name } of page) {
          if (typeof inum === 'string' && typeof name === 'string') names.set(`${refs} ${inum}`, name);
        }
      }
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== EXIT.refused) throw error;
      say(`The names of ${noun} cannot be read, their DNs are written: ${error.message}`);
    }
  }
  return (reference, refs) => {
    const inum = /^inum=([^,]+),/.exec(reference)?.[1];
    return inum === undefined ? reference : (names.get(`${refs} ${inum}`) ?? reference);
  };
}
