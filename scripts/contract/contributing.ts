import HOUSES from '../../.ci/boundaries.json' with { type: 'json' };

type House = (typeof HOUSES)[number];

const BEGIN = '<!-- houses: from .ci/boundaries.json -->';
const END = '<!-- /houses -->';

/** The page for contributors with its table of folders: what each holds, and what it may import. */
export function withHouses(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`CONTRIBUTING.md has no place for the table: ${BEGIN} … ${END}`);
  const rows = HOUSES.map((house) => [`\`${house.folder}/\``, house.holds, imported(house)]);
  const widths = [0, 1, 2].map((at) => Math.max(...[HEAD, ...rows].map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${page.slice(0, begin)}${BEGIN}\n\n${[line(HEAD), rule, ...rows.map(line)].join('\n')}\n\n${page.slice(end)}`;
}

const HEAD = ['Folder', 'What', 'May import'];

function imported({ imports }: House): string {
  return imports.length === 0 ? 'nothing of ours' : imports.map((folder) => `\`${folder}\``).join(', ');
}
