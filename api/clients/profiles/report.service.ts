import { lookup } from '../../../openapi/lookup.ts';
import type { Cursors } from '../../search/cursor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import { Problem } from '../../shared/problem.ts';
import type { ClientStores } from '../client.stores.ts';
import type { StoredClient } from '../client.store.ts';
import type { ClientDocument } from '../document/client.document.ts';
import type { Requirement } from './check.ts';
import { countedNow } from './counting.ts';
import type { Judged } from './finding.store.ts';
import { isBroken, placesOf, sentenceOf } from './judgement.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { failing, type Tally } from './tally.ts';

export interface ReportNeeds {
  readonly work: Pick<UnitOfWork<ClientStores>, 'browse'>;
  readonly clock: Clock;
  readonly cursors: Cursors;
}

export interface ReportRequest {
  readonly profile: ProfileName;
  /** With it, a page of the clients that break it. */
  readonly rule?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

type Report = Schemas['ClientReport'];

/** Signatures that are looked at together, and how often a page goes on to more of them. */
const [SIGNATURES, TURNS] = [500, 20];

/**
 * What the clients break of a profile, worst first. Throws `invalid-request` for a rule that the profile does not have and
 * for a cursor that cannot be understood.
 */
export function clientReport({ work, clock, cursors }: ReportNeeds, request: ReportRequest): Promise<Report> {
  const { profile, rule, limit } = request;
  const { title, requirements } = PROFILES[profile];
  const wanted = rule === undefined ? undefined : requirementOf(profile, rule);
  const after = placeOf(cursors, request);
  return work.browse(async (stores) => {
    const { tally, asOf, isComplete } = await countedNow(stores, clock);
    const [clients, enabled] = lookup(tally, failing(profile)) ?? [0, 0];
    const rows = (wanted === undefined ? requirements : [wanted]).map((row) => rowOf(row, tally));
    const page = wanted && (await pageOf(stores, wanted, after, limit));
    return {
      ...{ profile, title, asOf: asOf.slice(0, 19), complete: isComplete },
      ...{ clients: await stores.clients.count(), failing: clients, failingEnabled: enabled },
      rules: rows.sort(worstFirst),
      ...(page && { entries: await entriesOf(stores, page.found, wanted) }),
      ...(page?.last && { nextCursor: cursors.encode(bindingOf(request), positionOf(page.last)) }),
    };
  });
}

const bindingOf = ({ profile, rule = '' }: ReportRequest): string => `report ${profile} ${rule}`;
const positionOf = ({ signature, inum }: Judged) => ({ value: signature, id: inum });

function placeOf(cursors: Cursors, request: ReportRequest): Judged {
  if (request.cursor === undefined) return { signature: '', inum: '' };
  const { value, id } = cursors.decode(bindingOf(request), request.cursor);
  return { signature: String(value), inum: id };
}

function requirementOf(profile: ProfileName, rule: string): Requirement {
  const { requirements } = PROFILES[profile];
  const found = requirements.find(({ check }) => check.rule.id === rule);
  if (found !== undefined) return found;
  const detail = `${profile} has no rule ${rule}, but ${requirements.map(({ check }) => check.rule.id).join(', ')}`;
  throw new Problem('invalid-request', { errors: [{ parameter: 'query:rule', detail }] });
}

function rowOf(requirement: Requirement, tally: Tally): Report['rules'][number] {
  const { check, severity, reference } = requirement;
  const { rule, remedy, impact } = check;
  const [clients, enabled] = lookup(tally, rule.id) ?? [0, 0];
  const detail = sentenceOf(requirement);
  return {
    rule: rule.id,
    severity,
    reference,
    properties: [...rule.properties],
    detail,
    remedy,
    impact,
    clients,
    enabled,
  };
}

const worstFirst = (one: Report['rules'][number], other: Report['rules'][number]): number =>
  Number(other.clients > 0) - Number(one.clients > 0) ||
  one.severity.localeCompare(other.severity) ||
  other.clients - one.clients;

interface Page {
  readonly found: readonly Judged[];
  /** Where to go on, when there may be more. */
  readonly last?: Judged;
}

/** The next clients that break a requirement; those that can be used come before those that are disabled. */
async function pageOf({ findings }: ClientStores, wanted: Requirement, after: Judged, limit: number): Promise<Page> {
  const found: Judged[] = [];
  let place = after;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const signatures = await findings.signatures(place.signature, SIGNATURES);
    for (const signature of signatures.filter((one) => isBroken(one, wanted))) {
      const from = signature === place.signature ? place.inum : '';
      const inums = await findings.clients(signature, from, limit - found.length);
      found.push(...inums.map((inum) => ({ signature, inum })));
      const last = found.at(-1);
      if (found.length >= limit) return { found, ...(last && { last }) };
    }
    const end = signatures.at(-1);
    if (end === undefined || signatures.length < SIGNATURES) return { found };
    // Right after it: every letter of a signature sorts after this mark.
    place = { signature: `${end}!`, inum: '' };
  }
  return { found, last: place };
}

async function entriesOf(
  { clients }: ClientStores,
  found: readonly Judged[],
  wanted: Requirement,
): Promise<NonNullable<Report['entries']>> {
  const stored = await clients.byIds(found.map(({ inum }) => inum));
  return stored.map((client) => entryOf(client, wanted));
}

function entryOf(
  { inum, text, lastAccessTime }: StoredClient,
  wanted: Requirement,
): NonNullable<Report['entries']>[number] {
  const document = JSON.parse(text) as ClientDocument;
  const { clientName, disabled } = document;
  return {
    ...{ inum, disabled, findings: placesOf(document, wanted).slice(0, MOST_PLACES) },
    ...(clientName !== undefined && { clientName }),
    ...(lastAccessTime !== undefined && { lastAccessTime: lastAccessTime.slice(0, 19) }),
  };
}

const MOST_PLACES = 20;
