import type { Contract } from '../../contract/contract.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { at } from '../../output/entry.ts';
import type { Calls, Version } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import { asEntry } from '../../resource/reply.ts';
import type { Service } from '../../resource/service.ts';
import type { Naming } from '../../transfer/document.ts';
import { readNaming } from '../../transfer/naming.ts';
import type { Call, FromFile, Stored } from '../state/call.ts';
import type { Kind } from '../state/kind.ts';
import { choicesFor } from './choices.ts';
import type { Files } from './files.ts';
import { Past } from './past.ts';
import { undoing } from './undoing.ts';
import { versionShown } from './shown.ts';

/** Does what the state asks for, with the calls of the service. */
export class Asker {
  private naming: Promise<Naming> | undefined;
  private filesOnDisk: Promise<Files> | undefined;
  private readonly past: Past;

  constructor(
    private readonly service: Service,
    private readonly contract: Contract,
    private readonly place: { readonly kinds: readonly Kind[]; readonly cwd: string },
  ) {
    this.past = new Past(service, place.kinds);
  }

  /** The answer of a call that is made for a reason, if there is one; throws a `Failure` when there is none. */
  async answer(call: Call, reason: string): Promise<unknown> {
    const of = (noun: string): Calls => this.of(noun, reason);
    switch (call.does) {
      case 'list':
        return of(call.noun).list(call.named);
      case 'read':
        return this.stored(call.noun, await this.found(call.noun, call.id));
      case 'change':
        await of(call.noun).change(call.id, call.patch, { ifMatch: call.etag });
        this.naming = call.noun === 'clients' ? this.naming : undefined;
        return this.stored(call.noun, await this.found(call.noun, call.id));
      case 'create':
        this.naming = call.noun === 'clients' ? this.naming : undefined;
        return of(call.noun).create(call.body);
      case 'validate':
        return of(call.noun).validate(unnamed(call.body, of(call.noun).resource.id));
      case 'remove':
        await of(call.noun).removeExactly(call.id, await versionShown(of(call.noun), call.id, call.shown));
        return true;
      case 'act': {
        const { operation, id, named = [], body, shown } = call;
        const ifMatch = shown && (await versionShown(of(call.noun), id, shown));
        return of(call.noun).actOn(operation, id, { named, body, ifMatch });
      }
      case 'undo':
        return undoing(of(call.noun), call);
      case 'call':
        return asEntry(await of(call.noun).act(call.operation, call));
      case 'page':
        return of(call.noun).page(call.operation, call.named);
      case 'revisions':
        return this.past.revisions(of(call.noun), call);
      case 'write-files':
        return (await this.files()).write(call, (id) => this.found(call.noun, id));
      case 'read-file':
        return this.fromFile(call.noun, call.path);
      case 'reserve-file':
        return (await import('./results.ts')).reserved(this.place.cwd, call.path);
      case 'write-results':
        return (await import('./results.ts')).resultsWritten(this.place.cwd, call, of(call.noun));
      case 'references':
        return choicesFor(this.service, call.refs);
    }
  }

  /** What writes and reads files is loaded when that is wanted. */
  private files(): Promise<Files> {
    return (this.filesOnDisk ??= import('./files.ts').then(
      ({ Files: OnDisk }) => new OnDisk(this.place.cwd, this.contract, () => this.known()),
    ));
  }

  private of(noun: string, reason = ''): Calls {
    const calls = (reason === '' ? this.service : this.service.because(reason)).ofNoun(noun);
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
    const fields = this.place.kinds.find(({ resource }) => resource.noun === noun)?.form.fields ?? [];
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
    const body = await (await this.files()).read(path);
    const id = body[this.of(noun).resource.id];
    const found = typeof id === 'string' ? await this.of(noun).find(id) : undefined;
    return { body, ...(found !== undefined && { stored: await this.stored(noun, found) }) };
  }
}

const unnamed = (body: Entry, id: string): Record<string, unknown> => {
  const { [id]: _own, ...rest } = body;
  return rest;
};
