import type { Schemas } from '../../shared/contract/operation.ts';
import type { Profile, Requirement, Severity } from './check.ts';
import { CHECKS } from './checks.ts';

export type ProfileName = Schemas['ClientReport']['profile'];

type Row = readonly [check: keyof typeof CHECKS, severity: Severity, section: string];

const rows = (standard: string, table: readonly Row[]): Requirement[] =>
  table.map(([check, severity, section]) => ({ check: CHECKS[check], severity, reference: `${standard}${section}` }));

const FAPI = '5.3.2.1';
const FAPI_CODE = '5.3.2.2';

/** What each security profile asks of a client, as far as the record of a client shows it. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  rfc9700: {
    title: 'Best Current Practice for OAuth 2.0 Security (RFC 9700)',
    requirements: rows('RFC 9700 section ', [
      ['password', 'error', '2.4'],
      ['publicPkce', 'error', '2.1.1'],
      ['redirectPattern', 'error', '2.1'],
      ['redirectWildcard', 'error', '2.1'],
      ['plainHttp', 'error', '2.6'],
      ['implicit', 'warning', '2.1.2'],
      ['confidentialPkce', 'warning', '2.1.1'],
      // A record does not show whether the server rotates them instead.
      ['boundRefreshTokens', 'warning', '2.2.2'],
      ['boundAccessTokens', 'warning', '2.2.1'],
      ['scopePatterns', 'warning', '2.3'],
      ['asymmetric', 'warning', '2.5'],
    ]),
  },
  'oauth2.1': {
    title: 'OAuth 2.1 (draft-ietf-oauth-v2-1)',
    requirements: rows('draft-ietf-oauth-v2-1 section ', [
      ['implicit', 'error', '10'],
      ['password', 'error', '10'],
      ['publicPkce', 'error', '10'],
      ['confidentialPkce', 'error', '10'],
      ['redirectPattern', 'error', '10'],
      ['redirectWildcard', 'error', '10'],
      ['plainHttp', 'error', '1.5'],
      ['confidentialCredentials', 'error', '4.2'],
      ['boundRefreshTokens', 'warning', '10'],
      ['asymmetric', 'warning', '2.4'],
    ]),
  },
  fapi2: {
    title: 'FAPI 2.0 Security Profile',
    requirements: rows('FAPI 2.0 Security Profile section ', [
      ['fapiConfidential', 'error', FAPI],
      ['fapiAuthentication', 'error', FAPI],
      ['fapiBoundTokens', 'error', FAPI],
      ['password', 'error', FAPI],
      ['fapiResponseType', 'error', FAPI_CODE],
      ['fapiPushedRequests', 'error', FAPI_CODE],
      ['fapiPushedLifetime', 'error', FAPI_CODE],
      ['fapiPkce', 'error', FAPI_CODE],
      ['fapiRedirect', 'error', FAPI_CODE],
      ['fapiAlgorithms', 'error', '5.4.1'],
      ['fapiKeys', 'warning', '5.4.2'],
      ['fapiKeyAddresses', 'warning', '5.4.2'],
    ]),
  },
  mcp: {
    title: 'Model Context Protocol, Authorization (2025-06-18)',
    requirements: rows('Model Context Protocol 2025-06-18, Authorization: ', [
      ['implicit', 'error', 'Standards Compliance'],
      ['password', 'error', 'Standards Compliance'],
      ['confidentialCredentials', 'error', 'Standards Compliance'],
      ['publicPkce', 'error', 'Authorization Code Protection'],
      ['confidentialPkce', 'error', 'Authorization Code Protection'],
      ['httpsOrLoopback', 'error', 'Communication Security'],
      ['redirectPattern', 'error', 'Open Redirection'],
      ['redirectWildcard', 'error', 'Open Redirection'],
      ['boundRefreshTokens', 'warning', 'Token Theft'],
      ['shortTokens', 'warning', 'Token Theft'],
    ]),
  },
};
