import type { ClientDocument } from '../clients/document/client.document.ts';
import { parseUri } from '../clients/rules/uri.ts';
import type { Fault } from '../shared/problem.ts';
import type { TokenConditions } from './initial-tokens/initial-token.store.ts';

/** What a deployment says about where clients that register themselves may have users sent back to. */
export interface RedirectPolicy {
  /** Schemes without a dot (`cursor`), and whole addresses, that may register although the rules refuse them. */
  readonly schemes: readonly string[];
  /** Where there are any, the only hosts of https addresses that may register; `*.` stands for every subdomain. */
  readonly hosts: readonly string[];
}

/** What an initial access token says about it, where it does. */
export function redirectsOf(token: TokenConditions | undefined): RedirectPolicy | undefined {
  const { redirectSchemes: schemes = [], redirectHosts: hosts = [] } = token ?? {};
  return schemes.length + hosts.length === 0 ? undefined : { schemes, hosts };
}

/** Whether the deployment takes an address that the rules about redirect URIs would refuse. */
export function isAllowedBy({ schemes }: Pick<RedirectPolicy, 'schemes'>): (uri: string) => boolean {
  const allowed = new Set(schemes);
  return (uri) => allowed.has(uri) || allowed.has(parseUri(uri)?.scheme ?? '');
}

const MEMBERS = ['redirectUris', 'postLogoutRedirectUris', 'claimRedirectUris'] as const;

/** The https addresses whose hosts may not register, and that the client did not have before. */
export function foreignHosts(
  { hosts }: RedirectPolicy,
  client: ClientDocument,
  previous: ClientDocument | undefined,
): Fault[] {
  if (hosts.length === 0) return [];
  return MEMBERS.flatMap((member) =>
    (client[member] ?? []).flatMap((text, index) => {
      const uri = parseUri(text);
      const isJudged = uri?.scheme === 'https' && previous?.[member]?.includes(text) !== true;
      if (!isJudged || hosts.some((host) => covers(host, uri.host ?? ''))) return [];
      const detail = `must be on one of the hosts that may register here: ${hosts.join(', ')}`;
      return [{ pointer: `/${member}/${index}`, detail, rule: 'redirect-uri-host' }];
    }),
  );
}

const covers = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
