import { EXIT, Failure } from '../failure.ts';
import type { Service } from '../resource/service.ts';
import type { Naming } from './document.ts';

/** By what `refs` says: where the names are. */
const NAMED: Readonly<Record<string, string>> = { scope: 'scopes', claim: 'claims' };

/**
 * Reads the names of scopes and claims. Where the service does not tell them to this caller, references stay the DNs
 * that they are, and `say` gets the reason.
 */
export async function readNaming(service: Service, say: (text: string) => void): Promise<Naming> {
  const names = new Map<string, string>();
  for (const [refs, noun] of Object.entries(NAMED)) {
    const calls = service.ofNoun(noun);
    if (calls?.resource.operations.list === undefined) continue;
    const member = calls.resource.name ?? 'inum';
    try {
      for await (const { entries } of calls.pages()) {
        for (const { inum, [member]: name } of entries) {
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
