import type { Contract } from './contract.ts';
import { FixedJson, type Handlers } from './operation.ts';
import { servedDocument } from './served-document.ts';

/** The contract as it is served at `base`, the public base URL, and its version. */
export function documentHandlers(
  contract: Contract,
  base: string,
): Pick<Handlers, 'get-openapi-document' | 'get-app-version'> {
  const body = new FixedJson<Record<string, unknown>>(servedDocument(contract.text, base));
  const { version } = (JSON.parse(contract.text) as { info: { version: string } }).info;
  return {
    'get-openapi-document': () => Promise.resolve({ status: 200, body }),
    'get-app-version': () => Promise.resolve({ status: 200, body: { clientele: version } }),
  };
}
