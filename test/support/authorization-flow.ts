import { createHash, randomBytes } from 'node:crypto';

/** How a sign-in ended: with the members that came back to the client, or with the page that the user sees. */
export type FlowEnd = { readonly reply: URLSearchParams } | { readonly status: number; readonly page: string };

export interface Flow {
  readonly end: FlowEnd;
  /** What proves to the token endpoint that the request was ours (RFC 7636). */
  readonly verifier: string;
}

const MOST_STEPS = 12;

/** Signs a user in at an authorization server, as a browser does: follows redirects, fills the forms, keeps cookies. */
export async function authorize(issuer: string, request: Record<string, string>, hasPkce = true): Promise<Flow> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const pkce: Record<string, string> = hasPkce ? { code_challenge: challenge, code_challenge_method: 'S256' } : {};
  const query = new URLSearchParams({ response_type: 'code', ...pkce, ...request });
  const end = await follow(new URL(`${issuer}/auth?${query.toString()}`), request['redirect_uri'] ?? '');
  return { end, verifier };
}

/** The same from an authorization request that a client has made. */
export async function follow(request: URL, redirectUri: string): Promise<FlowEnd> {
  const cookies = new Map<string, string>();
  let [address, form] = [request, undefined as URLSearchParams | undefined];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) keep(cookies, cookie);
    const page = await response.text();
    const location = response.headers.get('location');
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (location !== null) {
      if (location.startsWith(redirectUri)) return { reply: new URL(location).searchParams };
      [address, form] = [new URL(location, address), undefined];
    } else if (prompt !== undefined) {
      form = new URLSearchParams({ prompt, login: 'alice', password: 'any' });
    } else {
      return { status: response.status, page };
    }
  }
  throw new Error(`no end after ${MOST_STEPS} steps, at ${address.href}`);
}

function keep(cookies: Map<string, string>, header: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
  if (value === '') cookies.delete(name);
  else cookies.set(name, value);
}

/** The code of a flow that ended well. */
export function codeOf({ end }: Flow): string {
  const code = 'reply' in end ? end.reply.get('code') : undefined;
  if (typeof code === 'string') return code;
  throw new Error(`no code: ${'reply' in end ? end.reply.toString() : `${end.status} ${end.page}`}`);
}
