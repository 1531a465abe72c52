import type { Handlers, Input } from '../shared/contract/operation.ts';
import { bearerOf } from './registration.access.ts';
import type { RegistrationRequest, RegistrationService } from './registration.service.ts';

type RegistrationOperation = 'post-register' | 'get-register' | 'put-register' | 'delete-register';

/** For caches that do not know Cache-Control, as Janssen answers. */
const UNCACHED = { Pragma: 'no-cache' };

/** The operations of the registration endpoint. */
export function registrationHandlers(registrations: RegistrationService): Pick<Handlers, RegistrationOperation> {
  return {
    'post-register': async (input) => {
      const admitted = await registrations.admit(requestOf(input));
      return (keep) =>
        registrations.create(admitted, input.body, (stores, body) =>
          keep(stores, { status: 201, body, headers: UNCACHED, inum: body.client_id }),
        );
    },
    'get-register': async (input) => {
      const client = input.query.client_id;
      return {
        status: 200,
        body: await registrations.read(requestOf(input), client),
        headers: UNCACHED,
        client,
        inum: client,
      };
    },
    'put-register': async (input) => {
      const client = input.query.client_id;
      const body = await registrations.replace(requestOf(input), client, input.body);
      return { status: 200, body, headers: UNCACHED, client, inum: client };
    },
    'delete-register': async (input) => {
      const client = input.query.client_id;
      await registrations.remove(requestOf(input), client);
      return { status: 204, body: undefined, headers: UNCACHED, client, inum: client };
    },
  };
}

type AnyInput = Pick<Input<'post-register'>, 'headers' | 'context' | 'signed'>;

function requestOf({ headers, context, signed }: AnyInput): RegistrationRequest {
  const { operation, source, requestId } = context;
  const [method = ''] = operation.split('-');
  return {
    token: bearerOf(headers['authorization']),
    method: method.toUpperCase(),
    headers,
    operation,
    source,
    requestId,
    ...(signed !== undefined && { signed }),
  };
}
