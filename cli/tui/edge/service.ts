import { lookup } from '../../../openapi/lookup.ts';
import type { Contract } from '../../contract/contract.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { at, cellOf } from '../../output/entry.ts';
import type { Calls, Version } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Named } from '../../resource/request.ts';
import type { Service } from '../../resource/service.ts';
import type { Naming } from '../../transfer/document.ts';
import { readNaming } from '../../transfer/naming.ts';
import type { Call, Choice, FromFile, Revision, Stored } from '../state/call.ts';
import type { Kind } from '../state/kind.ts';
import { Files } from './files.ts';

/** Does what the state asks for, with the calls of the service. */
export class Asker {
  private readonly kinds: readonly Kind[];
  private naming: Promise<Naming> | undefined;

  private readonly names = new Map<string, string>();
  private readonly files: Files;

  constructor(
    private readonly service: Service,
    private readonly contract: Contract,
    { kinds, cwd }: { kinds: readonly Kind[]; cwd: string },
  ) {
    this.kinds = kinds;
    this.files = new Files(cwd, contract, () => this.known());
  }

  /** The answer of a call; throws a `Failure` when there is none. */
  async answer(call: Call): Promise<unknown> {
    switch (call.does) {
      case 'list':
        return this.of(call.noun).list(call.named);
      case 'read':
        return this.stored(call.noun, await this.found(call.noun, call.id));
      case 'change':
        await this.of(call.noun).change(call.id, call.patch, { ifMatch: call.etag });
        this.naming = call.noun === 'clients' ? this.naming : undefined;
        return this.stored(call.noun, await this.found(call.noun, call.id));
      case 'create':
        this.naming = call.noun === 'clients' ? this.naming : undefined;
        return this.of(call.noun).create(call.body);
      case 'validate':
        return this.of(call.noun).validate(unnamed(call.body, this.of(call.noun).resource.id));
      case 'remove':
        await this.of(call.noun).removeExactly(call.id);
        return true;
      case 'act':
        return this.of(call.noun).actOn(call.operation, call.id, { named: call.named ?? [], body: call.body });
      case 'page':
        return this.of(call.noun).page(call.operation, call.named);
      case 'revisions':
        return this.revisions(call);
      case 'write-files':
        return this.files.write(call, (id) => this.found(call.noun, id));
      case 'read-file':
        return this.fromFile(call.noun, call.path);
      case 'references':
        return this.choices(call.refs);
    }
  }

  private of(noun: string): Calls {
    const calls = this.service.ofNoun(noun);
    if (calls === undefined) throw usageFailure(`this service has no ${noun}`);
    return calls;
  }

  private async found(noun: string, id: string): Promise<Version> {
    const found = await this.of(noun).find(id);
    if (found === undefined) throw new Failure(EXIT.refused, `${id} is not there any more`);
    return found;
  }

  /** With references by name, as the form shows them. */
  private async stored(noun: string, stored: Version): Promise<Stored> {
    const fields = this.kinds.find(({ resource }) => resource.noun === noun)?.form.fields ?? [];
    const referring = fields.filter(({ refs, path }) => refs !== undefined && Array.isArray(at(stored.entry, path)));
    if (referring.length === 0) return { stored, base: stored.entry };
    const naming = await this.known();
    const base = structuredClone(stored.entry) as Record<string, unknown>;
    for (const { path, refs = '' } of referring) {
      const [member = '', inner] = path.split('.');
      const holder = inner === undefined ? base : (base[member] as Record<string, unknown>);
      holder[inner ?? member] = (at(stored.entry, path) as unknown[]).map((one) => naming(String(one), refs));
    }
    return { stored, base };
  }

  /** The names of what is referred to; where they cannot be read, references stay as they are. */
  private known(): Promise<Naming> {
    this.naming ??= readNaming(this.service, () => undefined);
    return this.naming.catch((): Naming => (reference) => reference);
  }

  private async fromFile(noun: string, path: string): Promise<FromFile> {
    const body = await this.files.read(path);
    const id = body[this.of(noun).resource.id];
    const found = typeof id === 'string' ? await this.of(noun).find(id) : undefined;
    return { body, ...(found !== undefined && { stored: await this.stored(noun, found) }) };
  }

  private async revisions({ noun, id, operation, log }: Extract<Call, { does: 'revisions' }>): Promise<Revision[]> {
    const calls = this.of(noun);
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
    for (const { revision, at: when, by, removed, reason, requestId } of entries) {
      const names = requestId === undefined ? undefined : changed.get(requestId);
      revisions.push({
        number: Number(revision),
        at: cellOf(when, ''),
        who: await this.who(by),
        what: removed === true ? 'removed' : this.membersIn(noun, names),
        isRemoved: removed === true,
        ...(typeof reason === 'string' && { reason }),
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

  private async choices(refs: string): Promise<Choice[]> {
    const [kind = '', type] = refs.split(':');
    const noun = lookup(NOUNS, kind);
    const calls = noun === undefined ? undefined : this.service.ofNoun(noun);
    if (calls === undefined) return [];
    const { id, name = id } = calls.resource;
    const found: Entry[] = [];
    for await (const { entries } of calls.pages()) found.push(...entries);
    const fitting = found.filter(({ scriptType }) => type === undefined || scriptType === type);
    return fitting.map((entry) => {
      const label = cellOf(entry[name] ?? entry[id], '');
      // Scripts are written by their DN, scopes and claims by name as well.
      const value = type === undefined ? label : cellOf(entry['dn'], '');
      const note = [entry['displayName'], entry['description']].find(
        (text) => typeof text === 'string' && text !== label,
      );
      return { label, value, ...(typeof note === 'string' && { note }) };
    });
  }
}

/** So many different callers are asked for their names. */
const MOST_NAMES = 20;

/** Where what is referred to is listed. */
const NOUNS: Readonly<Record<string, string>> = { scope: 'scopes', claim: 'claims', script: 'scripts' };

const unnamed = (body: Entry, id: string): Record<string, unknown> => {
  const { [id]: _own, ...rest } = body;
  return rest;
};
