import type { Api } from '../connection/api.ts';
import type { Reply } from '../connection/exchange.ts';
import type { Operation } from '../contract/contract.ts';
import type { Resource } from '../contract/resources.ts';
import { CallFailure, EXIT, Failure, usageFailure } from '../failure.ts';
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
 * one of them, the member that people know it by does as well as its id; where several may have the same name, only to
 * read: strangers choose theirs, and nobody is to change theirs in the place of one that is gone.
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
    return this.at(text, 'read', (id) => this.version(id, named));
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
  change(text: string, changes: Body, more: Pick<Ask, 'named' | 'ifMatch'> = {}): Promise<Entry> {
    return this.patched(text, { ...patchBody(this.operation('patch'), changes), ...more });
  }

  /** Applies a JSON Patch (RFC 6902), all of it or nothing. */
  patch(text: string, steps: readonly unknown[], more: Pick<Ask, 'named' | 'ifMatch'> = {}): Promise<Entry> {
    return this.patched(text, { body: steps, mediaType: JSON_PATCH, ...more });
  }

  /** Removes the entry with this very id. */
  async removeExactly(id: string, ifMatch?: string): Promise<void> {
    await this.send(this.operation('delete'), { named: this.named(id), ifMatch });
  }

  async remove(text: string, { named = [], ifMatch }: Pick<Ask, 'named' | 'ifMatch'> = {}): Promise<void> {
    const operation = this.operation('delete');
    await this.at(text, 'write', (id) => this.send(operation, { named: [...this.named(id), ...named], ifMatch }));
  }

  /** Does what else can be done with this one, and returns what is said of it: undefined for nothing. */
  actOn(operation: Operation, text: string, { named = [], ...ask }: Ask = {}): Promise<unknown> {
    return this.at(text, operation.method === 'GET' ? 'read' : 'write', async (id) => {
      const { body } = await this.send(operation, { ...ask, named: [...this.named(id), ...named] });
      return body;
    });
  }

  /** Does what is about none of them in particular. */
  async act(operation: Operation, ask: Ask): Promise<unknown> {
    return (await this.send(operation, ask)).body;
  }

  /** What the service would make of an entry; saves nothing. */
  async validate(body: Body, named: Named = []): Promise<Verdict> {
    return asVerdict(await this.act(needed(this.resource.actions.get('validate')), { body, named }));
  }

  /** The id of what this text names to an operation that has pages about one. */
  idFor(operation: Operation, text: string): Promise<string> {
    return this.at(text, 'read', async (id) => {
      await this.page(operation, [...this.named(id), ['limit', '1']]);
      return id;
    });
  }

  /**
   * Calls with the text as an id; where nothing has that id, with the id of what is called so. An id goes before a name,
   * so that nobody can slip something else under an id by calling it so.
   */
  private async at<T>(text: string, what: 'read' | 'write', call: (id: string) => Promise<T>): Promise<T> {
    try {
      return await call(text);
    } catch (error) {
      const mayBeName = isMissing(error) || !this.canBeId(text);
      const id = mayBeName ? await this.idByName(text, what) : undefined;
      if (id !== undefined) return call(id);
      const { name, singular } = this.resource;
      if (name === undefined || this.canBeId(text)) throw error;
      throw new Failure(EXIT.refused, `no ${singular} has the ${this.resource.id} or the ${name} ${text}`);
    }
  }

  /** Whether the contract has no word against the text as an id. */
  private canBeId(text: string): boolean {
    const place = this.resource.operations.get?.parameters.find(({ name }) => name === this.resource.id);
    return new RegExp(place?.schema.pattern ?? '').test(text);
  }

  private async idByName(text: string, what: 'read' | 'write'): Promise<string | undefined> {
    const { id, name, sharesNames, operations } = this.resource;
    if (name === undefined || operations.get === undefined || operations.list === undefined) return undefined;
    const found = await this.called(text, name);
    const [first, ...more] = found;
    if (first === undefined || (more.length === 0 && (what === 'read' || sharesNames !== true))) return first;
    const { noun, singular } = this.resource;
    const candidates = found.map((each) => `  ${each}`);
    if (more.length > 0) throw usageFailure(`several ${noun} are called ${text}; say the ${id} of one`, candidates);
    throw usageFailure(`no ${singular} has the ${id} ${text}; say the ${id} of the one that is called so`, candidates);
  }

  /** The ids of what is called so; none where that cannot be asked. */
  private async called(text: string, name: string): Promise<string[]> {
    const filter = `${name}=${text.replace(/[\\,]/g, String.raw`\$&`)}`;
    try {
      const { entries } = await this.list([['fieldValuePair', filter]]);
      return entries.map((entry) => entry[this.resource.id]).filter((each) => typeof each === 'string');
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      return [];
    }
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
