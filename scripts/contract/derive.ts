import type { Schema } from './document.ts';

const REPLY_REQUIRED = [
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
];

type Direction = 'Input' | 'Reply';

/**
 * Derives what may be written (`ClientInput`) and what is answered (`ClientReply`) from `Client`.
 * Defaults are left out of both: the validator would write them into every body, and absence must stay visible.
 */
export function deriveClientSchemas(schemas: Record<string, Schema>): Record<string, Schema> {
  return {
    ClientInput: derive(schemas, 'Client', 'Input'),
    ClientAttributesInput: derive(schemas, 'ClientAttributes', 'Input'),
    ClientReply: { ...derive(schemas, 'Client', 'Reply'), required: REPLY_REQUIRED },
    ClientAttributesReply: derive(schemas, 'ClientAttributes', 'Reply'),
  };
}

function derive(schemas: Record<string, Schema>, name: string, direction: Direction): Schema {
  const source = schemas[name];
  if (source?.properties === undefined) throw new Error(`schema ${name} has no properties`);
  const properties: Record<string, Schema> = {};
  for (const [property, schema] of Object.entries(source.properties)) {
    if (direction === 'Input' && schema['x-client']?.['set-by'] === 'server') continue;
    const { default: _default, 'x-client': _extension, ...rest } = schema;
    properties[property] = property === 'attributes' ? pointTo(rest, `ClientAttributes${direction}`) : rest;
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

function pointTo(schema: Schema, name: string): Schema {
  return { ...schema, allOf: [{ $ref: `#/components/schemas/${name}` }] };
}
