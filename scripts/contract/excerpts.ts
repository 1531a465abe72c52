import { extname } from 'node:path';

const PLACE = /(<!-- excerpt: (\S+) (\S+) -->\n)[^]*?(?=<!-- \/excerpt -->)/g;
// Shell excerpts are not marked as commands, which a test would run.
const LANGUAGES: Readonly<Record<string, string>> = { '.ts': 'ts', '.py': 'python', '.sh': 'shell' };

/**
 * The page with a part of a program between each `<!-- excerpt: file region -->` and `<!-- /excerpt -->`: the lines
 * between `region: name` and `endregion`, which are comments of the program. `read` returns the text of a file.
 */
export function withExcerpts(page: string, read: (file: string) => string): string {
  return page.replace(PLACE, (_place: string, opening: string, file: string, region: string) => {
    const fence = `\`\`\`${LANGUAGES[extname(file)] ?? ''}\n${regionOf(read(file), file, region)}\n\`\`\``;
    return `${opening}\n<!-- prettier-ignore -->\n${fence}\n\n`;
  });
}

function regionOf(text: string, file: string, region: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\s*(//|#) region: ${region}$`).test(line));
  const length = lines.slice(start).findIndex((line) => /^\s*(\/\/|#) endregion$/.test(line));
  if (start === -1 || length === -1) throw new Error(`${file} has no region ${region}`);
  const part = lines.slice(start + 1, start + length);
  const indents = part.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  return part
    .map((line) => line.slice(Math.min(...indents)))
    .join('\n')
    .trim();
}
