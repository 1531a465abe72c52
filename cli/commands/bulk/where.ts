import { lookup } from '../../../openapi/lookup.ts';
import { DRY_RUN_OPTION, OUTPUT_OPTION, YES_OPTION, type Command, type Input, type Option } from '../../command.ts';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import type { BulkOperations } from '../../resource/bulk.ts';
import type { Body } from '../../resource/entry.ts';
import { textFrom } from '../../text-source.ts';
import { bodyFields, bodyFrom, parseDocument } from '../body.ts';
import { WHERE } from '../listing/list-query.ts';
import type { ResourceKit } from '../resource/kit.ts';
import { carryOut } from './bulk-run.ts';

const STOP_AFTER: Option = {
  name: 'stop-after',
  value: 'N',
  rare: true,
  summary: 'with --where: stops at the Nth that is refused',
};
const ENCRYPT_TO: Option = {
  name: 'encrypt-to',
  value: 'FILE',
  takesPath: true,
  summary: 'with --where: a public key (JWK) for the secrets',
};
const SEVERAL: Option = { ...WHERE, summary: 'all those, as RFC 7644 has it' };

interface Way {
  readonly action: string;
  readonly options?: readonly Option[];
  /** What the body of a run has beside its action and filter. */
  readonly body?: (context: Context, kit: ResourceKit, input: Input) => Promise<Body>;
}

const revoking = async (_context: Context, _kit: ResourceKit, input: Input): Promise<Body> =>
  input.has('revoke-tokens') ? { revokeTokens: true } : {};

/** The verbs that do the same to all clients that a filter fits. */
const WAYS: Readonly<Record<string, Way>> = {
  update: {
    action: 'patch',
    body: async (context, kit, input) => {
      const fields = kit.fields.filter(({ path }) => path !== kit.resource.id);
      const mergePatch = await bodyFrom(context, fields, input);
      if (Object.keys(mergePatch).length === 0) throw usageFailure('nothing says what to change');
      return { mergePatch, ...(await revoking(context, kit, input)) };
    },
  },
  activate: { action: 'activate' },
  deactivate: { action: 'deactivate', body: revoking },
  delete: { action: 'delete' },
  approve: { action: 'approve' },
  reject: { action: 'reject' },
  'rotate-secret': {
    action: 'rotate',
    options: [ENCRYPT_TO],
    body: async (context, kit, input) => {
      const file = input.value(ENCRYPT_TO.name);
      if (file === undefined)
        throw usageFailure('--where needs --encrypt-to: a public key that the secrets are encrypted to');
      const rotate = kit.resource.actions.get('rotate-secret');
      const given = rotate === undefined ? {} : await bodyFrom(context, bodyFields(kit.contract, rotate), input);
      return { ...given, encryptTo: parseDocument(await textFrom(context.terminal, file, '--encrypt-to'), file) };
    },
  },
};

/** More options than so many do not fit a screen. */
const MANY = 20;

/** The command with `--where`, where it is one that can be done to all clients that a filter fits. */
export function withWhere(kit: ResourceKit, command: Command, operations: BulkOperations): Command {
  const way = lookup(WAYS, command.words[1] ?? '');
  if (way === undefined) return command;
  const has = (option: Option): boolean => command.options.some(({ name }) => name === option.name);
  // Where there are many options, only one that is asked for needs no word about it.
  const yes = command.options.length > MANY ? { ...YES_OPTION, rare: true } : YES_OPTION;
  const added = [SEVERAL, STOP_AFTER, ...(way.options ?? []), yes, DRY_RUN_OPTION, OUTPUT_OPTION];
  const [first] = command.args;
  return {
    ...command,
    args: command.args.map((arg) => ({ ...arg, optional: true })),
    options: [...command.options, ...added.filter((option) => !has(option))],
    run: async (context, input) => {
      const filter = input.value(WHERE.name);
      if (filter === undefined) {
        if (input.args.length === 0)
          throw usageFailure(`missing required argument '${first?.name ?? 'inum'}', or --where FILTER`);
        return command.run(context, input);
      }
      if (input.args.length > 0)
        throw usageFailure(`${input.arg(0)} and --where are two ways to say which: one will do`);
      const calls = (await context.service()).of(kit.resource);
      const stopAfter = input.value(STOP_AFTER.name);
      if (stopAfter !== undefined && !/^[1-9]\d{0,5}$/.test(stopAfter))
        throw usageFailure(`--${STOP_AFTER.name} takes a number from 1, not ${stopAfter}`);
      const body = {
        ...{ action: way.action, filter },
        ...(stopAfter !== undefined && { stopAfterFailures: Number(stopAfter) }),
        ...(await way.body?.(context, kit, input)),
      };
      await carryOut(context, input, { calls, operations, body });
    },
  };
}
