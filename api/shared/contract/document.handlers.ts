import type { Contract } from './contract.ts';
import { FixedJson, type Handlers } from './operation.ts';
import { servedDocument } from './served-document.ts';

/** The contract as it is served at `base`, the public base URL, and its version. */
export function documentHandlers(
  contract: Contract,
  base: string,
): Pick<Handlers, 'get-openapi-document' | 'get-app-version'> {
  // Made when somebody asks for it: no start waits for that.
  let body: FixedJson<Record<string, unknown>> | undefined;
  const served = (): FixedJson<Record<string, unknown>> =>
    (body ??= new FixedJson(servedDocument(contract.text, base)));
  const { version } = contract.document.info;
  return {
    'get-openapi-document': () => Promise.resolve({ status: 200, body: served() }),
    'get-app-version': () => Promise.resolve({ status: 200, body: { clientele: version } }),
  };
}
