import type { ClientPolicy, PolicedWrite } from '../../clients/client.policy.ts';
import { PROPERTIES, valueOf, type ClientDocument, type ClientInput } from '../../clients/document/client.document.ts';
import { clientOf, type Metadata } from '../../registration/metadata/registration.mapping.ts';
import { languagesOf, REGISTERED } from '../../registration/metadata/registration.members.ts';
import { normaliseRegistration } from '../../registration/metadata/registration.normalise.ts';
import type { Members } from '../../shared/contract/members.ts';
import { inOneLine, OAuthProblem, Problem, type Fault } from '../../shared/problem.ts';
import type { ClientProperty } from '../../../openapi/property.ts';
import { judge } from './judge.ts';
import type { ScriptCourt } from './script-court.ts';
import { scriptMatter } from './script-matter.ts';

/** The property of a script that has it judge what administrators write, too: `true`. */
const CONFIG_API = 'config_api';

export interface ClientPolicyNeeds {
  readonly court: ScriptCourt;
  readonly certHeader?: string;
  /** A client as its registration would be answered, but for what only its owner may know. */
  readonly answered: (document: ClientDocument) => Promise<Metadata>;
  /** What is wrong with the shape of a written client. */
  readonly shapeFaults: (draft: unknown) => Fault[];
}

/** The enabled scripts that say so as the policy of the Config-API. */
export function clientPolicy(needs: ClientPolicyNeeds): ClientPolicy {
  const { court, certHeader, answered, shapeFaults } = needs;
  return {
    judge: async (hook, write) => {
      const scripts = (await court.standing(hook)).filter((script) => court.propertyOf(script, CONFIG_API) === 'true');
      if (scripts.length === 0) return write.draft;
      const request = requestOf(write);
      const client = await answered(await write.settle(write.draft));
      const matter = scriptMatter({ request, client }, certHeader);
      const verdict = await asProblem(judge(court, scripts, { hook, request, matter }));
      if (Object.keys(verdict.changes).length === 0) return write.draft;
      const draft = withMembers(write.draft, { ...client, ...verdict.changes }, Object.keys(verdict.changes));
      const fault = await faultOf(write, draft, shapeFaults);
      if (fault !== undefined) throw problemOf(await verdict.unfit(fault));
      return draft;
    },
  };
}

function requestOf({ context: { operation, source, requestId, headers, isTask = false } }: PolicedWrite) {
  const [method = ''] = operation.split('-');
  return { method: method.toUpperCase(), headers, source, requestId, isTask };
}

async function faultOf(
  { settle }: PolicedWrite,
  draft: ClientInput,
  shapeFaults: ClientPolicyNeeds['shapeFaults'],
): Promise<string | undefined> {
  const [wrong] = shapeFaults(draft);
  if (wrong !== undefined) return inOneLine(wrong);
  try {
    await settle(draft);
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return (error.content.errors ?? []).map(inOneLine).join('; ');
  }
}

/** The draft with these members of registration metadata as they are there, in all of their languages. */
function withMembers(draft: ClientInput, metadata: Metadata, names: readonly string[]): ClientInput {
  const { draft: said } = clientOf(normaliseRegistration(metadata) as Metadata);
  const next = structuredClone(draft) as Members;
  const bases = names.map((name) => name.split('#', 1)[0] ?? name);
  for (const member of REGISTERED.filter((known) => known.names.some((name) => bases.includes(name)))) {
    const { property } = member;
    // What says the same under another name would contradict.
    const same = PROPERTIES.filter(({ aliasOf, path }) => aliasOf === property.name || path === property.aliasOf);
    for (const other of same) put(next, other, undefined);
    for (const own of [property, languagesOf(property)]) if (own !== undefined) put(next, own, valueOf(said, own));
  }
  return next;
}

function put(draft: Members, { parent, name }: ClientProperty, value: unknown): void {
  if (parent !== undefined) draft[parent] ??= {};
  const holder = (parent === undefined ? draft : draft[parent]) as Members;
  if (value === undefined) delete holder[name];
  else holder[name] = value;
}

async function asProblem<T>(judged: Promise<T>): Promise<T> {
  try {
    return await judged;
  } catch (error) {
    throw problemOf(error);
  }
}

/** A refusal in the words of the Config-API. */
function problemOf(error: unknown): unknown {
  if (!(error instanceof OAuthProblem)) return error;
  const { status, description, headers, more } = error;
  if (status === 503) return new Problem('unavailable', { detail: description, headers });
  const reason = more.reason === undefined ? {} : { reason: more.reason };
  return new Problem('invalid-request', { errors: [{ pointer: '', detail: description, rule: 'policy' }], ...reason });
}
