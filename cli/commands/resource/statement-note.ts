import type { Operation } from '../../contract/contract.ts';
import type { Context } from '../../context.ts';
import { cellOf } from '../../output/entry.ts';
import type { Body, Entry } from '../../resource/entry.ts';
import { oneLine } from '../../output/text.ts';
import { claimsIn, endOf } from '../../token-claims.ts';
import { bodySchema } from '../body.ts';

/** Says which software statement was made: the reply is nothing but a signed text, for programs. */
export function sayStatement({ contract, terminal }: Context, made: Made): void {
  const { body, entry, operation } = made;
  if (typeof entry['ssa'] !== 'string') return;
  const claims = claimsIn(entry['ssa']);
  const text = (name: string): string => oneLine(cellOf(claims[name] ?? body[name], ', '));
  // How often it can be used is not in the statement.
  const members = contract.resolve(bodySchema(operation) ?? {}).properties ?? {};
  const isOnce = body['one_time_use'] ?? members['one_time_use']?.default;
  const label = text('description') === '' ? '' : ` (${text('description')})`;
  const end = endOf(claims)?.toISOString();
  terminal.say(
    `Statement ${text('jti')} for software ${text('software_id')} of ${text('org_id')}${label}: ` +
      `${end === undefined ? '' : `expires ${end}, `}can be used ${isOnce === true ? 'once' : 'many times'}; ` +
      `clients that register with it live ${text('lifetime')} s.`,
  );
}

interface Made {
  readonly operation: Operation;
  readonly body: Body;
  readonly entry: Entry;
}
