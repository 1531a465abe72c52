import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { loadConfig, type Config } from './config.ts';
import { probe } from './http/listen.ts';

/** The program: one process, or several that share an address and one that keeps them. */
async function main(): Promise<void> {
  const { config, mistakes } = loadConfig(process.env);
  // Mistakes are reported by the service, with what else is wrong.
  const isPrimary = cluster.isPrimary && config.workers > 1 && mistakes.length === 0 && (await isFree(config));
  if (isPrimary) return leadWorkers(config);
  const { serve } = await import('./serve.ts');
  if (cluster.isPrimary) return serve(process.env);
  const { asWorker } = await import('./workers/worker.ts');
  const { ROLE } = await import('./workers/messages.ts');
  return serve(process.env, asWorker(config.workers, process.env[ROLE] === 'first'));
}

/** What keeps the workers has nothing of what they do in its memory. */
async function leadWorkers(config: Config): Promise<void> {
  const { lead } = await import('./workers/primary.ts');
  const { backOff } = await import('./workers/back-off.ts');
  const { metricSums } = await import('./metrics/sums.ts');
  const { banner } = await import('./banner.ts');
  const { systemClock } = await import('./shared/clock.ts');
  const { ownLimits } = await import('./shared/limits/limits.ts');
  const { createLog } = await import('./shared/log/log.ts');
  await lead({
    program: fileURLToPath(import.meta.url),
    workers: config.workers,
    log: createLog(config.logLevel),
    limits: ownLimits(systemClock),
    backOff: backOff(),
    sums: metricSums,
    onServing: (port) => void process.stdout.write(banner(config, port)),
  });
}

async function isFree({ host, port, metrics }: Config): Promise<boolean> {
  try {
    await probe({ setting: 'PORT', host, port });
    if (metrics !== undefined) await probe({ setting: 'METRICS', ...metrics });
    return true;
  } catch {
    return false;
  }
}

await main();
