import type { Body } from '../../../resource/entry.ts';
import { SOFTWARE, type Software } from '../../form/software.ts';
import { picking, reading, writing } from '../dialogs/asking.ts';
import { newForm } from '../form/screen.ts';
import type { Kind } from '../kind.ts';
import type { Step } from '../state.ts';
import { all, stay } from '../steps.ts';

/** A new one: for clients by a short path of questions, or an empty form. */
export function begun(kind: Kind): Step {
  if (kind.resource.operations.create === undefined) return stay;
  if (kind.resource.noun !== 'clients') return newForm(kind, {});
  return picking({
    title: 'What kind of software is it?',
    lines: ['The questions fill a form, which can still be changed before anything is saved.'],
    choices: [
      ...SOFTWARE.map(({ name, label, note }) => ({ label, note, value: name })),
      { label: 'Something else', note: 'an empty form', value: '' },
    ],
    chosen: ([name]) => {
      const software = SOFTWARE.find((candidate) => candidate.name === name);
      return software === undefined ? newForm(kind, {}) : named(kind, software);
    },
  });
}

const named = (kind: Kind, software: Software): Step =>
  writing({
    title: `${software.label}: its name`,
    help: 'What users read on sign-in and consent pages, and administrators in the list.',
    done: (name) => redirected(kind, software, { clientName: name.trim() }),
  });

function redirected(kind: Kind, software: Software, so: Body): Step {
  const { redirects } = software;
  if (redirects === undefined) return proven(kind, software, so);
  return writing({
    title: `${software.label}: where users come back to`,
    help: redirects.help,
    isLines: true,
    text: redirects.example,
    check: (text) => {
      const wrong = linesOf(text).find((uri) => !redirects.fits(uri));
      if (wrong !== undefined) return `${wrong}: ${redirects.rule}`;
      return linesOf(text).length === 0 ? 'At least one is needed.' : undefined;
    },
    done: (text) => proven(kind, software, { ...so, redirectUris: linesOf(text) }),
  });
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function proven(kind: Kind, software: Software, so: Body): Step {
  const [first] = software.methods;
  if (software.methods.length < 2) return finished(kind, software, { ...so, tokenEndpointAuthMethod: first?.value });
  return picking({
    title: `${software.label}: how it proves itself`,
    choices: software.methods,
    value: first?.value ?? '',
    chosen: ([method = '']) => {
      const chosen = { ...so, tokenEndpointAuthMethod: method };
      if (method !== 'private_key_jwt') return finished(kind, software, chosen);
      return writing({
        title: `${software.label}: where its public keys are`,
        help: 'The https address of its key set (RFC 7517). The private key never leaves the client.',
        text: 'https://',
        done: (jwksUri) => finished(kind, software, { ...chosen, jwksUri: jwksUri.trim() }),
      });
    },
  });
}

/** The form with what follows from the answers, and over it what that means. */
const finished = (kind: Kind, software: Software, so: Body): Step =>
  all(
    newForm(kind, { ...so, ...software.members }),
    reading(`${software.label}: what follows`, [
      ...software.explained,
      '',
      'The form has all of it. F2 saves, / goes to any other member.',
    ]),
  );
