import type { SettingReader } from './setting-reader.ts';

const METHODS = ['open', 'initial-token', 'statement', 'registration', 'admin'] as const;

/** When clients that nobody uses are reported, disabled and removed, in milliseconds. */
export interface UnusedSettings {
  readonly neverUsed: number;
  readonly notSince: number;
  readonly reportedFor: number;
  readonly disabledFor: number;
  /** Which clients that concerns, by how they came in. */
  readonly methods: readonly (typeof METHODS)[number][];
}

/** Reads them; nothing where clients stay. */
export function unusedRules(reader: SettingReader): { readonly unused?: UnusedSettings } {
  const days = daysIn(reader, 'REGISTRATION_UNUSED_DAYS', '');
  const grace = daysIn(reader, 'REGISTRATION_UNUSED_GRACE_DAYS', '7,30');
  const named = reader.list('REGISTRATION_UNUSED_METHODS');
  for (const name of named)
    if (!METHODS.some((method) => method === name))
      reader.mistakes.push(`REGISTRATION_UNUSED_METHODS must hold ${METHODS.join(', ')}, not ${name}`);
  if (days === undefined || grace === undefined) return {};
  const methods = METHODS.filter((method) => (named.length === 0 ? method === 'open' : named.includes(method)));
  return { unused: { neverUsed: days[0], notSince: days[1], reportedFor: grace[0], disabledFor: grace[1], methods } };
}

const DAY = 86_400_000;

/** Two numbers of days, in milliseconds. */
function daysIn(reader: SettingReader, name: string, fallback: string): readonly [number, number] | undefined {
  const text = reader.text(name, fallback);
  const [, first = '', second = ''] = /^([1-9]\d{0,3}),([1-9]\d{0,3})$/.exec(text) ?? [];
  if (first !== '') return [Number(first) * DAY, Number(second) * DAY];
  if (text !== '') reader.mistakes.push(`${name} must be two numbers of days, such as 7,90, not ${text}`);
  return undefined;
}
