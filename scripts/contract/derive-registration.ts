import type { RegistrationForm } from '../../openapi/property.ts';
import type { PropertyExtension, Schema } from './document.ts';

type Member = Required<Pick<PropertyExtension, 'dcr'>>['dcr'];

/**
 * Derives the metadata of dynamic registration (RFC 7591 section 2) from `Client` and its attributes: what a client
 * sends to register (`RegistrationRequest`) and to change its registration (`RegistrationUpdate`), and what it is
 * answered (`RegistrationReply`). Members that only administrators set are not in what is sent.
 */
export function deriveRegistrationSchemas(schemas: Record<string, Schema>): Record<string, Schema> {
  const sources = ['Client', 'ClientAttributes', 'ClientApproval'].flatMap((name) =>
    Object.values(schemas[name]?.properties ?? {}),
  );
  const sent: Record<string, Schema> = {};
  const answered: Record<string, Schema> = {};
  for (const schema of sources) {
    const extension = schema['x-client'];
    if (extension?.dcr === undefined) continue;
    const { dcr } = extension;
    const form = formOf(schema, dcr);
    if (extension['set-by'] === 'registration') {
      for (const name of [dcr.name, ...(dcr.also ?? []), ...(dcr.formerly ?? [])]) sent[name] = form;
    }
    // Which scripts run is the concern of administrators.
    if (extension.refs?.startsWith('script:') === true) continue;
    for (const name of [dcr.name, ...(dcr.also ?? [])]) answered[name] = form;
  }
  return {
    RegistrationRequest: {
      type: 'object',
      description: `Client metadata (RFC 7591 section 2). ${TAGGED} Unknown members are ignored.`,
      properties: sent,
      additionalProperties: true,
    },
    RegistrationUpdate: {
      description: 'The whole metadata of a client, which replaces what it has (RFC 7592 section 2.2).',
      allOf: [{ $ref: '#/components/schemas/RegistrationRequest' }, UPDATE],
    },
    RegistrationReply: {
      type: 'object',
      description: `A registration as it is stored, with what was left out completed (RFC 7591 section 3.2.1). ${TAGGED}`,
      required: ['client_id'],
      properties: {
        ...answered,
        registration_client_uri: {
          type: 'string',
          description: 'Where the registration is read, changed and removed with the registration access token.',
        },
      },
      additionalProperties: true,
    },
  };
}

const TAGGED =
  'The members client_name, client_uri, logo_uri, policy_uri and tos_uri may stand in other languages as well, ' +
  'under names such as `client_name#fr` (BCP 47).';

const UPDATE: Schema = {
  type: 'object',
  required: ['client_id'],
  properties: {
    client_id: { type: 'string', maxLength: 128, description: 'The id of the client, as in the address.' },
    client_secret: {
      type: 'string',
      maxLength: 256,
      description: 'The secret that the client has, if it is sent at all. It cannot be chosen.',
    },
  },
};

const FORMS: Readonly<Record<RegistrationForm, (schema: Schema) => Schema>> = {
  text: (schema) => schema,
  list: (schema) => schema,
  boolean: (schema) => schema,
  integer: (schema) => schema,
  localized: (schema) => schema,
  json: () => ({ type: 'object', additionalProperties: true }),
  epoch: () => ({ type: 'integer' }),
  'scope-string': () => ({ type: 'string', maxLength: 4096 }),
  single: ({ items }) => items ?? {},
};

function formOf(schema: Schema, { as }: Member): Schema {
  const { default: _default, 'x-client': _extension, description, ...bare } = schema;
  return { ...FORMS[as](bare), ...(description !== undefined && { description }) };
}
