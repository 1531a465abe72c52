import { Agent, request } from 'node:http';

/** What is asked of a server, and what it answers. */
export interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content?: string | Uint8Array;
}
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const agent = new Agent({ keepAlive: true });

/** Sends a request and reads the whole reply, as it is. `fetch` takes twice as long for it, which is a part of what the tests cost. */
export const exchange = (url: string, { method, headers, content }: Asked): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const length = content === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(content)) };
    const sent = request(url, { method, agent, headers: { Accept: '*/*', ...length, ...headers } }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () => {
        const fields = new Headers();
        for (let at = 0; at < reply.rawHeaders.length; at += 2)
          fields.append(reply.rawHeaders[at] ?? '', reply.rawHeaders[at + 1] ?? '');
        resolve({ status: reply.statusCode ?? 0, headers: fields, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    sent.on('error', reject);
    // With a text node would write the headers in its encoding, together with it.
    sent.end(content === undefined ? undefined : Buffer.from(content));
  });
