import { banner } from './banner.ts';
import { compose, type Ground } from './compose.ts';
import { listen } from './http/listen.ts';
import { metricsApp } from './http/metrics-app.ts';
import { startingApp } from './http/starting-app.ts';
import { healthHandlers } from './health/health.handlers.ts';
import { watchSchema } from '../entities/schema-version.ts';
import { preflight } from './preflight.ts';
import { prepare, ringOf } from './setup/prepare.ts';
import { startFault } from './setup/start-fault.ts';
import { systemClock } from './shared/clock.ts';
import { createLog, errorFields } from './shared/log/log.ts';
import { within } from './shared/database/unit-of-work.ts';

const GRACE = 10_000;
/** The address that only the monitoring reaches. */
const MONITORING = { setting: 'METRICS', fastHttp: false, maxConnections: 100, replyTimeout: 30 } as const;

/** Runs the service until a signal ends it. */
async function main(): Promise<void> {
  const checked = await preflight(process.env, 'service');
  if ('faults' in checked) {
    for (const line of checked.faults) process.stderr.write(`clientele: ${line}\n`);
    process.exitCode = 1;
    return;
  }
  const { config, database } = checked;
  const log = createLog(config.logLevel);
  const ring = await ringOf(checked);
  const ground: Ground = { config, database, ring, clock: systemClock, log };
  const starting = await listen(startingApp(healthHandlers(() => Promise.resolve('the service is starting'))), config);
  await prepare(ground);
  const service = await compose(ground);
  await starting.close(0);
  const server = await listen(service.app, config);
  const monitoring =
    config.metrics && (await listen(metricsApp(service.metrics.text), { ...MONITORING, ...config.metrics }));
  const watching = watchSchema(database);
  const running = service.tasks.runner.start();
  const stop = async (reason: string): Promise<void> => {
    log.info('stopping', { reason });
    clearInterval(watching);
    await server.close(GRACE);
    await monitoring?.close(0);
    await within(
      GRACE,
      Promise.all([running.stop(), service.idle(), service.close()]).then(() => database.close()),
    );
    log.info('stopped');
  };
  onEnd(database.superseded.signal, stop);
  process.stdout.write(banner(config, server.port));
  log.info('listening', { host: config.host, port: server.port });
}

/**
 * Stops once: at the first signal, later ones are for the impatient and change nothing; or as a failure when the database
 * has got a schema that this version does not know.
 */
function onEnd(superseded: AbortSignal, stop: (reason: string) => Promise<void>): void {
  let stopping: Promise<void> | undefined;
  const end = (reason: string): void => {
    // A connection that hangs would keep the process.
    stopping ??= stop(reason)
      .catch(fail)
      .finally(() => process.exit());
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(signal));
  superseded.addEventListener('abort', () => {
    fail(superseded.reason);
    end('newer schema');
  });
}

function fail(error: unknown): void {
  process.exitCode = 1;
  const fault = startFault(error);
  if (fault !== undefined) {
    process.stderr.write(`clientele: ${fault}\n`);
    return;
  }
  const { error: text, stack } = errorFields(error);
  process.stderr.write(`clientele: ${String(text)}\n${String(stack)}\n`);
}

await main().catch((error: unknown) => {
  fail(error);
  // Connections that are open would keep a process that serves nobody.
  process.exit();
});
