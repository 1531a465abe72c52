import type { Fault } from '../../shared/problem.ts';
import { CLIENT_NAMES } from '../document/client.normalise.ts';
import type { BulkInput, Doing, Question } from './bulk.ts';
import { sealingKey } from './sealed-secret.ts';

/** What a request asks for. */
export interface Wish {
  readonly doing: Doing;
  /** Which clients: those that a question finds, or these. */
  readonly chosen: { readonly question: Question } | { readonly inums: readonly string[] };
}

type Action = BulkInput['action'];

/** The members that only some actions have. */
const OF_ACTIONS: Readonly<Partial<Record<keyof BulkInput, readonly Action[]>>> = {
  jsonPatch: ['patch'],
  mergePatch: ['patch'],
  reason: ['approve', 'reject'],
  revokeTokens: ['patch', 'deactivate', 'rotate'],
  overlapSeconds: ['rotate'],
  encryptTo: ['rotate', 'patch', 'approve'],
};
const FILTERS = ['filter', 'fieldValuePair', 'pattern'] as const;
/** One secret for many clients is none, and what is to be done is stored. */
const SECRETS: ReadonlySet<string> = new Set(['clientSecret', 'clientSecretHash']);

/** What is wrong with a request beyond its shape. */
export async function inputFaults(input: BulkInput): Promise<Fault[]> {
  const { action, inums, jsonPatch, mergePatch, encryptTo } = input;
  const fault = (name: string, detail: string): Fault => ({ pointer: `/${name}`, detail });
  const given = Object.entries(OF_ACTIONS).filter(([name]) => name in input);
  const misplaced = given.filter(([, actions]) => !actions.includes(action));
  const filters = FILTERS.filter((name) => input[name] !== undefined);
  const key = encryptTo && (await sealingKey(encryptTo));
  return [
    ...misplaced.map(([name, actions]) =>
      fault(name, `goes together with ${actions.join(', ')} only, not with ${action}`),
    ),
    ...(filters.length === 0 && inums === undefined
      ? [fault('filter', 'is needed, or fieldValuePair, pattern or inums: inum pr is all clients')]
      : []),
    ...(filters.length > 0 && inums !== undefined ? [fault('inums', `cannot stand beside ${filters.join(', ')}`)] : []),
    ...(action === 'patch' && (jsonPatch === undefined) === (mergePatch === undefined)
      ? [fault('mergePatch', 'or jsonPatch is needed for patch, and one of them only')]
      : []),
    ...secretFaults(input),
    ...(action === 'rotate' && encryptTo === undefined
      ? [fault('encryptTo', 'is needed for rotate: a public key (JWK) that the new secrets are encrypted to')]
      : []),
    ...(typeof key === 'string' ? [fault('encryptTo', key)] : []),
  ];
}

function secretFaults({ jsonPatch = [], mergePatch = {} }: BulkInput): Fault[] {
  const detail = 'cannot be given to many clients: rotate makes a new one for each';
  const merged = Object.keys(CLIENT_NAMES.inPresentForm(mergePatch)).filter((name) => SECRETS.has(name));
  const patched = jsonPatch.flatMap(({ path, from }, index) =>
    [path, from].some((pointer) => pointer === '' || SECRETS.has(memberAt(pointer)))
      ? [{ pointer: `/jsonPatch/${index}`, detail: `a secret ${detail}` }]
      : [],
  );
  return [...merged.map((name) => ({ pointer: `/mergePatch/${name}`, detail })), ...patched];
}

const memberAt = (pointer = ''): string =>
  CLIENT_NAMES.presentTokens(
    pointer
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')),
  )[0] ?? '';

/** A request without faults, in the form in which it is kept. */
export function wishOf(input: BulkInput, strict: boolean): Wish {
  const { action, reason, revokeTokens, overlapSeconds, encryptTo, jsonPatch, mergePatch, inums } = input;
  const patch = jsonPatch ?? mergePatch;
  const doing = {
    ...{ action, strict },
    ...(patch !== undefined && { patch }),
    ...(reason !== undefined && { reason }),
    ...(revokeTokens !== undefined && { revokeTokens }),
    ...(overlapSeconds !== undefined && { overlapSeconds }),
    ...(encryptTo !== undefined && { encryptTo }),
  };
  if (inums !== undefined) return { doing, chosen: { inums: [...new Set(inums)] } };
  const question = Object.fromEntries(
    FILTERS.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])),
  );
  return { doing, chosen: { question } };
}
