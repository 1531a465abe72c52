import { cellOf } from '../../../output/entry.ts';
import { countOf, numberOf, verbOf } from '../../../resource/bulk.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Page } from '../../../resource/paging.ts';
import type { Choice } from '../call.ts';
import { picking } from '../dialogs/asking.ts';
import type { Kind } from '../kind.ts';
import type { Step } from '../state.ts';
import { asked, said, stay } from '../steps.ts';
import { runShown } from './run.ts';

/** The runs that were begun, the last one first; Enter shows how far one is. */
export function runs(kind: Kind): Step {
  const { bulk } = kind;
  if (bulk === undefined) return stay;
  const { noun } = kind.resource;
  const read = (id: string): Step =>
    asked(
      { does: 'call', noun, operation: bulk.read, named: [['id', id]] },
      { purpose: 'bulk', done: (run) => runShown(kind, run) },
    );
  const done = ({ entries, totalEntriesCount = 0 }: Page): Step =>
    entries.length === 0
      ? said('note', 'No run was begun so far.')
      : picking({
          title: 'Runs, the last one first',
          lines: totalEntriesCount > entries.length ? [`These are the last ${entries.length}.`] : [],
          choices: entries.map(choiceOf),
          stays: true,
          chosen: ([id = '']) => read(id),
        });
  return asked({ does: 'page', noun, operation: bulk.list, named: [['limit', '50']] }, { purpose: 'bulk', done });
}

function choiceOf(run: Entry): Choice {
  const failed = countOf(run, 'failed');
  const left = countOf(run, 'waiting');
  const when = cellOf(run['createdAt'], '').slice(0, 16).replace('T', ' ');
  return {
    label: `${when}  ${verbOf(run['action'])} ${numberOf(Number(run['clients'] ?? 0))}`,
    note: [
      cellOf(run['state'], ''),
      ...(left > 0 ? [`${left.toLocaleString('en')} left`] : []),
      ...(failed > 0 ? [`${failed.toLocaleString('en')} failed`] : []),
    ].join(', '),
    value: cellOf(run['id'], ''),
  };
}
