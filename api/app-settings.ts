import type { AppNeeds } from './app.ts';
import type { Config } from './config.ts';
import { docsPage } from './http/docs.ts';

type Settings = 'audience' | 'issuer' | 'corsOrigins' | 'trustProxy' | 'requireReason' | 'tracing';

/** What the settings say about the transport. */
export const appSettings = (
  config: Config,
): Pick<AppNeeds, Settings> & Partial<Pick<AppNeeds, 'certHeader' | 'docs'>> => ({
  audience: config.audience,
  issuer: config.issuer,
  corsOrigins: { api: config.corsOrigins, registration: config.registrationCorsOrigins },
  trustProxy: config.trustProxy,
  requireReason: config.requireReason,
  tracing: config.tracing !== undefined,
  ...(config.clientCertHeader !== undefined && { certHeader: config.clientCertHeader }),
  ...(config.docs && { docs: docsPage({ tokenEndpoint: config.builtInIssuer }) }),
});
