import { cellOf } from '../../../output/entry.ts';
import type { Entry } from '../../../resource/entry.ts';
import { asEntries } from '../../../resource/reply.ts';
import { oneLine } from '../../../output/text.ts';
import { differenceLine } from '../../../transfer/differences.ts';
import { agreeing, reading } from '../dialogs/asking.ts';
import type { Kind } from '../kind.ts';
import type { Step } from '../state.ts';
import { all, asked, said } from '../steps.ts';
import { reloadedLists } from './open.ts';

interface Undoing {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  /** Of the change. */
  readonly requestId: string;
}

/** Takes back what one request has changed of an entry, after showing what that comes to. */
export function undone(about: Undoing): Step {
  const { name } = about;
  return tried(about, {}, (plan) =>
    Number(plan['undone']) === 0
      ? reading(`Nothing of ${name} can be taken back`, linesOf(about.kind, plan))
      : agreeing(`Take this back of ${name}?`, linesOf(about.kind, plan), [
          { key: 'y', label: 'take it back', step: done(about, plan) },
        ]),
  );
}

const done = (about: Undoing, plan: Entry): Step =>
  tried(about, { plan }, (report) =>
    all(
      // A form of before would show what is not true any more.
      (state) => ({ ...state, screens: state.screens.filter(({ is }) => is === 'list') }),
      reloadedLists,
      reading(`Taken back of ${about.name}`, linesOf(about.kind, report)),
      said('done', 'That is a write like any other, and can be taken back as well.'),
    ),
  );

/** A plan, or what one has shown and nothing that was done since. */
function tried(
  { kind, id, requestId }: Undoing,
  { plan }: { readonly plan?: Entry },
  next: (report: Entry) => Step,
): Step {
  const { undo: operation, resource } = kind;
  if (operation === undefined) return said('note', 'This service cannot take changes back.');
  const body = { inum: id, requestId, ...upToOf(plan) };
  const call = { does: 'undo', noun: resource.noun, operation, body, isTrial: plan === undefined } as const;
  return asked(call, { purpose: 'undo', done: next });
}

/** What has a request undo what a plan has shown, and nothing that was done since. */
export function upToOf(plan: Entry = {}): Entry {
  const { upTo } = plan;
  return upTo === undefined ? {} : { upTo };
}

/** What becomes of the members, by the names that the form has for them, and what is left as it is. */
export function linesOf({ form }: Kind, { entries }: Entry): string[] {
  const labelOf = (path: unknown): string =>
    form.fields.find((field) => field.path === path)?.label ?? cellOf(path, 'the client');
  return asEntries(entries ?? []).flatMap(({ outcome, properties, left }) => [
    ...(outcome === 'removed' || outcome === 'restored' ? [`It is ${outcome}.`] : []),
    ...asEntries(properties ?? []).map(({ property, before, after }) =>
      differenceLine({ path: labelOf(property), before, after }, (_style, text) => text),
    ),
    ...asEntries(left ?? []).map(({ property, detail }) =>
      oneLine(`stays: ${labelOf(property)}: ${cellOf(detail, '')}`),
    ),
  ]);
}
