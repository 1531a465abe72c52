import { randomUUID } from 'node:crypto';
import { isAdministrationScope } from '../../shared/contract/administration-scopes.ts';
import { findReferences } from '../../clients/client.lookup.ts';
import { unknownDetail } from '../../scopes/references.ts';
import { parseWireDate, timestamp, type Clock } from '../../shared/clock.ts';
import { dnOf, randomSecret, sha256 } from '../../shared/ids.ts';
import type { RequestContext, Schemas } from '../../shared/contract/operation.ts';
import { originOf } from '../../shared/log/origin.ts';
import { Problem, type Fault } from '../../shared/problem.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { HOSTS_HELD, isRedirectScheme, redirectHost, SCHEMES_HELD } from '../../shared/redirect-entry.ts';
import type { InitialToken, TokenConditions } from './initial-token.store.ts';
import type { RegistrationStores } from '../registration.stores.ts';

export interface InitialTokenServiceNeeds {
  readonly work: UnitOfWork<RegistrationStores>;
  readonly clock: Clock;
}

type Answer = Schemas['RegistrationToken'];

export interface InitialTokenService {
  /** Makes a token. Refuses scopes that are unknown or open administration, and an end that has passed. */
  create(
    context: RequestContext,
    input: Schemas['RegistrationTokenInput'],
  ): Promise<Schemas['IssuedRegistrationToken']>;
  list(offset: number, limit: number): Promise<Schemas['RegistrationTokenPagedResult']>;
  get(id: string): Promise<Answer>;
  remove(context: RequestContext, id: string): Promise<void>;
}

const MOST_CLIENTS = 100;

export function initialTokenService({ work, clock }: InitialTokenServiceNeeds): InitialTokenService {
  const now = (): string => timestamp(clock.now());
  const answers = async (stores: RegistrationStores, tokens: readonly InitialToken[]): Promise<Answer[]> => {
    const ids = tokens.map(({ id }) => id);
    const clients = await stores.registrations.clientsOf(ids, MOST_CLIENTS);
    return tokens.map((token) => answerOf(token, clients.get(token.id) ?? []));
  };

  return {
    create: (context, input) =>
      work.write(async (stores) => {
        const conditions = conditionsOf(input);
        const scopes = await scopesOf(stores, input.scopes ?? []);
        const token: InitialToken = {
          id: randomUUID(),
          label: input.label,
          uses: input.uses,
          usesLeft: input.uses,
          expiresAt: endOf(input.expirationDate, clock.now()),
          scopes,
          conditions,
          createdAt: now(),
          createdBy: context.caller.clientId,
          lastUsedAt: null,
        };
        const clear = randomSecret();
        await stores.initialTokens.insert({ ...token, digest: sha256(clear) });
        const about = { at: token.createdAt, kind: 'initial-token', inum: token.id } as const;
        await stores.audit.record({ ...about, changed: Object.keys(input), origin: originOf(context) });
        return { ...answerOf(token, []), token: clear };
      }),
    list: (offset, limit) =>
      work.browse(async (stores) => {
        const { tokens, total } = await stores.initialTokens.page(offset, limit);
        const entries = await answers(stores, tokens);
        return { start: offset, totalEntriesCount: total, entriesCount: entries.length, entries };
      }),
    get: (id) =>
      work.browse(async (stores) => {
        const token = await stores.initialTokens.find(id);
        const [answer] = await answers(stores, token === undefined ? [] : [token]);
        if (answer === undefined) throw noSuchToken();
        return answer;
      }),
    remove: (context, id) =>
      work.write(async (stores) => {
        if (!(await stores.initialTokens.remove(id))) throw noSuchToken();
        const about = { at: now(), kind: 'initial-token', inum: id } as const;
        await stores.audit.record({ ...about, changed: ['token'], origin: originOf(context) });
      }),
  };
}

const noSuchToken = (): Problem => new Problem('not-found', { detail: 'there is no such initial access token' });

async function scopesOf(stores: RegistrationStores, scopes: readonly string[]): Promise<string[]> {
  const { references } = await findReferences(stores, { scopes });
  const faults: Fault[] = scopes.flatMap((text, index) => {
    const name = references.scopes.get(text)?.name;
    const pointer = `/scopes/${index}`;
    if (name === undefined) return [{ pointer, detail: unknownDetail('scopes', text), rule: 'known-scopes' }];
    if (!isAdministrationScope(name)) return [];
    return [{ pointer, detail: `${name} opens administration`, rule: 'no-administration-by-registration' }];
  });
  if (faults.length > 0) throw new Problem('invalid-request', { errors: faults });
  return [...new Set(scopes.flatMap((text) => references.scopes.get(text)?.inum ?? []))];
}

/** What is said of clients, with hosts in the spelling that addresses are compared in. */
function conditionsOf({
  approval,
  signed,
  redirectSchemes,
  redirectHosts,
}: Schemas['RegistrationTokenInput']): TokenConditions {
  const hosts = redirectHosts?.map((entry) => ({ entry, host: redirectHost(entry) }));
  const faultsAt = (member: string, held: string, wrong: readonly boolean[]): Fault[] =>
    wrong.flatMap((isWrong, index) =>
      isWrong ? [{ pointer: `/${member}/${index}`, detail: `must be of ${held}`, rule: 'redirect-entry' }] : [],
    );
  const errors = [
    ...faultsAt('redirectSchemes', SCHEMES_HELD, redirectSchemes?.map((entry) => !isRedirectScheme(entry)) ?? []),
    ...faultsAt('redirectHosts', HOSTS_HELD, hosts?.map(({ host }) => host === undefined) ?? []),
  ];
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
  return {
    ...(approval !== undefined && { approval }),
    ...(signed !== undefined && { signed }),
    ...(redirectSchemes !== undefined && { redirectSchemes }),
    ...(hosts !== undefined && { redirectHosts: hosts.flatMap(({ host }) => host ?? []) }),
  };
}

function endOf(date: string | undefined, now: number): string | null {
  if (date === undefined) return null;
  const time = parseWireDate(date);
  if (time !== undefined && time > now) return timestamp(time);
  const detail = time === undefined ? 'is not a date of the calendar' : 'has passed';
  throw new Problem('invalid-request', { errors: [{ pointer: '/expirationDate', detail, rule: 'date' }] });
}

function answerOf(token: InitialToken, clients: string[]): Answer {
  const { approval, signed, redirectSchemes, redirectHosts } = token.conditions;
  const { id, label, uses, usesLeft, expiresAt, createdAt, createdBy, lastUsedAt } = token;
  return {
    id,
    label,
    uses,
    usesLeft,
    ...(expiresAt !== null && { expirationDate: expiresAt.slice(0, 19) }),
    scopes: token.scopes.map((inum) => dnOf('scopes', inum)),
    ...(approval !== undefined && { approval }),
    ...(signed !== undefined && { signed }),
    ...(redirectSchemes && { redirectSchemes: [...redirectSchemes] }),
    ...(redirectHosts && { redirectHosts: [...redirectHosts] }),
    creationDate: createdAt.slice(0, 19),
    createdBy,
    ...(lastUsedAt !== null && { lastUsed: lastUsedAt.slice(0, 19) }),
    clients,
  };
}
