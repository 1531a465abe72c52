import { numberOf, verbOf, whyOf } from '../../../resource/bulk.ts';
import type { Body, Entry } from '../../../resource/entry.ts';
import { asEntries } from '../../../resource/reply.ts';
import { cellOf } from '../../../output/entry.ts';
import { oneLine } from '../../../output/text.ts';
import { agreeing } from '../dialogs/asking.ts';
import type { Chosen } from '../entry-screens.ts';
import { actionOf, type Kind } from '../kind.ts';
import type { Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';
import { runBegun } from './run.ts';

/** What is done to each of many. */
interface Doing {
  readonly action: string;
  /** The members that say more about it. */
  readonly body?: Body;
  /** What is done, in lines. */
  readonly lines?: readonly string[];
  /** What has to be there before it is begun. */
  readonly first?: (begin: Step) => Step;
  readonly begun?: (run: Entry) => Step;
}

/** Shows how many it is about and what would become of the first ones, and has it done when that is agreed to. */
export function planned(kind: Kind, chosen: Chosen, doing: Doing): Step {
  if (kind.bulk === undefined) return stay;
  const { noun } = kind.resource;
  const body = { action: doing.action, ...chosen.body, ...doing.body };
  const call = { does: 'call', noun, operation: kind.bulk.start } as const;
  const { first = (begin) => begin, begun = (run) => runBegun(kind, run) } = doing;
  const begin = (confirm: unknown): Step =>
    first(asked({ ...call, body: { ...body, confirm } }, { purpose: 'bulk', done: begun }));
  const done = (plan: Entry): Step => {
    const clients = Number(plan['clients'] ?? 0);
    if (clients === 0) return said('note', `There are no ${noun} like that by now.`);
    const answer = { key: 'y', label: verbOf(doing.action).toLowerCase(), step: begin(plan['confirm']) };
    return agreeing(`${verbOf(doing.action)} ${numberOf(clients)}?`, linesOf(kind, { chosen, doing, plan }), [answer]);
  };
  return all(said('note', 'The first ones are tried ...'), asked({ ...call, body }, { purpose: 'bulk', done }));
}

function linesOf(kind: Kind, about: { chosen: Chosen; doing: Doing; plan: Entry }): string[] {
  const { chosen, doing, plan } = about;
  const sample = asEntries(plan['sample'] ?? []);
  const rest = Number(plan['clients']) - sample.length;
  const isKept = doing.action === 'delete' && actionOf(kind, 'removed') !== undefined;
  return [
    ...(doing.lines === undefined ? [] : [...doing.lines, '']),
    ...sample.map((one) => oneLine(outcomeLine(kind, chosen, one))),
    ...(rest > 0 ? [`and ${rest.toLocaleString('en')} more, which were not tried`] : []),
    '',
    `It goes on when you leave, and can be paused${doing.action === 'rotate' ? ' and stopped' : ', stopped and undone as a whole'}.`,
    ...(isKept ? ['What is removed can be brought back for a while.'] : []),
  ];
}

function outcomeLine(kind: Kind, { names }: Chosen, one: Entry): string {
  const id = cellOf(one['inum'], '');
  const name = names.get(id) ?? id;
  if (one['outcome'] === 'failed') return `! ${name} will be refused: ${whyOf(one)}`;
  if (one['outcome'] !== 'changed') return `${name}: is so already`;
  const changed = Array.isArray(one['changed']) ? one['changed'] : [];
  const labels = kind.form.fields
    .filter(({ path, aliasOf }) => aliasOf === undefined && changed.includes(path))
    .map(({ label }) => label);
  return labels.length === 0 ? name : `${name}: ${labels.join(', ')}`;
}
