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
  const sections = Object.entries(SECTIONS).map(([section, title]) => {
    const rows = properties.filter((property) => property.section === section).map(rowOf);
    return `## ${title}\n\n| Property | Registration name | Type | Absent means | Set by | What it does |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [
    '# Client properties',
    'Every property of a client, by the sections of the administration tools. This page is generated from the contract.',
    ...sections,
  ].join('\n\n');
}

function rowOf(property: ClientProperty): string {
  const cells = [
    code(property.path),
    property.dcr === undefined ? '' : [property.dcr.name, ...(property.dcr.also ?? [])].map(code).join(', '),
    property.values === undefined ? property.type : `${property.type}: ${property.values.map(code).join(', ')}`,
    property.default === undefined ? '' : code(JSON.stringify(property.default)),
    SETTERS[property.setBy],
    property.description.replace(/\s+/g, ' '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const code = (text: string): string => `\`${text}\``;
