import { lookup } from '../../../openapi/lookup.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Service } from '../../resource/service.ts';
import { isShownOnce } from '../../output/printer.ts';
import { withoutDefaults, withoutPlain } from '../../transfer/document.ts';
import type { ResourceKit } from '../resource/kit.ts';

/** What follows from the id, and is of use to programs only. */
const TECHNICAL = new Set(['dn', 'baseDn']);
/** So many names are asked for one by one; for more of them the list is read, a page of it. */
const FEW = 5;

/**
 * Entries as people read them: scopes and claims by name, in a card without what another line says already, and without
 * what is at its default.
 */
export class Readable {
  private readonly names = new Map<string, string>();
  private readonly listed = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly kit: ResourceKit,
    private readonly service: Service,
  ) {}

  /** Prints an entry. Nothing is asked for before a secret is out, which nobody could have again. */
  async print(entry: Entry): Promise<void> {
    const { printer } = this.context;
    const hasSecret = Object.keys(entry).some(isShownOnce);
    const [named = entry] = printer.isTable && !hasSecret ? await this.named([entry], printer.isCard) : [];
    await printer.one(printer.isCard ? this.shortened(named) : named, this.kit.shape);
  }

  /** Pages with names, where a table has columns for them. */
  async *pages(pages: AsyncIterable<readonly Entry[]>): AsyncGenerator<readonly Entry[]> {
    for await (const entries of pages) yield this.context.printer.isTable ? await this.named(entries, false) : entries;
  }

  private async named(entries: readonly Entry[], isWhole: boolean): Promise<Entry[]> {
    const { printer } = this.context;
    const isList = ([name, value]: [string, unknown]): boolean =>
      Array.isArray(value) && (isWhole || printer.hasColumn(name, this.kit.shape));
    const values = entries.flatMap((entry) =>
      Object.entries(entry)
        .filter(isList)
        .flatMap(([, value]) => value),
    );
    const unknown = new Map<string, Set<string>>();
    for (const reference of values.flatMap((value) => referenceIn(value) ?? [])) {
      if (this.names.has(reference.dn)) continue;
      unknown.set(reference.noun, (unknown.get(reference.noun) ?? new Set()).add(reference.inum));
    }
    for (const [noun, inums] of unknown) await this.learn(noun, [...inums]);
    const nameOf = (value: unknown): unknown => this.names.get(String(value)) ?? value;
    return entries.map((entry) =>
      Object.fromEntries(
        Object.entries(entry).map(([name, value]) => [name, Array.isArray(value) ? value.map(nameOf) : value]),
      ),
    );
  }

  /** Asks for names. Whoever may not read them, or cannot now, sees the references as they are. */
  private async learn(noun: string, inums: readonly string[]): Promise<void> {
    const calls = this.service.ofNoun(noun);
    const { name: member } = calls?.resource ?? {};
    if (calls === undefined || member === undefined) return;
    const found: Entry[] = [];
    try {
      if (inums.length <= FEW) {
        const versions = await Promise.all(inums.map((inum) => calls.find(inum)));
        found.push(...versions.flatMap((version) => (version === undefined ? [] : [version.entry])));
      } else if (!this.listed.has(noun)) {
        this.listed.add(noun);
        found.push(...(await calls.list([['limit', '200']])).entries);
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
    for (const { dn, [member]: name } of found) {
      if (typeof dn === 'string' && typeof name === 'string') this.names.set(dn, name);
    }
  }

  private shortened(entry: Entry): Entry {
    const fields = new Map(this.kit.fields.map((field) => [field.path, field]));
    return Object.fromEntries(
      Object.entries(withoutDefaults(entry, this.kit.fields)).flatMap(([name, value]): [string, unknown][] => {
        const { aliasOf, kind } = fields.get(name) ?? {};
        if (TECHNICAL.has(name)) return [];
        if (aliasOf === undefined) return [[name, value]];
        const rest = kind === 'localized' ? withoutPlain(value, entry[aliasOf]) : value;
        return rest === undefined || rest === entry[aliasOf] ? [] : [[name, rest]];
      }),
    );
  }
}

/** By the branch of the directory that a reference leads to. */
const NOUNS: Readonly<Record<string, string>> = { scopes: 'scopes', attributes: 'claims' };

function referenceIn(value: unknown): { dn: string; noun: string; inum: string } | undefined {
  const [dn, inum = '', branch = ''] = /^inum=([^,]+),ou=(\w+),o=jans$/.exec(String(value)) ?? [];
  const noun = lookup(NOUNS, branch);
  return dn === undefined || noun === undefined ? undefined : { dn, noun, inum };
}
