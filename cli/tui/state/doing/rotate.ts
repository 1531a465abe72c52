import { cellOf } from '../../../output/entry.ts';
import type { Body, Entry } from '../../../resource/entry.ts';
import { planned } from '../bulk/plan.ts';
import { runBegun } from '../bulk/run.ts';
import type { FromFile } from '../call.ts';
import { agreeing, writing } from '../dialogs/asking.ts';
import type { Chosen } from '../entry-screens.ts';
import { shownOnce } from '../form/made.ts';
import { actionOf, type Kind, nameOf } from '../kind.ts';
import { idOf } from '../list/entries.ts';
import type { Step } from '../state.ts';
import { all, asked, said, stay } from '../steps.ts';
import { refreshed } from './open.ts';
import { named } from './several.ts';

/** A new secret in place of the old one, which may go on for a while. */
export function rotated(kind: Kind, entry: Entry): Step {
  const operation = actionOf(kind, 'rotate-secret');
  if (operation === undefined) return stay;
  const id = idOf(kind, entry);
  const ask = (text: string): Step => {
    const overlapSeconds = Number(text.trim());
    const body: Body = overlapSeconds > 0 ? { overlapSeconds } : {};
    const done = (reply: unknown): Step =>
      all(
        shownOnce(nameOf(kind, entry), { ...(reply as object | null) }),
        refreshed(kind, id),
        said('done', 'The secret is a new one.'),
      );
    const call = { does: 'act', noun: kind.resource.noun, id, operation, body, shown: entry } as const;
    const send = asked(call, { purpose: 'rotate', done });
    const present = overlapSeconds > 0 ? `works for ${overlapSeconds} seconds more` : 'ends at once';
    return agreeing(
      `Make a new secret for ${named(kind, entry)}?`,
      [`The present one ${present}.`],
      [{ key: 'y', label: 'make it', step: send }],
    );
  };
  return writing({
    title: `A new secret for ${named(kind, entry)}`,
    help: 'Seconds for which the present one still works; empty ends it at once.',
    check: (text) => (/^\d*$/.test(text.trim()) ? undefined : 'Seconds are a whole number.'),
    done: ask,
  });
}

/** The members of a JWK that its owner keeps (RFC 7518 sections 6.2.2 and 6.3.2). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** New secrets for many: asks for the key that they are encrypted to, for how long the present ones work, and where they go. */
export function secretsForMany(kind: Kind, chosen: Chosen): Step {
  const { noun } = kind.resource;
  const title = `New secrets for ${chosen.told}`;
  const seconds = (key: Body): Step =>
    writing({
      title,
      help: 'Seconds for which the present ones still work, at most a week; empty ends them at once.',
      check: (text) => (/^\d{0,6}$/.test(text.trim()) ? undefined : 'Seconds are a whole number.'),
      done: (text) => place({ encryptTo: key, ...(Number(text) > 0 && { overlapSeconds: Number(text) }) }),
    });
  const place = (body: Body): Step =>
    writing({
      title,
      help: 'A new file for the secrets, each a JWE (RFC 7516) that only the owner of the key can read.',
      text: 'new-secrets.jsonl',
      done: (path) => (path.trim() === '' ? stay : manyRotated(kind, chosen, { body, path: path.trim() })),
    });
  const done = ({ body }: FromFile): Step =>
    PRIVATE.some((name) => name in body)
      ? said('fault', 'That is a private key: nothing of it was sent. Give its public part.')
      : seconds(body);
  return writing({
    title,
    help: 'A file with the public key (JWK: RSA, EC or X25519) of whoever gets the secrets. They are never shown here.',
    done: (path) =>
      path.trim() === '' ? stay : asked({ does: 'read-file', noun, path: path.trim() }, { purpose: 'file', done }),
  });
}

function manyRotated(kind: Kind, chosen: Chosen, { body, path }: { readonly body: Body; readonly path: string }): Step {
  const { overlapSeconds, encryptTo } = body;
  const { kid, kty } = encryptTo as Entry;
  const present = overlapSeconds === undefined ? 'end at once' : `work for ${cellOf(overlapSeconds, '')} seconds more`;
  return planned(kind, chosen, {
    action: 'rotate',
    body,
    lines: [`The present ones ${present}.`, `The new ones are for the key ${cellOf(kid ?? kty, '')}, in ${path}.`],
    // What cannot be written later is known before there are new secrets.
    first: (begin) => asked({ does: 'reserve-file', path }, { purpose: 'file', done: () => begin }),
    begun: (run) => runBegun(kind, run, path),
  });
}
