import type { ClientDocument } from '../clients/document/client.document.ts';
import { madeOnce } from '../shared/database/proposals.ts';
import type { GuardedFetch } from '../shared/fetch/guarded-fetch.ts';
import { errorFields, type Log } from '../shared/log/log.ts';
import { Problem } from '../shared/problem.ts';

/**
 * Checks the document behind `sector_identifier_uri`: a JSON array of texts that holds every redirect URI (OpenID
 * Connect Dynamic Client Registration section 5), and what stands for them in CIBA (CIBA Core section 4). Throws
 * `invalid-request` when it cannot be had or lacks one; why it cannot be had is for the log, since a stranger could
 * explore our network with it.
 */
export type CheckSectorIdentifier = (client: ClientDocument, previous?: ClientDocument) => Promise<void>;

/** Makes the check of one request, which fetches a document once. */
export type SectorIdentifierCheck = () => CheckSectorIdentifier;

export interface SectorIdentifierNeeds {
  readonly fetch: GuardedFetch;
  readonly log: Log;
}

export function sectorIdentifierCheck({ fetch, log }: SectorIdentifierNeeds): SectorIdentifierCheck {
  const listed = async (url: string): Promise<ReadonlySet<unknown>> => {
    const entries = await fetch(url)
      .then(({ body }) => JSON.parse(body) as unknown)
      .catch((error: unknown) => {
        log.info('sector identifier document refused', errorFields(error));
        return refuse('cannot be read: it must be the https address of a JSON array of URIs');
      });
    const isList = Array.isArray(entries) && entries.every((entry) => typeof entry === 'string');
    return isList ? new Set(entries) : refuse('is not the address of a JSON array of URIs');
  };

  return () => {
    const listedOnce = madeOnce((url: string) => url, listed);
    return async (client, previous) => {
      const { sectorIdentifierUri: url } = client;
      const needed = urisOf(client);
      const known = previous?.sectorIdentifierUri === url ? urisOf(previous) : [];
      if (url === undefined || needed.every((uri) => known.includes(uri))) return;
      const sector = await listedOnce(url);
      const missing = needed.find((uri) => !sector.has(uri));
      if (missing !== undefined) refuse(`leads to a document that does not hold ${missing}`);
    };
  };
}

function urisOf(client: ClientDocument | undefined): string[] {
  if (client === undefined) return [];
  const { redirectUris = [], subjectType, backchannelTokenDeliveryMode } = client;
  const mode = subjectType === 'pairwise' ? backchannelTokenDeliveryMode : undefined;
  const ciba = mode === 'push' ? client.backchannelClientNotificationEndpoint : mode && client.jwksUri;
  return [...redirectUris, ...(ciba === undefined ? [] : [ciba])];
}

function refuse(detail: string): never {
  throw new Problem('invalid-request', {
    errors: [{ pointer: '/sector_identifier_uri', detail, rule: 'sector-identifier-document' }],
  });
}
