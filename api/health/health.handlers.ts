import type { Handlers, Schemas } from '../shared/contract/operation.ts';

type HealthOperation = 'get-config-health' | 'get-config-health-live' | 'get-config-health-ready';

const LIVE: Schemas['Status'] = { name: 'jans-config-api liveness', status: 'UP' };

/** The health checks. `fault` says what keeps the service from its work; nothing when it is ready. */
export function healthHandlers(fault: () => Promise<string | undefined>) {
  const readiness = async (): Promise<Schemas['Status']> => {
    const name = 'jans-config-api readiness';
    const error = await fault();
    return error === undefined ? { name, status: 'UP' } : { name, status: 'DOWN', error };
  };
  return {
    'get-config-health': async () => ({ status: 200, body: [LIVE, await readiness()] }),
    'get-config-health-live': () => Promise.resolve({ status: 200, body: LIVE }),
    'get-config-health-ready': async () => {
      const body = await readiness();
      return body.status === 'UP' ? { status: 200, body } : { status: 503, body };
    },
  } satisfies Pick<Handlers, HealthOperation>;
}
