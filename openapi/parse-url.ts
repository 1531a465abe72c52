/**
 * The URL that a text is (WHATWG), or undefined. Never ask `URL.canParse`: that of Node 20 and 22 says no to every address
 * with a letter such as ü, from the moment on at which V8 has compiled the place that asks.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
