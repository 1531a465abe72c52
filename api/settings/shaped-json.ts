import { Ajv } from 'ajv';

/** What stands in a JSON text, or what is wrong with it. */
export type Shaped<T> = { readonly value: T } | { readonly fault: string };

/**
 * Reads JSON texts that have to fit a schema, in whose faults they are called `name`. The schema is compiled for the first
 * of them, and not checked itself: ajv would compile the schema of schemas for that, at each start.
 */
export function shapedJson<T>(schema: object, name: string): (text: string) => Shaped<T> {
  let ajv: Ajv | undefined;
  return (text) => {
    ajv ??= new Ajv({ allErrors: true, validateSchema: false });
    const value = parsed(text);
    if (ajv.validate<T>(schema, value)) return { value };
    return { fault: ajv.errorsText(ajv.errors, { dataVar: name }) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
