import { CLIENT_PROPERTIES } from '../../openapi/properties.gen.ts';
import type { Property } from '../../openapi/property.ts';

type Members = Record<string, unknown>;

/** The members of a resource, or of the object `parent` in it, that have a default, with it. */
export const defaultsOf = (properties: readonly Property[], parent?: string): Members =>
  Object.fromEntries(
    properties
      .filter((property) => property.parent === parent && property.default !== undefined)
      .map((property) => [property.name, property.default]),
  );

/** The attributes that every client has. */
export const DEFAULT_ATTRIBUTES = defaultsOf(CLIENT_PROPERTIES, 'attributes');

/** The members that every client has. */
export const DEFAULT_MEMBERS: Members = { ...defaultsOf(CLIENT_PROPERTIES), attributes: DEFAULT_ATTRIBUTES };
