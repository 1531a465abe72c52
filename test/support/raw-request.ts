import { connect } from 'node:net';

/** A reply as it came over a socket. */
export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends these bytes over a connection of their own, as no well-made client would, and reads the reply. */
export const rawRequest = async (
  url: string,
  bytes: string | Uint8Array,
  from: { readonly localAddress?: string } = {},
): Promise<RawReply> => parsed(await receivedFor(url, bytes, from));

/** Sends requests over one connection without waiting, which the last of them ends, and reads the replies in their order. */
export async function rawRequests(url: string, requests: readonly string[]): Promise<RawReply[]> {
  let rest = await receivedFor(url, requests.join(''), {});
  return requests.map(() => {
    const { headers } = parsed(rest);
    const end = rest.indexOf('\r\n\r\n') + 4 + Number(headers['content-length'] ?? 0);
    const reply = parsed(rest.slice(0, end));
    rest = rest.slice(end);
    return reply;
  });
}

function receivedFor(
  url: string,
  bytes: string | Uint8Array,
  from: { readonly localAddress?: string },
): Promise<string> {
  const { port, hostname } = new URL(url);
  return new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port: Number(port), host: hostname, ...from }, () => socket.write(bytes));
    socket
      .on('data', (chunk) => chunks.push(chunk))
      .on('close', () => resolve(Buffer.concat(chunks).toString('utf8')))
      .on('error', reject);
  });
}

/** The head of a request that ends its connection, with a blank line behind it. */
export const head = (line: string, headers: Readonly<Record<string, string>> = {}): string =>
  [`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...linesOf(headers), '', ''].join('\r\n');

/** A request with a body that ends its connection. */
export const requestOf = (line: string, headers: Readonly<Record<string, string>>, body: string): string =>
  `${head(line, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) })}${body}`;

const linesOf = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

function parsed(received: string): RawReply {
  const end = received.indexOf('\r\n\r\n');
  const [first = '', ...lines] = received.slice(0, end).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers) as Record<string, string>,
    text: received.slice(end + 4),
  };
}
