import { ADMINISTRATION_SCOPES } from '../../openapi/operations.gen.ts';
import { settle } from '../clients/client.settle.ts';
import type { ClientInput } from '../clients/document/client.document.ts';
import type { ClientStores } from '../clients/client.stores.ts';
import type { SecretCodec } from '../clients/secrets/secret.codec.ts';
import { timestamp, type Clock } from '../shared/clock.ts';
import { ownOrigin } from '../shared/log/origin.ts';

export interface Administrator {
  readonly inum: string;
  readonly secret: string;
  /** Every administration scope. */
  readonly scopes: readonly string[];
}

export interface AdministratorNeeds {
  readonly inum: string;
  /** The secret to use; one is made when it is left out. */
  readonly secret?: string;
  readonly codec: SecretCodec;
  readonly clock: Clock;
  /** What the audit record says: which command made it. */
  readonly operation: string;
}

/** Creates a client that has every administration scope, in the unit of work of `stores`. */
export async function createAdministrator(stores: ClientStores, needs: AdministratorNeeds): Promise<Administrator> {
  const { inum, codec, clock } = needs;
  const scopes = Object.keys(ADMINISTRATION_SCOPES);
  const at = timestamp(clock.now());
  const found = await stores.scopes.byIds(scopes);
  const draft: ClientInput = {
    clientName: 'Administrator',
    description: `Manages this installation. Made by the service itself on ${at.slice(0, 10)}.`,
    redirectUris: [],
    grantTypes: ['client_credentials'],
    tokenEndpointAuthMethod: 'client_secret_basic',
    scopes,
  };
  const references = {
    scopes: new Map(found.map(({ inum: scope, id }) => [id, { inum: scope, name: id }])),
    claims: new Map(),
    scripts: new Map(),
  };
  const { document, faults } = settle({ draft, inum, mode: 'replace', door: 'admin', references });
  if (faults.length > 0)
    throw new Error(`the administrator client breaks rules: ${faults.map((fault) => fault.detail).join('; ')}`);
  const given = needs.secret === undefined ? codec.make(false) : codec.chosen(needs.secret);
  await stores.corridor.create({ document, source: 'setup', wish: { given } }, ownOrigin('command', needs.operation));
  return { inum, secret: given.clear, scopes };
}
