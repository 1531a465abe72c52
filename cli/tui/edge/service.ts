import { lookup } from '../../../openapi/lookup.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { at } from '../../output/entry.ts';
import type { Calls, Version } from '../../resource/calls.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Service } from '../../resource/service.ts';
import type { Naming } from '../../transfer/document.ts';
import { readNaming } from '../../transfer/naming.ts';
import type { Call, Choice, Stored } from '../state/call.ts';
import type { Kind } from '../state/kind.ts';

/** Does what the state asks for, with the calls of the service. */
export class Asker {
  private naming: Promise<Naming> | undefined;

  constructor(
    private readonly service: Service,
    private readonly kinds: readonly Kind[],
  ) {}

  /** The answer of a call; throws a `Failure` when there is none. */
  async answer(call: Call): Promise<unknown> {
    switch (call.does) {
      case 'list':
        return this.of(call.noun).list(call.named);
      case 'read':
        return this.stored(call.noun, await this.found(call.noun, call.id));
      case 'change':
        await this.of(call.noun).change(call.id, call.patch, call.etag);
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
    this.naming ??= readNaming(this.service, () => undefined);
    const naming = await this.naming.catch((): Naming => (reference) => reference);
    const base = structuredClone(stored.entry) as Record<string, unknown>;
    for (const { path, refs = '' } of referring) {
      const [member = '', inner] = path.split('.');
      const holder = inner === undefined ? base : (base[member] as Record<string, unknown>);
      holder[inner ?? member] = (at(stored.entry, path) as unknown[]).map((one) => naming(String(one), refs));
    }
    return { stored, base };
  }

  private async choices(refs: string): Promise<Choice[]> {
    const noun = lookup(NOUNS, refs);
    if (noun === undefined) return [];
    const calls = this.of(noun);
    const { name = calls.resource.id } = calls.resource;
    const found: Entry[] = [];
    for await (const { entries } of calls.pages()) found.push(...entries);
    return found.map((entry) => {
      const value = String(entry[name] ?? entry[calls.resource.id]);
      const note = [entry['displayName'], entry['description']].find(
        (text) => typeof text === 'string' && text !== value,
      );
      return { label: value, value, ...(typeof note === 'string' && { note }) };
    });
  }
}

/** Where what is referred to is listed. */
const NOUNS: Readonly<Record<string, string>> = { scope: 'scopes', claim: 'claims' };

const unnamed = (body: Entry, id: string): Record<string, unknown> => {
  const { [id]: _own, ...rest } = body;
  return rest;
};
