import { cellOf } from '../../../output/entry.ts';
import { oneLine } from '../../../output/text.ts';
import { goesOn, numberOf } from '../../../resource/bulk.ts';
import type { Entry } from '../../../resource/entry.ts';
import { asEntries } from '../../../resource/reply.ts';
import { barOf } from '../../../transfer/progress.ts';
import { agreeing, reading } from '../dialogs/asking.ts';
import { reloadedLists } from '../doing/open.ts';
import { linesOf, upToOf } from '../doing/undo.ts';
import type { Kind } from '../kind.ts';
import type { Step } from '../state.ts';
import { all, asked, because, said, stay } from '../steps.ts';
import { watched, type Watching } from './watch.ts';

/** In milliseconds, between two looks at a long undo. */
const SOON = 500;

/** Takes back all that a run has done, after showing what that comes to. */
export function undoneWhole(kind: Kind, run: string): Step {
  const { undo: operation } = kind;
  if (operation === undefined) return said('note', 'This service cannot take changes back.');
  const { noun } = kind.resource;
  const tried = (upTo: Entry, done: (report: Entry) => Step, isTrial = false): Step =>
    asked({ does: 'undo', noun, operation, body: { requestId: run, ...upTo }, isTrial }, { purpose: 'undo', done });
  const planned = (plan: Entry): Step => {
    const clients = Number(plan['clients'] ?? 0);
    const isAll = plan['complete'] === true;
    const lines = reportLines(kind, plan);
    if (clients === 0 || (isAll && Number(plan['undone']) === 0)) return reading('Nothing of it can be undone', lines);
    const step = tried(upToOf(plan), (report) => told(kind, report));
    // A plan tells no number of all where they are many.
    const more = isAll ? [] : [`They are more than ${numberOf(clients)}. The first ones:`];
    const title = isAll ? `Undo what was done to ${numberOf(clients)}?` : 'Undo all that this run has done?';
    return agreeing(title, [...more, ...lines], [{ key: 'y', label: 'undo', step }]);
  };
  return tried({}, planned, true);
}

/** The end of an undo, or how far it is where it takes longer. */
function told(kind: Kind, report: Entry): Step {
  const { readUndo } = kind;
  const id = cellOf(report['id'], '');
  const named = [
    ['undo', id],
    ['left', 'true'],
  ] as const;
  if (readUndo === undefined) return stay;
  const ended = (now: Entry): Step => all(reloadedLists, said('done', sumOf(now)));
  const watching: Watching = {
    purpose: `undo ${id}`,
    call: { does: 'call', noun: kind.resource.noun, operation: readUndo, named },
    pause: (now) => (goesOn(now) ? SOON : undefined),
    sight: (now) => ({ ...seen(kind, now), actions: [] }),
    ended,
  };
  return because('', all(watched(watching, report), goesOn(report) ? stay : ended(report)));
}

const sumOf = ({ undone, left }: Entry): string =>
  `${numberOf(Number(undone ?? 0))} undone, ${numberOf(Number(left ?? 0))} with something left.`;

function seen(kind: Kind, report: Entry): { title: string; lines: string[] } {
  const clients = Number(report['clients'] ?? 0);
  const done = Number(report['undone'] ?? 0) + Number(report['left'] ?? 0);
  return {
    title: `Undo: ${cellOf(report['state'], '')}`,
    lines: [
      '',
      `${barOf(done, clients)} ${done.toLocaleString('en')}/${clients.toLocaleString('en')}`,
      '',
      sumOf(report),
      'What was changed again since stays as it is.',
      '',
      ...reportLines(kind, report),
    ],
  };
}

/** What becomes of each, and what is left of it. */
const reportLines = (kind: Kind, report: Entry): string[] =>
  asEntries(report['entries'] ?? []).flatMap((entry) => [
    oneLine(cellOf(entry['clientName'] ?? entry['inum'], '')),
    ...linesOf(kind, { entries: [entry] }).map((line) => `  ${line}`),
  ]);
