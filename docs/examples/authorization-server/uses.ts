import type Provider from 'oidc-provider';
import { contentOf, type Registry } from '../node/registry.ts';

export interface UseReports {
  /** Ends them, with a last report. */
  stop(): Promise<void>;
}

export interface UseReportsOptions {
  readonly provider: Pick<Provider, 'on'>;
  readonly registry: Registry;
  /** In milliseconds. */
  readonly every?: number;
}

const USE = '/jans-config-api/api/v1/openid/client-use';
const MOST = 1_000;

// region: uses
/**
 * Tells the registry which clients were used, once an hour and also when none was: it removes no client of which it cannot
 * know. What could not be told is told the next time.
 */
export function useReports({ provider, registry, every = 3_600_000 }: UseReportsOptions): UseReports {
  const uses = new Map<string, string>();
  const note = (ctx: { oidc: { client?: { clientId: string } | undefined } }): void => {
    if (ctx.oidc.client !== undefined) uses.set(ctx.oidc.client.clientId, new Date().toISOString());
  };
  provider.on('authorization.success', note);
  provider.on('grant.success', note);

  const report = async (): Promise<void> => {
    const told = [...uses].slice(0, MOST);
    const entries = told.map(([clientId, at]) => ({ clientId, at }));
    contentOf(await registry.POST(USE, { body: { entries } }));
    for (const [clientId, at] of told) if (uses.get(clientId) === at) uses.delete(clientId);
    if (uses.size > 0) await report();
  };
  const reportNow = (): Promise<void> =>
    report().catch((error: unknown) => console.error('uses were not reported:', error));
  void reportNow();
  const timer = setInterval(() => void reportNow(), every);
  return {
    stop: () => {
      clearInterval(timer);
      return reportNow();
    },
  };
}
// endregion
