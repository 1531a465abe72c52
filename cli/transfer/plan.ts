import { join } from 'node:path';
import { parseDocument } from '../commands/body.ts';
import { withoutFormat } from '../commands/file-format.ts';
import type { Field } from '../contract/fields.ts';
import { EXIT, Failure, reasonOf, said } from '../failure.ts';
import { readRegularFile } from '../regular-file.ts';
import type { Calls, Version } from '../resource/calls.ts';
import type { Body, Entry } from '../resource/entry.ts';
import type { Finding } from '../resource/reply.ts';
import { documentOf, sorted, withoutDefaults, type Naming } from './document.ts';
import { withPresentReferences } from './former-references.ts';
import { differences, type Difference } from './differences.ts';

/** What is to be done for one file. */
export type Step =
  | {
      readonly kind: 'create';
      readonly id: string;
      readonly file: string;
      readonly getsSecret: boolean;
      readonly advice: readonly Finding[];
    }
  | {
      readonly kind: 'change';
      readonly id: string;
      readonly file: string;
      readonly getsSecret: boolean;
      /** The version that the plan was made for. */
      readonly etag: string;
      readonly changes: readonly Difference[];
      readonly advice: readonly Finding[];
    }
  | { readonly kind: 'same'; readonly id: string; readonly file: string }
  | { readonly kind: 'refused'; readonly id?: string; readonly file: string; readonly reason: string };

export interface Planner {
  readonly clients: Calls;
  readonly folder: string;
  readonly fields: readonly Field[];
  readonly naming: Naming;
  /** Told about references in a file from before formats to what stands elsewhere by now. */
  readonly onFormer: (file: string, what: string) => void;
}

/** No redirect URIs and an empty list of them are the same. */
const withRedirectUris = (client: Body): Body => ({ redirectUris: [], ...client });

/**
 * The client in a file; throws a failure when there is none. `told` gets a word about each reference that a file without
 * format has to what stands elsewhere by now.
 */
export async function clientIn(
  folder: string,
  file: string,
  told: (what: string) => void = () => undefined,
): Promise<Body & { inum: string }> {
  const document = parseDocument(await readRegularFile(join(folder, file)), file);
  if (document === null || typeof document !== 'object' || Array.isArray(document)) {
    throw new Failure(EXIT.refused, 'holds no client');
  }
  const { document: marked, isMarked } = withoutFormat(document as Body);
  const client = isMarked ? marked : withPresentReferences(marked, told);
  const { inum } = client;
  if (typeof inum !== 'string' || inum === '') {
    throw new Failure(EXIT.refused, 'has no inum, by which a second import would know the client');
  }
  return { ...withRedirectUris(client), inum };
}

/** Finds out what a file asks for, by what is there now and by what the service would make of it. Changes nothing. */
export async function stepFor(planner: Planner, file: string): Promise<Step> {
  let client: Body & { inum: string };
  try {
    client = await clientIn(planner.folder, file, (what) => planner.onFormer(file, what));
  } catch (error) {
    const reason = error instanceof Failure ? error.message : reasonOf(error);
    return { kind: 'refused', file, reason };
  }
  const id = client.inum;
  try {
    const present = await planner.clients.find(id);
    return present === undefined ? await creation(planner, client, file) : await change(planner, client, file, present);
  } catch (error) {
    // One client may be refused and the next one not; a service that is out of reach is for no file.
    if (!(error instanceof Failure) || error.exitCode !== EXIT.refused) throw error;
    return { kind: 'refused', id, file, reason: said(error) };
  }
}

async function creation(planner: Planner, client: Body & { inum: string }, file: string): Promise<Step> {
  const checked = await validated(planner, client);
  if ('reason' in checked) return { kind: 'refused', id: client.inum, file, reason: checked.reason };
  const getsSecret = usesSecret(checked.client) && client['clientSecret'] === undefined;
  return { kind: 'create', id: client.inum, file, getsSecret, advice: checked.advice };
}

async function change(
  planner: Planner,
  client: Body & { inum: string },
  file: string,
  present: Version,
): Promise<Step> {
  const { fields, naming } = planner;
  const id = client.inum;
  const now = withRedirectUris(documentOf(present.entry, fields, naming));
  const textOf = (document: Body): string => JSON.stringify(withoutDefaults(sorted(document) as Body, fields));
  // What an export wrote needs no question to the service.
  if (client['clientSecret'] === undefined && textOf(client) === textOf(now)) {
    return { kind: 'same', id, file };
  }
  const checked = await validated(planner, client);
  if ('reason' in checked) return { kind: 'refused', id, file, reason: checked.reason };
  const secret =
    client['clientSecret'] === undefined ? [] : [{ path: 'clientSecret', before: '…', after: 'as in the file' }];
  const changes = [...differences(now, documentOf(checked.client, fields, naming)), ...secret];
  if (changes.length === 0) return { kind: 'same', id, file };
  const getsSecret = usesSecret(checked.client) && !usesSecret(present.entry) && secret.length === 0;
  return { kind: 'change', id, file, getsSecret, etag: present.etag ?? '*', changes, advice: checked.advice };
}

/** The client as the service would store it, or why it would refuse it. */
async function validated(
  { clients }: Planner,
  body: Body,
): Promise<{ client: Entry; advice: readonly Finding[] } | { reason: string }> {
  const { client, errors, warnings } = await clients.validate(body);
  // That it is there is no fault of a client that is to be changed.
  const faults = errors.filter(({ rule }) => rule !== 'client-exists');
  if (client !== undefined && faults.length === 0) return { client, advice: warnings };
  return {
    reason: faults.map(({ pointer = '', detail }) => `${pointer.slice(1).replaceAll('/', '.')} ${detail}`).join('; '),
  };
}

const usesSecret = ({ allAuthenticationMethods: methods }: Entry): boolean =>
  Array.isArray(methods) && methods.some((method) => String(method).startsWith('client_secret_'));
