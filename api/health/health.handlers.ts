import type { Handlers, Schemas } from '../shared/contract/operation.ts';

type HealthOperation = 'get-config-health' | 'get-config-health-live' | 'get-config-health-ready';

const LIVE: Schemas['Status'] = { name: 'jans-config-api liveness', status: 'UP' };

/** The health checks. `reachable` says whether the database answers. */
export function healthHandlers(reachable: () => Promise<boolean>): Pick<Handlers, HealthOperation> {
  const readiness = async (): Promise<Schemas['Status']> => {
    const name = 'jans-config-api readiness';
    return (await reachable())
      ? { name, status: 'UP' }
      : { name, status: 'DOWN', error: 'the database cannot be reached' };
  };
  return {
    'get-config-health': async () => ({ status: 200, body: [LIVE, await readiness()] }),
    'get-config-health-live': () => Promise.resolve({ status: 200, body: LIVE }),
    'get-config-health-ready': async () => {
      const body = await readiness();
      return body.status === 'UP' ? { status: 200, body } : { status: 503, body };
    },
  };
}
