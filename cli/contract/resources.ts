import { lookup } from '../../openapi/lookup.ts';
import type { Contract, Operation } from './contract.ts';
import { kebab } from './fields.ts';

/** A kind of thing that the service keeps, by the noun of its commands. */
export interface Resource {
  /** Plural: `clients`. */
  readonly noun: string;
  readonly singular: string;
  readonly path: string;
  /** The member and path parameter that names one: `inum`. */
  readonly id: string;
  /** Another member that people know one by: a scope by its `id`. */
  readonly name?: string;
  /** Several may have the same name, which whoever registers chooses. */
  readonly sharesNames?: boolean;
  readonly isMadeElsewhere?: boolean;
  /** The columns of its table unless others are chosen. */
  readonly columns: readonly string[];
  readonly operations: Readonly<Partial<Record<StandardVerb, Operation>>>;
  /** What else can be done, by verb: `activate`, `rotate-secret`. */
  readonly actions: ReadonlyMap<string, Operation>;
}

export type StandardVerb = 'list' | 'get' | 'create' | 'replace' | 'patch' | 'delete';

interface Noun {
  readonly noun: string;
  readonly singular: string;
  readonly path: string;
  /** Where the addresses do not say it. */
  readonly id?: string;
  readonly name?: string;
  readonly sharesNames?: boolean;
  readonly columns: readonly string[];
  /** What follows the address where one is read, where it is not its id alone. */
  readonly readAt?: string;
  /** Whether one is made by other commands than its own. */
  readonly isMadeElsewhere?: boolean;
  /** The verbs of operations whose ids do not say them; empty for those that say what others say already. */
  readonly verbs?: Readonly<Record<string, string>>;
}

/** The nouns, in the order of the help. Those that the contract has no operations for do not appear. */
const NOUNS: readonly Noun[] = [
  {
    noun: 'clients',
    singular: 'client',
    path: '/jans-config-api/api/v1/openid/clients',
    name: 'clientName',
    sharesNames: true,
    columns: ['clientName', 'inum', 'grantTypes', 'disabled'],
    verbs: { 'get-oauth-openid-client-tokens': 'tokens', 'get-oauth-openid-clients-report': 'lint' },
  },
  {
    noun: 'bulk',
    singular: 'run',
    path: '/jans-config-api/api/v1/openid/clients/bulk',
    columns: ['id', 'state', 'action', 'clients', 'counts.failed', 'createdAt'],
    isMadeElsewhere: true,
    verbs: {
      'get-oauth-openid-clients-bulk-results': 'results',
      'pause-oauth-openid-clients-bulk': 'pause',
      'resume-oauth-openid-clients-bulk': 'resume',
      'stop-oauth-openid-clients-bulk': 'stop',
    },
  },
  {
    noun: 'scopes',
    singular: 'scope',
    path: '/jans-config-api/api/v1/scopes',
    name: 'id',
    columns: ['id', 'inum', 'displayName', 'scopeType', 'registration'],
  },
  {
    noun: 'claims',
    singular: 'claim',
    path: '/jans-config-api/api/v1/attributes',
    name: 'name',
    columns: ['name', 'inum', 'claimName', 'displayName', 'dataType', 'status'],
  },
  {
    noun: 'scripts',
    singular: 'script',
    path: '/jans-config-api/api/v1/config/scripts',
    name: 'name',
    columns: ['name', 'inum', 'scriptType', 'programmingLanguage', 'level', 'enabled'],
    readAt: '/inum/{inum}',
    verbs: {
      'get-custom-script-by-name': '',
      'get-config-scripts-by-type': '',
      'get-custom-script-type': '',
      'get-custom-script-types': '',
      'get-config-scripts-catalog': 'catalog',
      'get-config-script-replay': '',
    },
  },
  {
    noun: 'registration-tokens',
    singular: 'registration token',
    path: '/jans-config-api/api/v1/registration-tokens',
    columns: ['label', 'id', 'usesLeft', 'expirationDate', 'lastUsed'],
  },
  {
    noun: 'statements',
    singular: 'software statement',
    path: '/jans-auth/restv1/ssa',
    id: 'jti',
    columns: ['jti', 'ssa.software_id', 'ssa.org_id', 'expiration', 'status'],
  },
];

/** The resources of the contract, found by the addresses of its operations. */
export function resourcesOf(contract: Contract): Resource[] {
  return NOUNS.flatMap((noun) => {
    const inside = contract.operations.filter(({ path }) => nounAt(path) === noun);
    return inside.length === 0 ? [] : [resourceOf(contract, noun, inside)];
  });
}

/** Of the nouns whose addresses an address begins with, the one with the longest. */
const nounAt = (path: string): Noun | undefined =>
  NOUNS.filter((noun) => path === noun.path || path.startsWith(`${noun.path}/`)).sort(
    (one, other) => other.path.length - one.path.length,
  )[0];

function resourceOf(contract: Contract, noun: Noun, inside: readonly Operation[]): Resource {
  const operations: Partial<Record<StandardVerb, Operation>> = {};
  const actions = new Map<string, Operation>();
  const id = inside.map(({ path }) => /^\/\{(\w+)\}$/.exec(path.slice(noun.path.length))?.[1]).find((name) => name);
  for (const operation of inside) {
    const verb = standardVerb(operation, operation.path.slice(noun.path.length), noun);
    const action = lookup(noun.verbs ?? {}, operation.id) ?? actionName(contract, operation, noun);
    if (verb === 'create' && noun.isMadeElsewhere === true) continue;
    if (verb !== undefined) operations[verb] = operation;
    else if (action !== '') actions.set(action, operation);
  }
  return { ...noun, id: noun.id ?? id ?? 'inum', operations, actions };
}

function standardVerb({ method }: Operation, rest: string, { readAt }: Noun): StandardVerb | undefined {
  if (rest === readAt) return method === 'GET' ? 'get' : undefined;
  const isItem = /^\/\{\w+\}$/.test(rest);
  if (rest !== '' && !isItem) return undefined;
  const verbs: Record<string, StandardVerb> = isItem
    ? { GET: 'get', PATCH: 'patch', PUT: 'replace', DELETE: 'delete' }
    : { GET: 'list', POST: 'create', PUT: 'replace', DELETE: 'delete' };
  return lookup(verbs, method);
}

/**
 * What is left of the operation id without the words for the resource: `rotate-oauth-openid-client-secret`. What gets
 * several of them lists them, and what gets pages of something else is called by it.
 */
function actionName(contract: Contract, { id, reply = {} }: Operation, { noun, singular, path }: Noun): string {
  const ofPath = path.split('/').at(-1) ?? '';
  const words = new Set(['oauth', 'openid', 'config', 'ssa', ofPath, ...noun.split('-'), ...singular.split(' ')]);
  const name = kebab(id)
    .split('-')
    .filter((word) => !words.has(word))
    .join('-');
  const { type, properties } = contract.resolve(reply);
  if (properties?.['entries'] !== undefined) return name.replace(/^get-/, '');
  return type === 'array' ? name.replace(/^get-/, 'list-') : name;
}
