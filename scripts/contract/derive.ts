import type { Schema } from './document.ts';

/** The resources of the contract, each with the members that every reply has. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  Client: [
    'dn',
    'baseDn',
    'inum',
    'deletable',
    'applicationType',
    'subjectType',
    'tokenEndpointAuthMethod',
    'authenticationMethod',
    'allAuthenticationMethods',
    'grantTypes',
    'attributes',
  ],
  Scope: ['dn', 'baseDn', 'inum', 'id', 'displayName', 'scopeType', 'deletable', 'umaType'],
  JansAttribute: ['dn', 'baseDn', 'inum', 'name', 'displayName', 'status', 'dataType'],
};
/** The objects inside them. */
const PARTS = ['ClientAttributes', 'ScopeAttributes', 'AttributeValidation'];

type Direction = 'Input' | 'Reply';

/**
 * Derives what may be written (`ClientInput`) and what is answered (`ClientReply`) from `Client`, and so for the other
 * resources. Defaults are left out of both: the validator would write them into every body, and absence must stay
 * visible.
 */
export function deriveSchemas(schemas: Record<string, Schema>): Record<string, Schema> {
  const derived: Record<string, Schema> = {};
  for (const name of [...Object.keys(RESOURCES), ...PARTS]) {
    const required = RESOURCES[name];
    derived[`${name}Input`] = derive(schemas, name, 'Input');
    derived[`${name}Reply`] = { ...derive(schemas, name, 'Reply'), ...(required && { required: [...required] }) };
  }
  return { ...derived, CustomScope: extended(derived['ScopeReply'], schemas['CustomScope']) };
}

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
    if (direction === 'Input' && extension?.['set-by'] === 'server') continue;
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
  return part === undefined ? schema : { ...schema, allOf: [{ $ref: `#/components/schemas/${part}${direction}` }] };
}
