import { lookup } from '../../openapi/lookup.ts';
import type { Contract, Schema } from '../contract/contract.ts';
import { namedSchema } from './describe.ts';

/** Members that exclude another one: the sample has the other. */
const EXCLUDED = new Set(['jwks']);

/** What `--schema-sample` prints: the examples of the contract put together, always the same, and accepted as it is. */
export function sampleOf(contract: Contract, name: string): unknown {
  const { name: found, schema } = namedSchema(contract, name);
  return sample(contract, schema, found);
}

function sample(contract: Contract, schema: Schema, name: string | undefined): unknown {
  if (schema.properties !== undefined) return members(contract, schema, name);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'array') {
    const item = schema.items ?? {};
    return [sample(contract, contract.resolve(item), contract.nameOf(item))];
  }
  const plain: Record<string, unknown> = { boolean: false, integer: schema.minimum ?? 1, number: schema.minimum ?? 1 };
  return schema.type === 'object' ? {} : (plain[schema.type ?? ''] ?? 'string');
}

function members(contract: Contract, schema: Schema, name: string | undefined): Record<string, unknown> {
  const base = lookup(contract.schemas, name?.replace(/Input$/, '') ?? '')?.properties ?? {};
  const shown = Object.entries(schema.properties ?? {}).filter(([member, raw]) => {
    const extension = lookup(base, member)?.['x-client'];
    if (raw.readOnly === true || EXCLUDED.has(member) || member === 'inum' || member === 'dn') return false;
    if (extension === undefined) return true;
    // What refers to things of one installation, made there, would be unknown in another.
    const refersToLocal = extension.refs !== undefined && extension.refs !== 'scope';
    const isAlias = extension['alias-of'] !== undefined && extension.control !== 'localized';
    return extension['set-by'] !== 'server' && extension.control !== 'secret' && !refersToLocal && !isAlias;
  });
  return Object.fromEntries(
    shown.map(([member, raw]) => {
      // The example of a text in several languages belongs to the member; further settings are shown all.
      const isWhole = raw.example !== undefined && lookup(base, member)?.['x-client']?.control !== 'attributes';
      return [member, isWhole ? raw.example : sample(contract, contract.resolve(raw), contract.nameOf(raw))];
    }),
  );
}
