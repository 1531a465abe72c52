import { cellOf } from '../../../output/entry.ts';
import { oneLine } from '../../../output/text.ts';
import type { Operation } from '../../../contract/contract.ts';
import { countOf, countsTold, goesOn, numberOf, verbOf, whyOf, type BulkOperations } from '../../../resource/bulk.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Page } from '../../../resource/paging.ts';
import { asEntries } from '../../../resource/reply.ts';
import type { Named } from '../../../resource/request.ts';
import { barOf } from '../../../transfer/progress.ts';
import { picking, question } from '../dialogs/asking.ts';
import { opened, reloadedLists } from '../doing/open.ts';
import type { Kind } from '../kind.ts';
import type { Answer, Step } from '../state.ts';
import { all, asked, because, said, stay } from '../steps.ts';
import { secretsKept, secretsWritten } from './kept-secrets.ts';
import { undoneWhole } from './undo.ts';
import { watched, type Sight, type Watching } from './watch.ts';

/** In milliseconds, between two looks at a run, and at one that is paused. */
const [SOON, LATER] = [500, 2_000];

/** What was marked is under way: only the lists stay, and over them how far the run is. At its end `results` gets its results. */
export const runBegun = (kind: Kind, run: Entry, results?: string): Step =>
  all(
    (state) => ({
      ...state,
      screens: state.screens.flatMap((screen) =>
        screen.is === 'list' ? [{ ...screen, marked: new Set<string>() }] : [],
      ),
    }),
    runShown(kind, run, results),
  );

/** Shows how far a run is, to its end, and what can be done about it. */
export function runShown(kind: Kind, run: Entry, results?: string): Step {
  const { bulk } = kind;
  if (bulk === undefined) return stay;
  const id = idOf(run);
  const watching: Watching = {
    purpose: `run ${id}`,
    call: { does: 'call', noun: kind.resource.noun, operation: bulk.read, named: [['id', id]] },
    pause: (now) => (goesOn(now) ? SOON : now['state'] === 'paused' ? LATER : undefined),
    sight: (now, look) => ({ ...seen(now), actions: actionsFor({ kind, bulk, run: now, look }) }),
    ended: (now) =>
      all(
        reloadedLists,
        said('done', `The run is ${String(now['state'])}: ${countsTold(now)}.`),
        results === undefined ? stay : secretsWritten(kind, id, results),
      ),
  };
  // Why it was begun is no reason to look at it.
  return because('', watched(watching, run));
}

const idOf = (run: Entry): string => cellOf(run['id'], '');

function seen(run: Entry): Omit<Sight, 'actions'> {
  const clients = Number(run['clients'] ?? 0);
  const done = clients - countOf(run, 'waiting');
  const failures = asEntries(run['failures'] ?? []);
  const rest = countOf(run, 'failed') - failures.length;
  const text = (member: string, label = ''): string[] =>
    run[member] === undefined ? [] : [oneLine(`${label}${cellOf(run[member], '')}`)];
  return {
    title: `${verbOf(run['action'])} ${numberOf(clients)}: ${cellOf(run['state'], '')}`,
    lines: [
      '',
      `${barOf(done, clients)} ${done.toLocaleString('en')}/${clients.toLocaleString('en')}`,
      '',
      countsTold(run),
      ...text('detail'),
      ...text('filter', 'Where: '),
      ...text('fieldValuePair', 'With: '),
      ...text('pattern', 'Search: '),
      ...text('reason', 'Reason: '),
      ...text('id', 'Run '),
      ...(goesOn(run) ? ['It goes on when you leave: b in the list comes back to it.'] : []),
      ...(failures.length === 0 ? [] : ['', 'Refused, and left as they are:']),
      ...failures.map((one) => oneLine(`  ${cellOf(one['inum'], '')}: ${whyOf(one)}`)),
      ...(rest > 0 && failures.length > 0 ? [`  and ${rest.toLocaleString('en')} more`] : []),
    ],
  };
}

interface Control {
  readonly kind: Kind;
  readonly bulk: BulkOperations;
  readonly run: Entry;
  readonly look: (run: Entry) => Step;
}

function actionsFor({ kind, bulk, run, look }: Control): Answer[] {
  const named: Named = [['id', idOf(run)]];
  const turned = (operation: Operation): Step => {
    const call = { does: 'call', noun: kind.resource.noun, operation, named } as const;
    const done = (now: Entry): Step => all(look(now), goesOn(now) ? stay : reloadedLists);
    return asked(call, { purpose: `run ${idOf(run)}`, done });
  };
  const stop = question(
    'Stop this run?',
    ['What is done stays, and can be undone. What is not done yet is left as it is.'],
    [{ key: 'y', label: 'stop', step: turned(bulk.stop) }],
  );
  const isHeld = run['state'] === 'paused' || run['state'] === 'failed';
  return [
    ...(goesOn(run) ? [{ key: 'p', label: 'pause', step: turned(bulk.pause) }] : []),
    ...(isHeld ? [{ key: 'r', label: 'resume', step: turned(bulk.resume) }] : []),
    ...(goesOn(run) || isHeld ? [{ key: 's', label: 'stop', step: stop }] : []),
    ...(countOf(run, 'failed') > 0 ? [{ key: 'f', label: 'who was refused', step: refusedIn(kind, bulk, named) }] : []),
    ...(goesOn(run) || countOf(run, 'changed') === 0 ? [] : [ended(kind, run)]),
  ];
}

/** What can be done with what an ended run has changed. */
const ended = (kind: Kind, run: Entry): Answer =>
  run['action'] === 'rotate'
    ? { key: 'w', label: 'secrets to a file', step: secretsKept(kind, idOf(run)) }
    : { key: 'u', label: 'undo all of it', step: undoneWhole(kind, idOf(run)) };

/** Who was refused, and why; Enter opens one. */
function refusedIn(kind: Kind, { results }: BulkOperations, run: Named): Step {
  const named: Named = [...run, ['outcome', 'failed'], ['limit', '200']];
  const done = ({ entries, nextCursor }: Page): Step =>
    picking({
      title: `Refused ${kind.resource.noun}`,
      lines: ['Enter opens one.', ...(nextCursor === undefined ? [] : [`These are the first ${entries.length}.`])],
      choices: entries.map((one) => ({
        label: cellOf(one['inum'], ''),
        note: oneLine(whyOf(one)),
        value: cellOf(one['inum'], ''),
      })),
      stays: true,
      chosen: ([id = '']) => opened(kind, id),
    });
  return asked({ does: 'page', noun: kind.resource.noun, operation: results, named }, { purpose: 'refused', done });
}
