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

const PLACE = /(<!-- properties: ([\w-]+) -->\n)[^]*?(?=<!-- \/properties -->)/g;

/**
 * The page with the table of a section between each `<!-- properties: section -->` and `<!-- /properties -->`.
 * Throws when there is no such section.
 */
export function withPropertyTables(page: string, properties: readonly ClientProperty[]): string {
  return page.replace(PLACE, (_place: string, opening: string, section: string) => {
    if (SECTIONS[section] === undefined) throw new Error(`there is no section of properties ${section}`);
    const table = `<!-- prettier-ignore -->\n${tableOf(properties, section)}`;
    return `${opening}\n${table}\n\n`;
  });
}

function tableOf(properties: readonly ClientProperty[], section: string): string {
  const rows = properties.filter((property) => property.section === section).map(rowOf);
  return `| Property | Registration name | Type | Absent means | Set by | What it does |\n|---|---|---|---|---|---|\n${rows.join('\n')}`;
}

function rowOf(property: ClientProperty): string {
  const cells = [
    code(property.path),
    property.dcr === undefined ? '' : code(property.dcr.name),
    property.values === undefined ? property.type : `${property.type}: ${property.values.map(code).join(', ')}`,
    property.default === undefined ? '' : code(JSON.stringify(property.default)),
    SETTERS[property.setBy],
    property.description.replace(/\s+/g, ' '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const code = (text: string): string => `\`${text}\``;
