import { lookup } from '../../../openapi/lookup.ts';
import type { Cursors } from '../../search/cursor.ts';
import { timestamp } from '../../shared/clock.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import { Problem } from '../../shared/problem.ts';
import type { ClientStores } from '../client.stores.ts';
import type { StoredClient } from '../client.store.ts';
import type { ClientDocument } from '../document/client.document.ts';
import type { Requirement } from './check.ts';
import { countedNow, isAllJudged, type Counted } from './counting.ts';
import type { Judged } from './finding.store.ts';
import { foundFindings, type FoundNeeds } from './found-clients.ts';
import { isBroken, placesOf, sentenceOf } from './judgement.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { failing, type Tally } from './tally.ts';

export type ReportNeeds = FoundNeeds;

export interface ReportRequest {
  readonly profile: ProfileName;
  /** With it, a page of the clients that break it. */
  readonly rule?: string | undefined;
  /** Only the clients that it finds are told of. */
  readonly filter?: string | undefined;
  readonly caller: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

type Report = Schemas['ClientReport'];

/** Signatures that are looked at together, and how often a page goes on to more of them. */
const [SIGNATURES, TURNS] = [50, 20];

/**
 * What the clients break of a profile, worst first. Throws `invalid-request` for a rule that the profile does not have and
 * for a cursor that cannot be understood.
 */
export async function clientReport(needs: ReportNeeds, request: ReportRequest): Promise<Report> {
  const { work, cursors } = needs;
  const { profile, rule, filter = '' } = request;
  const wanted = rule === undefined ? undefined : requirementOf(profile, rule);
  const asked = { ...request, wanted, after: placeOf(cursors, request) };
  const isOfAll = filter.trim() === '';
  const { tally, asOf, isComplete, clients, page } = isOfAll
    ? await work.browse((stores) => ofAll(stores, needs, asked))
    : await ofFound(needs, { ...asked, filter });
  const { title, requirements } = PROFILES[profile];
  const [failed, enabled] = lookup(tally, failing(profile)) ?? [0, 0];
  const rows = (wanted === undefined ? requirements : [wanted]).map((row) => rowOf(row, tally));
  const entries = page && wanted && (await work.browse((stores) => entriesOf(stores, page.found, wanted)));
  return {
    ...{ profile, title, asOf: asOf.slice(0, 19), complete: isComplete },
    ...{ clients, failing: failed, failingEnabled: enabled },
    rules: rows.sort(worstFirst),
    ...(entries && { entries }),
    ...(page?.last && { nextCursor: cursors.encode(bindingOf(request), positionOf(page.last)) }),
  };
}

interface Asked extends ReportRequest {
  readonly wanted: Requirement | undefined;
  readonly after: Judged;
}

/** The numbers of a report, and with a rule a page of the clients that break it. */
interface Numbers extends Counted {
  readonly clients: number;
  readonly page?: Page | undefined;
}

async function ofAll(stores: ClientStores, { clock }: ReportNeeds, { wanted, after, limit }: Asked): Promise<Numbers> {
  const page = wanted && (await pageOf(stores, wanted, after, limit));
  return { ...(await countedNow(stores, clock)), clients: await stores.clients.count(), page };
}

/** Of the clients that a filter finds nothing is kept: they are counted now, within a time. */
async function ofFound(needs: ReportNeeds, asked: Asked & { readonly filter: string }): Promise<Numbers> {
  const { work, clock } = needs;
  const { filter, caller, wanted, after, limit } = asked;
  const isComplete = await work.browse(isAllJudged);
  const { clients, tally, found } = await foundFindings(needs, { filter, caller, wanted, after: after.inum, limit });
  const last = found.length < limit ? undefined : found.at(-1);
  return { asOf: timestamp(clock.now()), isComplete, clients, tally, page: wanted && { found, ...(last && { last }) } };
}

const bindingOf = ({ profile, rule = '', filter = '' }: ReportRequest): string => `report ${profile} ${rule} ${filter}`;
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
