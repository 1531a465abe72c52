import { SCOPE_PROPERTIES } from '../../openapi/properties.gen.ts';
import { propertyFields } from '../search/property-fields.ts';
import type { Searched } from '../search/asked.ts';

/** Where the search finds scopes. */
export const SCOPES_SEARCHED: Searched = {
  table: 'scopes',
  joins: {},
  text: 'c.search_text',
  countAll: 'SELECT COUNT(*) FROM scopes',
};

/** The field of scopes with this name: its own, or Janssen's database name. */
export const findScopeField = propertyFields(SCOPE_PROPERTIES, {
  columns: {
    inum: { column: { name: 'c.inum' } },
    id: { column: { name: 'c.scope_id' } },
    displayName: { sortColumn: 'c.display_name_folded', folded: { column: 'c.search_text' } },
    description: { folded: { column: 'c.search_text', nth: 1 } },
    scopeType: { column: { name: 'c.scope_type' } },
    expirationDate: { column: { name: 'c.expiration_date' } },
    creatorId: { column: { name: 'c.creator_id' } },
    claims: { refers: 'claims' },
  },
});
