import { SCRIPT_PROPERTIES } from '../../../openapi/properties.gen.ts';
import type { Searched } from '../../search/asked.ts';
import { propertyFields } from '../../search/property-fields.ts';

/** Where the search finds scripts. */
export const SCRIPTS_SEARCHED: Searched = {
  table: 'scripts',
  joins: {},
  text: 'c.search_text',
  countAll: 'SELECT COUNT(*) FROM scripts',
};

/** The field of scripts with this name: its own, or Janssen's database name. */
export const findScriptField = propertyFields(SCRIPT_PROPERTIES, {
  columns: {
    inum: { column: { name: 'c.inum' } },
    name: { column: { name: 'c.name' }, sortColumn: 'c.display_name_folded' },
    // The third of the texts that are searched, after name and aliases.
    description: { folded: { column: 'c.search_text', nth: 2 } },
    scriptType: { column: { name: 'c.script_type' } },
  },
  // Failures are beside the document.
  hidden: new Set(['scriptError.raisedAt', 'scriptError.stackTrace']),
});
