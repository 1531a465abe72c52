import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './waiting.ts';

const CLIENTS = '/jans-config-api/api/v1/openid/clients';
/** After so many milliseconds an answer does not come any more: the service itself ends what takes longer. */
const LONGEST = 60_000;
/** How long a writer waits where it got nothing, in milliseconds. */
const PAUSE = 50;

const REQUESTS = { created: ['POST', 201], changed: ['PATCH', 200], removed: ['DELETE', 204] } as const;
type State = keyof typeof REQUESTS;

/** Writers that create, change and remove clients, at services that are killed meanwhile, and what became of that. */
export class Writes {
  acknowledged = 0;
  /** The connection broke. */
  unanswered = 0;
  /** Answered with a 503 and the like. */
  refused = 0;
  /** Looked for at another service as soon as it was acknowledged. */
  looked = 0;
  /** What is not as it was acknowledged, in words. */
  readonly wrong: string[] = [];
  /** What is known of each client: the last state that was acknowledged, and the one that was asked for since. */
  private readonly clients = new Map<string, { acknowledged: State | 'absent'; asked?: State }>();
  private done = false;

  constructor(
    private readonly urls: readonly string[],
    private readonly token: string,
  ) {}

  get inAll(): number {
    return this.clients.size;
  }

  /** Writes until `end` is called. */
  async run(writers: number): Promise<void> {
    await Promise.all(Array.from({ length: writers }, (_, writer) => this.write(writer)));
  }

  end(): void {
    this.done = true;
  }

  /** Compares all clients with what was acknowledged. */
  async check(): Promise<void> {
    const [url = ''] = this.urls;
    for (const [inum, { acknowledged, asked }] of this.clients) {
      let seen: readonly string[] | undefined;
      // Those that were killed last are on their way.
      await until(`an answer about ${inum}`, async () => (seen = await this.found(inum, url)) !== undefined);
      // What had no answer may have been done or not.
      const isRight = [acknowledged, asked].some((state) => state !== undefined && seen?.includes(state));
      if (!isRight) this.wrong.push(`${inum} is ${seen?.join(' or ')}, and was acknowledged as ${acknowledged}`);
    }
  }

  private async write(writer: number): Promise<void> {
    for (let count = 0; !this.done; count += 1) {
      const inum = `c${writer}-${count}`;
      const [at = '', other = ''] = [0, 1].map((next) => this.urls[(count + next) % this.urls.length]);
      for (const state of ['created', 'changed', ...(count % 3 === 0 ? (['removed'] as const) : [])] as const) {
        if (!(await this.tried(inum, state, at))) break;
        await this.look(inum, state, other);
      }
    }
  }

  /** Asks for a write, once. Returns whether it was acknowledged. */
  private async tried(inum: string, state: State, at: string): Promise<boolean> {
    const [method, expected] = REQUESTS[state];
    const known = this.clients.get(inum) ?? { acknowledged: 'absent' };
    this.clients.set(inum, { ...known, asked: state });
    const path = method === 'POST' ? CLIENTS : `${CLIENTS}/${inum}`;
    const body = { created: { inum, redirectUris: [] }, changed: { description: 'changed' }, removed: undefined }[
      state
    ];
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const reply = await this.send(method, at + path, { 'Content-Type': type }, body).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'TimeoutError') this.wrong.push(`${method} ${inum} has no end`);
    });
    if (reply?.status === expected) {
      this.acknowledged += 1;
      this.clients.set(inum, { acknowledged: state });
      return true;
    }
    if (reply === undefined) this.unanswered += 1;
    else this.refused += 1;
    // Neither a process that was killed nor a database has the others say anything else.
    if (reply !== undefined && reply.status !== 503)
      this.wrong.push(`${method} ${inum} was answered with ${reply.status}`);
    await sleep(PAUSE);
    return false;
  }

  /** Looks for what was acknowledged a moment ago; the other one may have been killed, or be starting. */
  private async look(inum: string, state: State, at: string): Promise<void> {
    const seen = await this.found(inum, at);
    if (seen === undefined) return;
    this.looked += 1;
    if (!seen.includes(state)) this.wrong.push(`${inum} was ${seen.join(' or ')} just after it was ${state}`);
  }

  /** What a client may be by what is answered about it; undefined where nothing is. */
  private async found(inum: string, at: string): Promise<readonly string[] | undefined> {
    const reply = await this.send('GET', `${at}${CLIENTS}/${inum}`, {}).catch(() => undefined);
    if (reply === undefined || reply.status === 503) return undefined;
    if (reply.status === 404) return ['absent', 'removed'];
    if (reply.status !== 200) return [`answered with ${reply.status}`];
    return [(JSON.parse(reply.text) as { description?: string }).description === 'changed' ? 'changed' : 'created'];
  }

  private async send(
    method: string,
    url: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const reply = await fetch(url, {
      method,
      headers: { ...headers, Authorization: `Bearer ${this.token}`, Connection: 'close' },
      signal: AbortSignal.timeout(LONGEST),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: reply.status, text: await reply.text() };
  }
}
