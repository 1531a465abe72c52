import type { Api } from '../connection/api.ts';
import type { Contract } from '../contract/contract.ts';
import { resourcesOf, type Resource } from '../contract/resources.ts';
import { claimsIn } from '../token-claims.ts';
import { Calls } from './calls.ts';
import { asEntry } from './reply.ts';

/** A service at the other end. */
export class Service {
  constructor(
    private readonly contract: Contract,
    private readonly api: Api,
  ) {}

  /** The same service, with why it is called, for what keeps that. */
  because(reason: string): Service {
    return new Service(this.contract, this.api.because(reason));
  }

  /** What can be done with the things of one kind. */
  of(resource: Resource): Calls {
    return new Calls(this.api, resource);
  }

  /** The same by the noun, or undefined where the contract has no such things. */
  ofNoun(noun: string): Calls | undefined {
    const resource = resourcesOf(this.contract).find((candidate) => candidate.noun === noun);
    return resource && this.of(resource);
  }

  /** The version of the service; undefined where it does not say. */
  async version(): Promise<string | undefined> {
    const operation = this.contract.operation('get-app-version');
    if (operation === undefined) return undefined;
    const { clientele } = asEntry((await this.api.send({ operation })).body);
    return typeof clientele === 'string' ? clientele : undefined;
  }

  /** The id of the client that asks, or undefined when its token does not say. */
  async callerId(): Promise<string | undefined> {
    const { session } = this.api;
    const { credential } = session.connection;
    if (credential.kind !== 'token') return credential.id;
    const claims = claimsIn(await session.accessToken());
    const id = claims['client_id'] ?? claims['sub'];
    return typeof id === 'string' ? id : undefined;
  }
}
