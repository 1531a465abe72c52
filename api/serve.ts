import { banner } from './banner.ts';
import { compose, type Ground } from './compose.ts';
import { listen } from './http/listen.ts';
import { metricsApp } from './http/metrics-app.ts';
import { startingApp } from './http/starting-app.ts';
import { healthHandlers } from './health/health.handlers.ts';
import { watchSchema } from '../entities/schema-version.ts';
import { preflight } from './preflight.ts';
import type { Environment } from './settings/setting-reader.ts';
import { prepare, ringOf } from './setup/prepare.ts';
import { startFault } from './setup/start-fault.ts';
import { systemClock } from './shared/clock.ts';
import { createLog, errorFields } from './shared/log/log.ts';
import { within } from './shared/database/deadline.ts';
import type { Worker } from './workers/worker.ts';

const STARTING = healthHandlers(() => Promise.resolve('the service is starting'));
const GRACE = 10_000;
/** Callers of a worker go on with another one, and are told so with a reply. */
const LINGER = 1_000;
/** The address that only the monitoring reaches. */
const MONITORING = { setting: 'METRICS', fastHttp: false, maxConnections: 100, replyTimeout: 30 } as const;

/** Runs the service in this process, alone or as a worker, until a signal ends it. */
export async function serve(env: Environment, worker?: Worker): Promise<void> {
  const isServing = await run(env, worker).catch((error: unknown) => {
    fail(error);
    return false;
  });
  // What is open, such as the channel of a worker, would keep a process that serves nobody.
  if (!isServing) process.exit();
}

/** Returns whether it serves now; where the settings or what they name do not fit it has said why. */
async function run(env: Environment, worker: Worker | undefined): Promise<boolean> {
  const checked = await preflight(env, worker === undefined ? 'service' : 'worker');
  if ('faults' in checked) {
    for (const line of checked.faults) process.stderr.write(`clientele: ${line}\n`);
    process.exitCode = 1;
    return false;
  }
  const { config, database } = checked;
  const log = createLog(config.logLevel);
  const ring = await ringOf(checked);
  const endTracing = config.tracing && (await import('./tracing.ts')).startTracing(config.tracing.service);
  const ground: Ground = { config, database, ring, clock: systemClock, log, ...(worker && { together: worker }) };
  const address = { ...config, maxConnections: Math.ceil(config.maxConnections / config.workers) };
  // The others of its kind serve already, and callers are theirs until it can.
  const starting = worker?.isFirst === false ? undefined : await listen(startingApp(STARTING), address);
  await prepare(ground);
  const service = await compose(ground);
  await starting?.close(0);
  const server = await listen(service.app, address);
  const monitoring =
    config.metrics && (await listen(metricsApp(service.metrics.text), { ...MONITORING, ...config.metrics }));
  const watching = watchSchema(database);
  const running = service.tasks.runner.start();
  const stop = async (reason: string): Promise<void> => {
    log.info('stopping', { reason });
    clearInterval(watching);
    const linger = worker && LINGER;
    await Promise.all([server.close(GRACE, linger), monitoring?.close(LINGER, linger)]);
    await worker?.leave();
    await within(GRACE, endTracing?.() ?? Promise.resolve()).catch(() => log.warn('the last traces are not sent'));
    await within(
      GRACE,
      Promise.all([running.stop(), service.idle(), service.close()]).then(() => database.close()),
    );
    log.info('stopped');
  };
  onEnd(database.superseded.signal, stop);
  if (worker === undefined) process.stdout.write(banner(config, server.port));
  else worker.ready(server.port);
  log.info('listening', { host: config.host, port: server.port });
  return true;
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
