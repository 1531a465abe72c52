interface Page {
  readonly url: string;
  readonly text: string;
}

/** Opens the address of a device login as a browser does, logs somebody in and consents. Throws with the page that is not as expected. */
export async function consentInBrowser(
  address: string,
  person: { readonly username: string; readonly password: string },
): Promise<void> {
  const cookies = new Map<string, string>();
  const browse = async (url: string, form?: Record<string, string>): Promise<Page> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form && new URLSearchParams(form);
    const reply = await fetch(url, { ...(body && { method: 'POST', body }), headers: { cookie }, redirect: 'manual' });
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = reply.headers.get('location');
    if (location !== null) return browse(new URL(location, url).href);
    return { url, text: await reply.text() };
  };
  const submit = (page: Page, form: Record<string, string>): Promise<Page> => {
    const [, action] = /<form[^>]*\saction="([^"]+)"/.exec(page.text) ?? [];
    if (action === undefined) throw new Error(`there is no form at ${page.url}: ${page.text.slice(0, 2_000)}`);
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const values = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    return browse(new URL(action.replaceAll('&amp;', '&'), page.url).href, { ...values, ...form });
  };
  const asked = await submit(await browse(address), person);
  const done = await submit(asked, { accept: 'Yes' });
  if (!/success/i.test(done.text)) throw new Error(`the login ends at ${done.url}: ${done.text.slice(0, 2_000)}`);
}
