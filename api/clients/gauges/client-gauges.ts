import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { Meters } from '../../shared/meters.ts';
import type { SecretStore } from '../secrets/secret.store.ts';
import type { ClientStore } from '../client.store.ts';
import { isSilent } from '../unused/judgement.ts';
import type { ReporterStore } from '../unused/reporters.store.ts';
import { secretEnds, type SecretEndsNeeds } from './secret-ends.ts';

/** More waiting clients than these are not counted. */
const MOST_COUNTED = 100_000;

type GaugeStores = {
  readonly clients: Pick<ClientStore, 'waiting'>;
  readonly secrets: SecretStore;
  readonly reporters: Pick<ReporterStore, 'all'>;
};

interface GaugeNeeds extends Pick<SecretEndsNeeds, 'clock'> {
  readonly work: Pick<UnitOfWork<GaugeStores>, 'read'>;
  /** Whether clients that nobody uses are swept. */
  readonly sweepsUnused: boolean;
}

/** Lets the metrics ask how it stands with clients. */
export function gaugeClients(meters: Meters, { work, clock, sweepsUnused }: GaugeNeeds): void {
  meters.waiting(() => work.read(({ clients }) => clients.waiting(MOST_COUNTED)));
  meters.secretsEnding(secretEnds({ work, clock }));
  if (!sweepsUnused) return;
  meters.silentReporters(async () => {
    const reporters = await work.read((stores) => stores.reporters.all());
    return Object.fromEntries(reporters.map((one) => [one.caller, isSilent(one, clock.now()) ? 1 : 0]));
  });
}
