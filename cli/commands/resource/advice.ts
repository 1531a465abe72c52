import type { Context } from '../../context.ts';
import { CallFailure } from '../../failure.ts';
import { Advice } from '../../output/findings.ts';
import type { Calls } from '../../resource/calls.ts';
import type { Body } from '../../resource/entry.ts';
import { bodySchema } from '../body.ts';
import type { Input, Option } from '../../command.ts';
import type { ResourceKit } from './kit.ts';

export const NO_ADVICE: Option = { name: 'no-advice', summary: 'does not say what is advised' };

/** Whether there is advice about entries, which `validate` gives for what would be created. */
export function isAdvised({ resource }: ResourceKit): boolean {
  const validate = resource.actions.get('validate');
  return validate !== undefined && bodySchema(validate) !== undefined;
}

/** Says what is advised for an entry that was written. Whoever cannot ask for it hears nothing. */
export async function sayAdvice({ terminal }: Context, calls: Calls, body: Body): Promise<void> {
  // What is advised does not depend on the id, which is taken by now.
  const { [calls.resource.id]: _id, ...unnamed } = body;
  try {
    const advice = new Advice();
    advice.add((await calls.validate(unnamed)).warnings);
    for (const line of advice.lines(terminal.talksToTty ? terminal.columns : undefined)) terminal.say(line);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
  }
}

export const wantsAdvice = (kit: ResourceKit, input: Input): boolean => isAdvised(kit) && !input.has(NO_ADVICE.name);
