import { lookup } from '../../../openapi/lookup.ts';
import { OPERATIONS } from '../../../openapi/operations.gen.ts';
import { SCRIPT_NOISE, SCRIPT_PROPERTIES } from '../../../openapi/properties.gen.ts';
import { counted, type Registry, type Removal, type Settled, type Settling } from '../../scopes/registry.ts';
import { MemberNames } from '../../shared/contract/member-names.ts';
import { memberOrder, type Members } from '../../shared/contract/members.ts';
import { memberNormaliser } from '../../shared/contract/normalise.ts';
import { applyDefaults, sizeFaults, tidyValues } from '../../shared/contract/values.ts';
import { dnOf, newInum } from '../../shared/ids.ts';
import { Problem, type Fault } from '../../shared/problem.ts';
import { GRANT_SCOPES, requireAuthorityToGrant } from './script.authority.ts';
import { findScriptField } from './script.fields.ts';
import { masked, type ConfigurationProperty, type ScriptSecrets } from './script.secrets.ts';
import type { ScriptDocument } from './script.store.ts';
import type { ScriptStores } from './script.stores.ts';
import type { SyntaxCheck } from './syntax.ts';

/** What the members of a script are called. */
export const SCRIPT_NAMES = new MemberNames('script', SCRIPT_PROPERTIES, SCRIPT_NOISE);

const ordered = memberOrder(SCRIPT_PROPERTIES);

/** Brings the body of a written script into the form that the contract describes. */
export const normaliseScript = memberNormaliser(SCRIPT_NAMES);

/** The setting that has another value after each write of a script. */
export const SCRIPTS_MARK = 'scripts-mark';

export interface ScriptRegistryNeeds {
  readonly secrets: ScriptSecrets;
  readonly checkSyntax: SyntaxCheck;
}

/** A script as it is answered, from the text that is stored: without hidden values. */
export const shownScript = (text: string): string =>
  text.includes('"hide":true') ? JSON.stringify(masked(JSON.parse(text) as ScriptDocument)) : text;

/** The registry of scripts. */
export const scriptRegistry = (needs: ScriptRegistryNeeds): Registry<ScriptDocument, ScriptStores> => ({
  noun: 'script',
  notFound: 'script-not-found',
  schema: 'CustomScriptInput',
  names: SCRIPT_NAMES,
  findField: findScriptField,
  normalise: normaliseScript,
  entries: ({ scripts }) => scripts,
  search: ({ scriptSearch }) => scriptSearch,
  inumOf: freeInum,
  shown: shownScript,
  writable: (document) => writable(needs.secrets, document as ScriptDocument),
  settle: (_stores, settling) => Promise.resolve(settleScript(needs, settling)),
  stamped,
  guardChange: () => undefined,
  release,
});

/** A script of a revision with its hidden values in clear, as they would be written. */
function writable(secrets: ScriptSecrets, script: ScriptDocument): Members {
  const values = secrets.opened(script);
  const { configurationProperties } = script;
  if (configurationProperties === undefined) return { ...script };
  const properties = configurationProperties.map((property) =>
    property.value2 === undefined ? property : { ...property, value2: lookup(values, property.value1) },
  );
  return { ...script, configurationProperties: properties };
}

/** The inum that a new script is to have, where the caller has chosen one. Throws `script-exists` when it is taken. */
async function freeInum({ scripts }: ScriptStores, draft: Members): Promise<string | undefined> {
  const inum = draft['inum'] as string | undefined;
  if (inum !== undefined && (await scripts.find(inum)) !== undefined)
    throw new Problem('script-exists', { detail: `${inum} is taken` });
  return inum;
}

function settleScript(needs: ScriptRegistryNeeds, settling: Settling<ScriptDocument>): Settled<ScriptDocument> {
  const { inum, previous, context } = settling;
  const draft = structuredClone(settling.draft);
  const faults = [
    ...tidyValues(SCRIPT_PROPERTIES, draft),
    ...reservedInum(inum),
    ...(['configurationProperties', 'moduleProperties'] as const).flatMap((list) => repeatedNames(draft, list)),
    ...hiddenGrant(draft),
    ...(isSameText(draft, previous) ? [] : syntaxFaults(needs.checkSyntax, draft)),
  ];
  const written = draft['configurationProperties'] as ConfigurationProperty[] | undefined;
  if (written !== undefined) {
    const sealing = needs.secrets.sealed(inum, written, previous?.configurationProperties ?? []);
    draft['configurationProperties'] = sealing.properties;
    faults.push(...sealing.faults);
  }
  const document = completeScript(draft, inum, previous?.revision ?? 0);
  requireAuthorityToGrant(context.caller, previous, document);
  return { document, faults: [...faults, ...sizeFaults(JSON.stringify(document), 'script-size')] };
}

function completeScript(draft: Members, inum: string, revision: number): ScriptDocument {
  const dn = dnOf('scripts', inum);
  const script: Members = { ...draft, inum, dn, baseDn: dn, revision, storedOnly: !runsHere(draft) };
  applyDefaults(SCRIPT_PROPERTIES, script);
  return ordered(script) as ScriptDocument;
}

const runsHere = ({ scriptType, programmingLanguage }: Members): boolean =>
  programmingLanguage === 'javascript' && scriptType === 'client_registration';

/** Words of this API that stand where the inum of a script stands: `…/config/scripts/types`. */
const RESERVED = OPERATIONS.flatMap(({ path }) => /\/config\/scripts\/([^/{}]+)/.exec(path)?.[1] ?? []);

function reservedInum(inum: string): Fault[] {
  if (!RESERVED.includes(inum) && !/^\.{1,2}$/.test(inum)) return [];
  return [{ pointer: '/inum', detail: `${inum} has a meaning of its own in addresses`, rule: 'inum' }];
}

function repeatedNames(draft: Members, list: 'configurationProperties' | 'moduleProperties'): Fault[] {
  const names = ((draft[list] ?? []) as { value1: string }[]).map(({ value1 }) => value1);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ pointer: `/${list}/${index}/value1`, detail: `${name} is there twice`, rule: 'property-names' }],
  );
}

/** What a script may give has to be seen by everybody who may read it. */
function hiddenGrant(draft: Members): Fault[] {
  const properties = (draft['configurationProperties'] ?? []) as ConfigurationProperty[];
  const index = properties.findIndex(({ value1, hide }) => value1 === GRANT_SCOPES && hide === true);
  if (index < 0) return [];
  return [{ pointer: `/configurationProperties/${index}/hide`, detail: 'cannot be hidden', rule: 'grant-scopes' }];
}

const isSameText = ({ script, programmingLanguage }: Members, previous: ScriptDocument | undefined): boolean =>
  script === previous?.script && programmingLanguage === previous?.programmingLanguage;

function syntaxFaults(check: SyntaxCheck, { script, programmingLanguage }: Members): Fault[] {
  if (programmingLanguage !== 'javascript' || script === undefined) return [];
  const fault = check(script as string);
  if (fault === undefined) return [];
  const { line, column, reason } = fault;
  return [{ pointer: '/script', detail: `line ${line}, column ${column}: ${reason}`, rule: 'syntax' }];
}

async function stamped({ revisions, settings }: ScriptStores, document: ScriptDocument): Promise<ScriptDocument> {
  await settings.set(SCRIPTS_MARK, newInum());
  const [newest] = await revisions.page('script', document.inum, { offset: 0, limit: 1 });
  return { ...document, revision: (newest?.number ?? 0) + 1 };
}

/** So many clients lose a script at once, in one transaction. */
const MOST_CLIENTS = 1_000;

async function release(stores: ScriptStores, { document, context, force }: Removal<ScriptDocument>): Promise<void> {
  await stores.settings.set(SCRIPTS_MARK, newInum());
  const clients = await stores.scriptUsers.count(document.dn);
  if (clients === 0) return;
  const users = `this script is in use by ${counted(clients, 'client')}`;
  if (!force) throw new Problem('in-use', { detail: `${users}; force=true takes it from them` });
  if (clients > MOST_CLIENTS)
    throw new Problem('in-use', { detail: `${users}, and at most ${MOST_CLIENTS} lose one at once` });
  await stores.scriptUsers.withdraw(document.dn, context);
}
