import { CLAIM_PROPERTIES } from '../../../openapi/properties.gen.ts';
import { propertyFields } from '../../search/property-fields.ts';
import type { Searched } from '../../search/asked.ts';

/** Where the search finds claims. */
export const CLAIMS_SEARCHED: Searched = {
  table: 'claims',
  joins: {},
  text: 'c.search_text',
  countAll: 'SELECT COUNT(*) FROM claims',
};

/** The field of claims with this name: its own, or Janssen's database name. */
export const findClaimField = propertyFields(CLAIM_PROPERTIES, {
  columns: {
    inum: { column: { name: 'c.inum' } },
    name: { column: { name: 'c.name' } },
    displayName: { sortColumn: 'c.display_name_folded', folded: { column: 'c.search_text' } },
    description: { folded: { column: 'c.search_text', nth: 1 } },
  },
});
