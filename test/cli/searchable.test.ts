import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { loadContract } from '../../cli/contract/contract.ts';
import { checkFilter, checkSort } from '../../cli/contract/searchable.ts';
import { Failure } from '../../cli/failure.ts';
import { CLAIM_PROPERTIES, CLIENT_PROPERTIES, SCOPE_PROPERTIES } from '../../openapi/properties.gen.ts';
import type { Property } from '../../openapi/property.ts';
import { startService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const SEARCHES: [string, readonly Property[]][] = [
  ['get-oauth-openid-clients', CLIENT_PROPERTIES],
  ['get-oauth-scopes', SCOPE_PROPERTIES],
  ['get-attributes', CLAIM_PROPERTIES],
];

const isTaken = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return false;
  }
};

it.each(SEARCHES)('%s: no name that the service takes is refused before it is asked', async (id, properties) => {
  const operation = loadContract().operation(id);
  if (operation === undefined) throw new Error(`the contract has no ${id}`);
  const token = await service.adminToken();
  const names = properties.flatMap(({ path, db }) => [path, ...(db === undefined ? [] : [db])]);
  for (const name of [...names, 'clientId', 'customAttributes.any', 'attributes', 'unheardOf']) {
    const answers = async (query: object): Promise<boolean> => {
      const search = new URLSearchParams({ limit: '0', ...query }).toString();
      return (await service.request('GET', `${operation.path}?${search}`, { token })).status === 200;
    };
    const [sorts, filters] = [await answers({ sortBy: name }), await answers({ fieldValuePair: `${name}=` })];
    expect([name, !sorts || isTaken(() => checkSort(operation, name, ''))]).toEqual([name, true]);
    expect([name, !filters || isTaken(() => checkFilter(operation, `${name}=`, ''))]).toEqual([name, true]);
  }
  expect(isTaken(() => checkSort(operation, 'unheardOf', ''))).toBe(false);
});
