import type { ClientProperty } from '../../openapi/property.ts';

const SECTIONS: Record<string, string> = {
  basic: 'Basic',
  tokens: 'Tokens',
  logout: 'Logout',
  software: 'Software',
  'ciba-par-uma': 'CIBA, PAR and UMA',
  'encryption-signing': 'Encryption and signing',
  advanced: 'Advanced',
  scripts: 'Scripts',
  localization: 'Localization',
  system: 'System',
};

const SETTERS = { registration: 'registration, administrators', admin: 'administrators', server: 'read-only' };

/** The page `docs/client-properties.md`: one table for each section. */
export function propertyDocs(properties: readonly ClientProperty[]): string {
  const sections = Object.entries(SECTIONS).map(
    ([section, title]) => `## ${title}\n\n${tableOf(properties, section)}\n`,
  );
  return [
    '# Client properties',
    'Every property of a client, by the sections of the administration tools. This page is generated from the contract.',
    ...sections,
  ].join('\n\n');
}

const PLACE = /(<!-- properties: (.+?) -->\n)[^]*?(?=<!-- \/properties -->)/g;

/**
 * The page with a table between each `<!-- properties: … -->` and `<!-- /properties -->`. In place of the dots stand the
 * name of a section; or, for a short table of what another section explains in full, `of` and the paths of properties,
 * `read-only`, or `scripts-by-type`. Throws when there is no such thing.
 */
export function withPropertyTables(page: string, properties: readonly ClientProperty[]): string {
  return page.replace(PLACE, (_place: string, opening: string, what: string) => {
    const table = `<!-- prettier-ignore -->\n${chosenTable(properties, what)}`;
    return `${opening}\n${table}\n\n`;
  });
}

function chosenTable(properties: readonly ClientProperty[], what: string): string {
  if (SECTIONS[what] !== undefined) return tableOf(properties, what);
  if (what === 'read-only') return tableIn(SHORT, properties.filter(isReadOnly));
  if (what === 'scripts-by-type') return tableIn(SCRIPTS, properties.filter(namesScripts));
  if (!what.startsWith('of ')) throw new Error(`there is no section of properties ${what}`);
  const chosen = what.slice('of '.length).split(', ');
  return tableIn(
    SHORT,
    chosen.map((path) => {
      const property = properties.find((candidate) => candidate.path === path);
      if (property === undefined) throw new Error(`there is no property ${path}`);
      return property;
    }),
  );
}

const isReadOnly = ({ setBy }: ClientProperty): boolean => setBy === 'server';
const SCRIPT = 'script:';
const namesScripts = ({ refs }: ClientProperty): boolean => refs?.startsWith(SCRIPT) === true;

type Column = readonly [head: string, cell: (property: ClientProperty) => string];

const PROPERTY: Column = ['Property', ({ path }) => code(path)];
const REGISTRATION_NAME: Column = [
  'Registration name',
  ({ dcr }) => (dcr === undefined ? '' : [dcr.name, ...(dcr.also ?? [])].map(code).join(', ')),
];
const TYPE: Column = [
  'Type',
  ({ type, values }) => (values === undefined ? type : `${type}: ${values.map(code).join(', ')}`),
];
const ABSENT: Column = [
  'Absent means',
  (property) => (property.default === undefined ? '' : code(JSON.stringify(property.default))),
];
const SET_BY: Column = ['Set by', ({ setBy }) => SETTERS[setBy]];
const MEANING: Column = ['What it does', ({ description }) => description];
const SUMMARY: Column = ['What it does', ({ description }) => /^[^]*?\.(?=\s|$)/.exec(description)?.[0] ?? description];
const SCRIPT_TYPE: Column = ['Type of the scripts', ({ refs = '' }) => code(refs.slice(SCRIPT.length))];

const FULL = [PROPERTY, REGISTRATION_NAME, TYPE, ABSENT, SET_BY, MEANING];
const SHORT = [PROPERTY, REGISTRATION_NAME, TYPE, ABSENT, SET_BY, SUMMARY];
const SCRIPTS = [PROPERTY, REGISTRATION_NAME, SCRIPT_TYPE, SET_BY, SUMMARY];

const tableOf = (properties: readonly ClientProperty[], section: string): string =>
  tableIn(
    FULL,
    properties.filter((property) => property.section === section),
  );

function tableIn(columns: readonly Column[], properties: readonly ClientProperty[]): string {
  const lines = properties.map((property) => columns.map(([, cell]) => cell(property).replace(/\s+/g, ' ')));
  const escaped = lines.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  return [columns.map(([head]) => head), ...escaped]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .toSpliced(1, 0, `|${'---|'.repeat(columns.length)}`)
    .join('\n');
}

const code = (text: string): string => `\`${text}\``;
