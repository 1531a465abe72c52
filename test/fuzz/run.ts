import { Agent, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isTextInBytes, isTextInJson } from '../../api/shared/contract/text.ts';
import { contractFaults } from '../support/contract-check.ts';
import { chanceOf } from './chance.ts';
import { hostileRequest, type HostileRequest } from './requests.ts';

/** A request whose reply is not what it may be, with its number. */
export interface Finding {
  readonly number: number;
  readonly request: HostileRequest;
  readonly faults: readonly string[];
}

export interface FuzzOptions {
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly seed: number;
  /** The number of the first request, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Called after each request. */
  readonly onReply?: () => void;
  /** Ends it early. */
  readonly stop?: AbortSignal;
}

/** How long a token is used, in requests. */
const TOKEN_USES = 1_000;
/** After so many there is enough to look at, or no service any more. */
const MOST_FINDINGS = 20;

/**
 * Sends requests that are hostile to the service, each the same for the same seed and number, one after the other.
 * Returns those whose reply is a 5xx, is not in the contract, is not text, or never comes.
 */
export async function fuzz({ url, token, seed, from, to, onReply, stop }: FuzzOptions): Promise<Finding[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const findings: Finding[] = [];
  let current = '';
  for (let number = from; number < to && findings.length < MOST_FINDINGS && stop?.aborted !== true; number += 1) {
    if ((number - from) % TOKEN_USES === 0) current = await token();
    const request = hostileRequest(chanceOf(seed + number), current);
    const faults = await judged(url, agent, request);
    if (faults.length > 0)
      findings.push({ number, request: { ...request, headers: withoutToken(request, current) }, faults });
    onReply?.();
  }
  agent.destroy();
  return findings;
}

const withoutToken = ({ headers }: HostileRequest, token: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(token, '<token>')]));

async function judged(url: string, agent: Agent, sent: HostileRequest): Promise<string[]> {
  try {
    const { status, mediaType, bytes } = await send(url, agent, sent);
    return faultsOf(sent, status, mediaType, bytes);
  } catch (error) {
    return [`no reply: ${String(error)}`];
  }
}

interface Reply {
  readonly status: number;
  readonly mediaType: string | null;
  readonly bytes: Buffer;
}

function send(url: string, agent: Agent, { method, path, headers, body }: HostileRequest): Promise<Reply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path, headers, agent, timeout: 30_000 };
    const request = httpRequest(options, (reply) => {
      const { statusCode: status = 0, headers: answered } = reply;
      buffer(reply).then((bytes) => resolve({ status, mediaType: answered['content-type'] ?? null, bytes }), reject);
    });
    request.on('timeout', () => request.destroy(new Error('it takes longer than 30 seconds')));
    request.on('error', reject).end(body);
  });
}

function faultsOf(sent: HostileRequest, status: number, mediaType: string | null, bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
  const path = sent.path.replace(/^http:\/\/[^/]+/, '').replace(/\?.*$/s, '');
  const body = mediaType?.includes('json') === true ? (JSON.parse(text) as unknown) : text;
  return [
    ...(status >= 500 ? [`status ${status}`] : []),
    ...(isTextInBytes(bytes) && isTextInJson(text) ? [] : ['the reply is not Unicode text']),
    ...contractFaults({ method: sent.method, path, status, mediaType, body }),
  ];
}
