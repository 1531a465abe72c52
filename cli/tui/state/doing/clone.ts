import type { Body } from '../../../resource/entry.ts';
import { withoutPlain } from '../../../transfer/document.ts';
import type { Stored } from '../call.ts';
import { newForm } from '../form/screen.ts';
import type { Kind } from '../kind.ts';
import type { Step } from '../state.ts';
import { asked } from '../steps.ts';

/** The form of a new one that is like this one, without what is its own. */
export function cloned(kind: Kind, id: string): Step {
  const own = new Set([
    kind.resource.id,
    'clientSecret',
    'clientIdIssuedAt',
    'clientSecretExpiresAt',
    'softwareStatement',
  ]);
  const { form, resource } = kind;
  const done = ({ base }: Stored): Step => {
    const kept: Body = Object.fromEntries(Object.entries(base).filter(([member]) => !own.has(member)));
    const name = resource.name ?? '';
    for (const { path, aliasOf, control } of form.fields) {
      if (aliasOf === undefined) continue;
      const others = control === 'languages' ? withoutPlain(kept[path], kept[aliasOf]) : undefined;
      if (others === undefined) delete kept[path];
      else kept[path] = others;
    }
    return newForm(kind, { ...kept, ...(name in kept && { [name]: `${String(kept[name])} copy` }) });
  };
  return asked({ does: 'read', noun: resource.noun, id }, { purpose: 'open', done });
}
