import { writing } from '../dialogs/asking.ts';
import type { Kind } from '../kind.ts';
import type { Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';

/** Asks where the secrets of a run go that has made some. */
export const secretsKept = (kind: Kind, run: string): Step =>
  writing({
    title: 'The new secrets of this run',
    help: 'A new file for them, each a JWE (RFC 7516) that only the owner of the key can read.',
    text: 'new-secrets.jsonl',
    done: (text) => {
      const path = text.trim();
      const write = secretsWritten(kind, run, path);
      return path === '' ? stay : asked({ does: 'reserve-file', path }, { purpose: 'file', done: () => write });
    },
  });

/** Writes the results of a run to a file that is there for it. */
export function secretsWritten(kind: Kind, run: string, path: string): Step {
  if (kind.bulk === undefined) return stay;
  const { noun } = kind.resource;
  const call = { does: 'write-results', noun, operation: kind.bulk.results, run, path } as const;
  const done = (count: number): Step => said('done', `${count.toLocaleString('en')} results are in ${path}.`);
  return all(said('note', `${path} is written ...`), asked(call, { purpose: `results ${run}`, done }));
}
