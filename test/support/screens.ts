import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';

const PAGE = new URL('../../docs/tui.md', import.meta.url);

/** What is another one each time, in the same width: addresses, ids that the service makes, times, and secrets. */
const steady = (screen: string): string =>
  screen
    .replace(/( ?)http:\/\/localhost:\d+/g, (found, blank: string) =>
      'http://localhost:8080'.padStart(found.length + 1 - blank.length).slice(-found.length),
    )
    .replace(/( +)localhost:\d+/g, (found) => 'localhost:8080'.padStart(found.length))
    .replace(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '5b0f7c3e-2f4d-4c1a-9e8b-0d6a7b3c9f12')
    .replace(/[\da-f]{8}-[\da-f]{4}…/g, '5b0f7c3e-2f4d…')
    .replace(/\d{4}-\d\d-\d\d/g, '2026-11-29')
    .replace(/\d\d:\d\d(?=[ ,])/g, '12:00')
    .replace(/(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{43}(?![\w-])/g, 'Zx4uG8sVtY0bq1wKcN7mEoP2hLrJdF6iA3nUyQ9gTvS')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    // Nothing below what there is to see says nothing.
    .replace(/\n{4,}/g, '\n\n')
    .trimEnd();

/** The screen stands on the page as it is; with UPDATE_SCREENS=1 it is put there. */
export function showsScreen(name: string, screen: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const place = new RegExp(`(<!-- screen: ${name} -->\n\n\`\`\`text\n)([\\s\\S]*?)(\n\`\`\`)`);
  const shown = steady(screen);
  if (process.env['UPDATE_SCREENS'] === '1') {
    writeFileSync(
      PAGE,
      page.replace(place, (_, before: string, _old, after: string) => before + shown + after),
    );
  } else expect([name, place.exec(page)?.[2]]).toEqual([name, shown]);
}
