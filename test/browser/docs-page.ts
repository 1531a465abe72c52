import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

const PICTURES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** In milliseconds; against what hangs, not against slow machines. */
const TIMEOUT = 60_000;

/** A browser for which each host (a name and a port) is at a port of the loopback interface. */
export function openBrowser(places: Readonly<Record<string, number>>): Promise<Browser> {
  const rules = Object.entries(places).map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`);
  const args = [`--host-resolver-rules=${rules.join(', ')}`];
  // Chromium has no sandbox for root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath: process.env['TEST_CHROMIUM'] ?? '', args });
}

/** What a person does with the page, and what can be seen of it. */
export interface DocsPage {
  readonly page: Page;
  /** Everything that the browser wrote to its console, and every address that the page asked for. */
  readonly console: readonly string[];
  readonly addresses: readonly string[];
  operation(id: string): Locator;
  /** Opens the dialog, enters credentials as they are, authorizes with them, and closes it. */
  authorize(clientId: string, clientSecret: string): Promise<void>;
  /** Enters a token at the lock of an operation. */
  unlock(id: string, token: string): Promise<void>;
  /** Opens an operation, fills parameters in, executes, and returns the status and the body on the page. */
  execute(id: string, values?: Readonly<Record<string, string>>): Promise<{ status: number; body: string }>;
  /**
   * Compares the text of what is pictured in the documentation with the text that is kept beside the picture. With
   * UPDATE_SCREENSHOTS it makes both, the picture of what is below the first part.
   */
  picture(name: string, ...parts: Locator[]): Promise<void>;
}

/** Opens Swagger UI in a window of its own. */
export async function openDocsPage(browser: Browser, address: string): Promise<DocsPage> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ignoreHTTPSErrors: true });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT);
  const [written, addresses]: string[][] = [[], []];
  page.on('console', (message) => written?.push(`${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => written?.push(`thrown ${error.message}`));
  page.on('request', (request) => addresses?.push(request.url()));
  await page.clock.install();
  await page.goto(address);
  await page.locator('.opblock').first().waitFor();
  const operation = (id: string): Locator => page.locator(`.opblock[id$="-${id}"]`);
  return {
    page,
    console: written ?? [],
    addresses: addresses ?? [],
    operation,
    authorize: async (clientId, clientSecret) => {
      await page.locator('.auth-wrapper > .authorize').click();
      await page.getByLabel('client_id').fill(clientId);
      await page.getByLabel('client_secret').fill(clientSecret);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Remove authorization' }).waitFor();
      await page.locator('.modal-ux .btn-done').click();
    },
    unlock: async (id, token) => {
      await operation(id).locator('.authorization__btn').click();
      await page.getByLabel('auth-bearer-value').fill(token);
      await page.getByRole('button', { name: 'Apply credentials' }).click();
      await page.locator('.modal-ux .btn-done').click();
    },
    execute: async (id, values = {}) => {
      await closeOthers(page, operation(id));
      return execute(operation(id), values);
    },
    picture: async (name, ...parts) => {
      const shown = await shownIn(parts);
      if (process.env['UPDATE_SCREENSHOTS'] === undefined) {
        requireShown(name, shown);
        return;
      }
      mkdirSync(PICTURES, { recursive: true });
      await parts[0]?.evaluate((element: { style: Record<string, string>; scrollIntoView(): void }) => {
        // Some air above, or the top of the page.
        element.style['scrollMarginTop'] = '30px';
        element.scrollIntoView();
      });
      await page.screenshot({ path: `${PICTURES}${name}.png` });
      writeFileSync(`${PICTURES}${name}.txt`, shown);
    },
  };
}

/** What differs on each run. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b\w{3}, ?\d\d \w{3} \d{4} [\d:]{8} GMT/g, '<date>'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '<date>'],
  [/^[\d.]+ ?ms$/gm, '<duration>'],
];

/** The text of parts of the page, line by line. It does not depend on fonts and on the size of the window. */
async function shownIn(parts: readonly Locator[]): Promise<string> {
  const texts = await Promise.all(parts.map((part) => part.innerText()));
  const lines = texts
    .join('\n')
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim());
  const text = `${lines.filter((line) => line !== '').join('\n')}\n`;
  return CHANGING.reduce((masked, [pattern, name]) => masked.replaceAll(pattern, name), text);
}

function requireShown(name: string, shown: string): void {
  const before = readFileSync(`${PICTURES}${name}.txt`, 'utf8');
  if (shown === before) return;
  const [now, then] = [shown.split('\n'), before.split('\n')];
  const at = now.findIndex((line, index) => line !== then[index]);
  throw new Error(
    `docs/images/${name}.png shows "${then[at] ?? ''}" where the page has "${now[at] ?? ''}" by now. Make the pictures ` +
      'again with UPDATE_SCREENSHOTS=1 npm test -- --selectProjects=browser, and look at them.',
  );
}

/** Closes what is open beside an operation: the page renders all of that anew with everything that happens to it. */
async function closeOthers(page: Page, block: Locator): Promise<void> {
  const own = await block.getAttribute('id');
  for (const id of await page.locator('.opblock.is-open').evaluateAll((elements) => elements.map(({ id }) => id))) {
    if (id !== own) await page.locator(`[id="${id}"] .opblock-summary-control`).click();
  }
}

async function execute(
  block: Locator,
  values: Readonly<Record<string, string>>,
): Promise<{ status: number; body: string }> {
  if ((await block.locator('.execute').count()) === 0) await block.locator('.opblock-summary-control').click();
  for (const [name, value] of Object.entries(values)) {
    const field =
      name === 'body' ? block.locator('textarea.body-param__text') : block.getByPlaceholder(name, { exact: true });
    await field.fill(value);
  }
  if ((await block.locator('.btn-clear').count()) > 0) await block.locator('.btn-clear').click();
  await block.locator('.execute').click();
  const reply = block.locator('.live-responses-table .response');
  const status = Number.parseInt(await reply.locator('.response-col_status').innerText(), 10);
  const body = block.locator('.live-responses-table .highlight-code .microlight').first();
  const text = status === 204 ? '' : await body.innerText();
  return { status, body: text };
}
