import { cellOf } from '../../output/entry.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Named } from '../../resource/request.ts';
import type { Service } from '../../resource/service.ts';
import type { Call, Revision } from '../state/call.ts';
import type { Kind } from '../state/kind.ts';

/** Tells who wrote an entry, when, and what, by the names that people have for all of them. */
export class Past {
  private readonly names = new Map<string, string>();

  constructor(
    private readonly service: Service,
    private readonly kinds: readonly Kind[],
  ) {}

  /** The revisions of an entry, the newest first. */
  async revisions(
    calls: Calls,
    { noun, id, operation, log }: Extract<Call, { does: 'revisions' }>,
  ): Promise<Revision[]> {
    const named: Named = [
      [calls.resource.id, id],
      ['limit', '200'],
    ];
    const [{ entries }, changes] = await Promise.all([
      calls.page(operation, named),
      log === undefined ? [] : calls.page(log, named).then((page) => page.entries),
    ]);
    const changed = new Map(changes.map((change) => [change['requestId'], change['changed']]));
    const revisions: Revision[] = [];
    const moments = new Map(entries.map(({ revision, at: when }) => [revision, cellOf(when, '')]));
    for (const { revision, at: when, by, removed, reason, requestId, restoredFrom } of entries) {
      const names = requestId === undefined ? undefined : changed.get(requestId);
      revisions.push({
        number: Number(revision),
        at: cellOf(when, ''),
        who: await this.who(by),
        what: removed === true ? 'removed' : this.membersIn(noun, names),
        isRemoved: removed === true,
        ...restoredIn(restoredFrom, moments),
        ...(typeof reason === 'string' && { reason }),
        ...(typeof requestId === 'string' && { requestId }),
      });
    }
    return revisions;
  }

  /** The members that somebody has written, by the names that the form has for them. */
  private membersIn(noun: string, names: unknown): string {
    const fields = this.kinds.find(({ resource }) => resource.noun === noun)?.form.fields ?? [];
    const list = Array.isArray(names) ? names : [];
    const own = fields.filter(
      ({ path, aliasOf, control }) => list.includes(path) && aliasOf === undefined && control !== 'read-only',
    );
    return own.length === 0 ? 'written' : own.map(({ label }) => label).join(', ');
  }

  /** Who wrote it, by name where it has one that can be read; so many are asked for. */
  private async who(by: unknown): Promise<string> {
    const { id, name, kind } = { ...(by as { id?: unknown; name?: unknown; kind?: unknown } | null) };
    if (typeof name === 'string') return name;
    if (typeof id !== 'string') return 'unknown';
    if (kind !== 'client') return id;
    const known = this.names.get(id);
    if (known !== undefined || this.names.size >= MOST_NAMES) return known ?? id;
    const client = await this.service
      .ofNoun('clients')
      ?.find(id)
      .catch(() => undefined);
    const found = client?.entry['clientName'];
    this.names.set(id, typeof found === 'string' && found !== '' ? found : id);
    return this.who(by);
  }
}

/** What a revision has restored: what it was at some moment, or one that was removed. */
function restoredIn(from: unknown, moments: ReadonlyMap<unknown, string>): { readonly restored?: string } {
  if (typeof from !== 'object' || from === null) return {};
  const { revision, inum } = from as { revision?: unknown; inum?: unknown };
  if (revision === undefined) return { restored: `restored, removed as ${cellOf(inum, '')}` };
  const moment = moments.get(revision)?.slice(0, 16).replace('T', ' ');
  return { restored: `restored, as of ${moment ?? `revision ${cellOf(revision, '')}`}` };
}

/** So many different callers are asked for their names. */
const MOST_NAMES = 20;
