import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Meters } from '../../shared/meters.ts';
import type { SecretStore } from '../secrets/secret.store.ts';
import type { ClientStore } from '../client.store.ts';
import { secretEnds, type SecretEndsNeeds } from './secret-ends.ts';

/** More waiting clients than these are not counted. */
const MOST_COUNTED = 100_000;

type GaugeStores = { readonly clients: Pick<ClientStore, 'waiting'>; readonly secrets: SecretStore };

interface GaugeNeeds extends Pick<SecretEndsNeeds, 'clock'> {
  readonly work: Pick<UnitOfWork<GaugeStores>, 'read'>;
}

/** Lets the metrics ask how it stands with clients. */
export function gaugeClients(meters: Meters, { work, clock }: GaugeNeeds): void {
  meters.waiting(() => work.read(({ clients }) => clients.waiting(MOST_COUNTED)));
  meters.secretsEnding(secretEnds({ work, clock }));
}
