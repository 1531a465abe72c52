import { parseArgs } from 'node:util';
import { stringify } from 'csv-stringify/sync';
import { foundations } from '../../api/compose.ts';
import { endWhatCameBack, secretHolders, type Ended } from '../../api/setup/after-restore.ts';
import { prepare } from '../../api/setup/prepare.ts';
import { parseWireDate, timestamp } from '../../api/shared/clock.ts';
import { withGround } from '../ground.ts';

const USAGE =
  'npm run -s after-restore -- --backup-taken 2026-01-31T12:00:00Z [--end-registration-tokens] > rotate.csv';

const COLUMNS = ['inum', 'clientName', 'administrator', 'disabled', 'secretCreated', 'secretLastUsed'] as const;

interface Call {
  /** Epoch milliseconds. */
  readonly taken: number;
  readonly endsRegistrationTokens: boolean;
}

/** Ends what a restored backup has brought back, and lists the clients whose secrets have to be rotated. */
const call = callIn(process.argv.slice(2));
await withGround({ usage: USAGE, accepts: () => call !== undefined, existing: true }, async (ground) => {
  if (call === undefined) return;
  await prepare(ground);
  const restored = { work: foundations(ground).work, clock: ground.clock, taken: timestamp(call.taken) };
  process.stderr.write(reportOf(await endWhatCameBack(restored, call.endsRegistrationTokens)));
  let [count, columns] = [0, COLUMNS as readonly string[]];
  for await (const holders of secretHolders(restored)) {
    const rows = holders.map((holder) => COLUMNS.map((column) => String(holder[column])));
    process.stdout.write(stringify([...(columns.length > 0 ? [columns] : []), ...rows], { escape_formulas: true }));
    columns = [];
    count += holders.length;
  }
  process.stderr.write(`${count} clients have secrets of before: their list is on standard output. Rotate them.\n`);
});

/** What the command line asks for; undefined when it cannot be understood, or names a time that is still to come. */
function callIn(args: string[]): Call | undefined {
  try {
    const options = { 'backup-taken': { type: 'string' }, 'end-registration-tokens': { type: 'boolean' } } as const;
    const { values } = parseArgs({ args, options });
    const taken = parseWireDate(values['backup-taken'] ?? '');
    if (taken === undefined || taken > Date.now()) return undefined;
    return { taken, endsRegistrationTokens: values['end-registration-tokens'] === true };
  } catch {
    return undefined;
  }
}

function reportOf({ signingKeys, initialTokens, statements, registrationTokens }: Ended): string {
  return [
    `${signingKeys} signing keys are gone, and with them all access tokens; the service makes another key.`,
    `${initialTokens} initial access tokens with uses left have ended.`,
    `${statements} software statements for one use are used up.`,
    `${registrationTokens} registration access tokens have ended.`,
    '',
  ].join('\n');
}
