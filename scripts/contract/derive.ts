import { defaultOf, type Schema } from './document.ts';

type Direction = 'Input' | 'Reply';

/**
 * The resources of the contract, with the members that every write has to have, and those that every reply has beside the
 * ones with a default.
 */
const RESOURCES: Readonly<Record<string, Readonly<Record<Direction, readonly string[]>>>> = {
  Client: {
    Input: [],
    Reply: ['dn', 'baseDn', 'inum', 'deletable', 'authenticationMethod', 'allAuthenticationMethods'],
  },
  Scope: {
    Input: ['id'],
    Reply: ['dn', 'baseDn', 'inum', 'id', 'displayName', 'deletable', 'umaType'],
  },
  JansAttribute: {
    Input: ['name'],
    Reply: ['dn', 'baseDn', 'inum', 'name', 'displayName'],
  },
  CustomScript: {
    Input: ['name', 'scriptType', 'programmingLanguage'],
    Reply: ['dn', 'baseDn', 'inum', 'name', 'scriptType', 'programmingLanguage', 'revision', 'storedOnly'],
  },
};
/** The objects inside them. */
const PARTS = ['ClientAttributes', 'ClientApproval', 'ScopeAttributes', 'AttributeValidation', 'ScriptError'];

/**
 * Derives what may be written (`ClientInput`), what replaces one (`ClientUpdate`) and what is answered (`ClientReply`)
 * from `Client`, and so for the other resources. Defaults are left out of them: the validator would write them into every
 * body, and absence must stay visible.
 */
export function deriveSchemas(schemas: Record<string, Schema>): Record<string, Schema> {
  const derived: Record<string, Schema> = {};
  for (const name of [...Object.keys(RESOURCES), ...PARTS]) {
    for (const direction of ['Input', 'Reply'] as const) {
      const always = direction === 'Reply' ? withDefault(schemas, name) : [];
      const required = [...(RESOURCES[name]?.[direction] ?? []), ...always];
      const schema = derive(schemas, name, direction);
      derived[name + direction] = { ...schema, ...(required.length > 0 && { required }) };
    }
  }
  for (const name of Object.keys(RESOURCES)) derived[`${name}Update`] = update(derived[`${name}Input`], name);
  return { ...derived, CustomScope: extended(derived['ScopeReply'], schemas['CustomScope']) };
}

/** What replaces a resource, which the body names. */
const update = ({ required = [], ...input }: Schema = {}, name: string): Schema => ({
  ...input,
  description: `The writable members of the ${name} that \`inum\` names, which replace those that it has.`,
  required: [...required, 'inum'],
});

/** The members that are part of every resource, since they have a default. */
const withDefault = (schemas: Record<string, Schema>, name: string): string[] =>
  Object.entries(schemas[name]?.properties ?? {}).flatMap(([member, schema]) =>
    defaultOf(schemas, schema) === undefined ? [] : [member],
  );

/** A reply that has the members of another schema as well. */
function extended(reply: Schema | undefined, more: Schema | undefined): Schema {
  return { ...reply, ...more, properties: { ...reply?.properties, ...more?.properties } };
}

function derive(schemas: Record<string, Schema>, name: string, direction: Direction): Schema {
  const source = schemas[name];
  if (source?.properties === undefined) throw new Error(`schema ${name} has no properties`);
  const properties: Record<string, Schema> = {};
  for (const [property, schema] of Object.entries(source.properties)) {
    const extension = schema['x-client'] ?? schema['x-member'];
    if (direction === 'Input' ? extension?.['set-by'] === 'server' : schema['writeOnly'] === true) continue;
    const { default: _default, 'x-client': _client, 'x-member': _member, ...rest } = schema;
    properties[property] = pointToPart(rest, direction);
  }
  return {
    type: 'object',
    description:
      direction === 'Input'
        ? `The writable members of ${name}. Unknown members are ignored.`
        : `${name} as it is answered. Members without a value are left out.`,
    properties,
    ...(direction === 'Reply' && { additionalProperties: false }),
  };
}

function pointToPart(schema: Schema, direction: Direction): Schema {
  const part = PARTS.find((name) => schema.allOf?.[0]?.$ref === `#/components/schemas/${name}`);
  if (part === undefined) return schema;
  const { example, ...rest } = schema;
  const pointing = { ...rest, allOf: [{ $ref: `#/components/schemas/${part}${direction}` }] };
  // A reply has the members with a default as well, which the example of what is written has not.
  return direction === 'Input' ? { ...pointing, example } : pointing;
}
