import type { Api, Reply } from '../connection/api.ts';
import type { Operation } from '../contract/contract.ts';
import type { Resource } from '../contract/resources.ts';
import { CallFailure, usageFailure } from '../failure.ts';
import type { Body, Entry } from './entry.ts';
import { asPage, everyPage, type Page } from './paging.ts';
import { asEntry, asVerdict, type Verdict } from './reply.ts';
import { JSON_PATCH, patchBody, requestFor, type Ask, type Named } from './request.ts';

/** An entry, and the version that it is (ETag). */
export interface Version {
  readonly entry: Entry;
  readonly etag: string | undefined;
}

/**
 * What can be done with the things of one kind. Whatever the service refuses is a `CallFailure`. Where a call is about
 * one of them, the member that people know it by does as well as its id.
 */
export class Calls {
  constructor(
    private readonly api: Api,
    readonly resource: Resource,
  ) {}

  list(named: Named = []): Promise<Page> {
    return this.page(this.operation('list'), named);
  }

  /** Every page of the list, each as it comes. */
  pages(named: Named = []): AsyncGenerator<Page> {
    return this.pagesOf(this.operation('list'), named);
  }

  /** A page of what an operation has many of. */
  async page(operation: Operation, named: Named): Promise<Page> {
    return asPage((await this.send(operation, { named })).body);
  }

  pagesOf(operation: Operation, named: Named): AsyncGenerator<Page> {
    return everyPage(operation, named, (asked) => this.page(operation, asked));
  }

  read(text: string, named: Named = []): Promise<Version> {
    return this.at(text, (id) => this.version(id, named));
  }

  /** The entry with this very id, or undefined where there is none. */
  async find(id: string): Promise<Version | undefined> {
    try {
      return await this.version(id, []);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async create(body: Body): Promise<Entry> {
    return asEntry((await this.send(this.operation('create'), { body })).body);
  }

  /** Puts a whole entry in the place of the one with its id. */
  async replace(body: Body, ifMatch?: string): Promise<Entry> {
    return asEntry((await this.send(this.operation('replace'), { body, ifMatch })).body);
  }

  /** Sets members, takes away those that are null, and leaves the others. */
  change(text: string, changes: Body, ifMatch?: string): Promise<Entry> {
    return this.patched(text, { ...patchBody(this.operation('patch'), changes), ifMatch });
  }

  /** Applies a JSON Patch (RFC 6902), all of it or nothing. */
  patch(text: string, steps: readonly unknown[], ifMatch?: string): Promise<Entry> {
    return this.patched(text, { body: steps, mediaType: JSON_PATCH, ifMatch });
  }

  /** Removes the entry with this very id. */
  async removeExactly(id: string): Promise<void> {
    await this.send(this.operation('delete'), { named: this.named(id) });
  }

  async remove(text: string, { named = [], ifMatch }: Pick<Ask, 'named' | 'ifMatch'> = {}): Promise<void> {
    const operation = this.operation('delete');
    await this.at(text, (id) => this.send(operation, { named: [...this.named(id), ...named], ifMatch }));
  }

  /** Does what else can be done with this one, and returns what is said of it: undefined for nothing. */
  actOn(operation: Operation, text: string, { named = [], ...ask }: Ask = {}): Promise<unknown> {
    return this.at(text, async (id) => {
      const { body } = await this.send(operation, { ...ask, named: [...this.named(id), ...named] });
      return body;
    });
  }

  /** Does what is about none of them in particular. */
  async act(operation: Operation, ask: Ask): Promise<unknown> {
    return (await this.send(operation, ask)).body;
  }

  /** What the service would make of an entry; saves nothing. */
  async validate(body: Body): Promise<Verdict> {
    return asVerdict(await this.act(needed(this.resource.actions.get('validate')), { body }));
  }

  /** The id of what this text names: an id, or the name of one. Text that names nothing comes back. */
  async idOf(text: string): Promise<string> {
    if (this.resource.name === undefined || (await this.find(text)) !== undefined) return text;
    return (await this.idByName(text)) ?? text;
  }

  /**
   * Calls with the text as an id; where nothing has that id, with the id of what is called so. An id goes before a name,
   * so that nobody can slip something else under an id by calling it so.
   */
  private async at<T>(text: string, call: (id: string) => Promise<T>): Promise<T> {
    try {
      return await call(text);
    } catch (error) {
      const id = isMissing(error) ? await this.idByName(text) : undefined;
      if (id === undefined) throw error;
      return call(id);
    }
  }

  private async idByName(text: string): Promise<string | undefined> {
    const { id, name, singular, noun, operations } = this.resource;
    if (name === undefined || operations.get === undefined || operations.list === undefined) return undefined;
    const filter = `${name}=${text.replace(/[\\,]/g, String.raw`\$&`)}`;
    const { entries } = await this.list([['fieldValuePair', filter]]);
    const [found, ...more] = entries.map((entry) => entry[id]).filter((each) => typeof each === 'string');
    if (more.length === 0) return found;
    throw usageFailure(`${entries.length} ${noun} are called ${text}; say the ${id} of a ${singular}`, [
      ...entries.map((entry) => `  ${String(entry[id])}`),
    ]);
  }

  private async version(id: string, named: Named): Promise<Version> {
    const { body, headers } = await this.send(this.operation('get'), { named: [...this.named(id), ...named] });
    return { entry: asEntry(body), etag: headers.get('etag') ?? undefined };
  }

  private async patched(text: string, ask: Ask): Promise<Entry> {
    return asEntry(await this.actOn(this.operation('patch'), text, ask));
  }

  private named(id: string): Named {
    return [[this.resource.id, id]];
  }

  private operation(verb: keyof Resource['operations']): Operation {
    return needed(this.resource.operations[verb]);
  }

  private send(operation: Operation, ask: Ask): Promise<Reply> {
    return this.api.send(requestFor(operation, ask));
  }
}

const isMissing = (error: unknown): error is CallFailure => error instanceof CallFailure && error.status === 404;

function needed(operation: Operation | undefined): Operation {
  if (operation === undefined) throw usageFailure('this service cannot do that');
  return operation;
}
