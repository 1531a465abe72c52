import type { Operation } from '../../../contract/contract.ts';
import { profileName } from '../../../output/findings.ts';
import { wrap } from '../../../output/text.ts';
import type { Entry } from '../../../resource/entry.ts';
import type { Page } from '../../../resource/paging.ts';
import { asEntries } from '../../../resource/reply.ts';
import type { Named } from '../../../resource/request.ts';
import { picking } from '../dialogs/asking.ts';
import { actionOf, type Kind } from '../kind.ts';
import type { Step } from '../state.ts';
import { asked, said, stay } from '../steps.ts';
import type { ListScreen } from '../entry-screens.ts';
import { filterOf } from '../list/load.ts';
import { opened } from './open.ts';
import { named } from './several.ts';

/** Asks for a security profile, and shows which of its rules the clients that the list finds break, and who does. */
export function judged(list: ListScreen): Step {
  const { kind } = list;
  const operation = actionOf(kind, 'lint');
  const profiles = operation?.parameters.find(({ name }) => name === 'profile')?.schema.enum?.map(String) ?? [];
  if (operation === undefined) return stay;
  const filter = operation.parameters.some(({ name }) => name === 'filter') ? filterOf(list) : '';
  const sieve: Named = filter === '' ? [] : [['filter', filter]];
  return picking({
    title:
      filter === '' ? `Judge all ${kind.resource.noun} by` : `Judge the ${kind.resource.noun} that the list finds by`,
    choices: profiles.map((profile) => ({ label: profileName(profile), value: profile })),
    chosen: ([profile = '']) => reported({ kind, operation, named: [['profile', profile], ...sieve] }),
  });
}

function reported(judging: Judging): Step {
  const { kind, operation, named } = judging;
  const call = { does: 'page', noun: kind.resource.noun, operation, named } as const;
  // A report without a rule has no list: it is the one entry.
  const done = ({ entries: [report = {}] }: Page): Step => rules(judging, report);
  return asked(call, { purpose: 'lint', done });
}

interface Judging {
  readonly kind: Kind;
  readonly operation: Operation;
  readonly named: Named;
}

function rules(judging: Judging, { title, clients, failing, rules: judgedBy }: Entry): Step {
  const broken = asEntries(judgedBy ?? []).filter((rule) => Number(rule['clients']) > 0);
  if (broken.length === 0) return said('done', 'No client breaks a rule.');
  return picking({
    title: String(title),
    lines: [`${String(failing)} of ${String(clients)} clients fail. Enter shows who breaks a rule.`],
    choices: broken.map(({ rule, severity, clients: count, enabled }) => ({
      label: String(rule),
      note: `${String(severity)}, ${String(count)} clients, ${String(enabled)} active`,
      value: String(rule),
    })),
    stays: true,
    chosen: ([id]) => {
      const rule = broken.find((one) => one['rule'] === id);
      return rule === undefined ? stay : found(judging, rule);
    },
  });
}

/** Who breaks a rule, as far as they fit a page. */
function found({ kind, operation, named: profile }: Judging, rule: Entry): Step {
  const named: Named = [...profile, ['rule', String(rule['rule'])], ['limit', '200']];
  const done = ({ entries, nextCursor }: Page): Step =>
    listed(kind, rule, { entries, isPart: nextCursor !== undefined });
  return asked({ does: 'page', noun: kind.resource.noun, operation, named }, { purpose: 'lint', done });
}

const WIDTH = 78;

function listed(kind: Kind, rule: Entry, found: { entries: readonly Entry[]; isPart: boolean }): Step {
  const [property] = rule['properties'] as readonly string[];
  return picking({
    title: String(rule['rule']),
    lines: [
      ...wrap(`${String(property)} ${String(rule['detail'])}.`, WIDTH),
      ...wrap(`Mend: ${String(rule['remedy'])}`, WIDTH),
      ...(found.isPart ? [`These are the first ${found.entries.length}.`] : []),
    ],
    choices: found.entries.map((entry) => ({
      label: named(kind, entry),
      note: entry['disabled'] === true ? 'not active' : '',
      value: String(entry[kind.resource.id]),
    })),
    stays: true,
    chosen: ([id = '']) => opened(kind, id),
  });
}
