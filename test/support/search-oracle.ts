import { PROPERTIES, valueOf, type Members } from '../../api/clients/document/client.document.ts';

/** What a search must answer, told over plain documents: the slow and obvious way. */
export interface Filter {
  readonly name: string;
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: string;
}

export interface Question {
  readonly terms: readonly string[];
  readonly filters: readonly Filter[];
  readonly sortBy: string;
  readonly descending: boolean;
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();
const bytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

/** The inums of the clients that match, in order. */
export function answer(clients: readonly Members[], question: Question): string[] {
  return clients
    .filter((client) => containsOne(client, question.terms))
    .filter((client) => question.filters.every((filter) => holds(client, filter)))
    .sort((left, right) => compare(left, right, question))
    .map((client) => client['inum'] as string);
}

function containsOne(client: Members, terms: readonly string[]): boolean {
  const texts = ['displayName', 'description', 'inum'].map((name) => fold((client[name] as string | undefined) ?? ''));
  return terms.length === 0 || terms.some((term) => texts.some((text) => text.includes(fold(term))));
}

function propertyOf(name: string): (typeof PROPERTIES)[number] {
  const property = PROPERTIES.find((candidate) => candidate.path === name);
  if (property === undefined) throw new Error(`no property ${name}`);
  return property;
}

function holds(client: Members, { name, operator, value }: Filter): boolean {
  if (name.endsWith('.host')) {
    const hosts = ((client[name.slice(0, -'.host'.length)] ?? []) as string[]).map(
      (address) => new URL(address).hostname,
    );
    const asked = value && new URL(`https://${value}`).hostname;
    return (operator === '=') === (value === '' ? hosts.every((host) => host === '') : hosts.includes(asked));
  }
  if (name.startsWith('customAttributes.')) {
    const list = (client['customAttributes'] ?? []) as { name: string; values: unknown[] }[];
    const values = list.filter((entry) => entry.name === name.slice(17)).flatMap((entry) => entry.values.map(String));
    const found = value === '' ? values.length === 0 : values.includes(value);
    return (operator === '=') === found;
  }
  const property = propertyOf(name);
  const actual = valueOf(client, property);
  if (property.type === 'string-list' || property.type === 'localized') {
    const values = property.type === 'localized' ? localizedValues(actual) : ((actual ?? []) as string[]);
    const found = value === '' ? values.length === 0 : values.includes(value);
    return (operator === '=') === found;
  }
  if (value === '') return (operator === '=') === (actual === undefined);
  if (actual === undefined) return operator === '!=';
  if (property.type === 'boolean') return (operator === '=') === ((actual === true) === (value === 'true'));
  const order = property.type === 'integer' ? (actual as number) - Number(value) : bytes(actual as string, value);
  const outcomes = {
    '=': order === 0,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  return outcomes[operator];
}

function localizedValues(value: unknown): string[] {
  const { values = {} } = (value ?? {}) as { values?: Record<string, string> };
  return Object.values(values);
}

function compare(left: Members, right: Members, { sortBy, descending }: Question): number {
  const [one, other] = [sortValue(left, sortBy), sortValue(right, sortBy)];
  const byValue =
    one === undefined || other === undefined
      ? Number(one === undefined) - Number(other === undefined)
      : compareValues(one, other);
  const order = byValue === 0 ? bytes(left['inum'] as string, right['inum'] as string) : byValue;
  return descending ? -order : order;
}

function sortValue(client: Members, sortBy: string): string | number | undefined {
  const property = propertyOf(sortBy);
  const value = valueOf(client, property);
  if (value === undefined) return undefined;
  if (sortBy === 'displayName' || sortBy === 'clientName')
    return Array.from(fold(value as string))
      .slice(0, 512)
      .join('');
  return typeof value === 'string' ? Array.from(value).slice(0, 200).join('') : Number(value);
}

const compareValues = (one: string | number, other: string | number): number =>
  typeof one === 'number' ? one - (other as number) : bytes(one, other as string);
