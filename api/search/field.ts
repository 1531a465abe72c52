/** How the values of a field compare. */
export type FieldType = 'text' | 'integer' | 'boolean' | 'date' | 'list' | 'localized' | 'custom';

/** Something that a resource can be filtered or sorted by. */
export interface Field {
  /** Its name in queries: `clientName`, `attributes.requirePar`. */
  readonly name: string;
  readonly type: FieldType;
  /** Its address in the document, as a JSON path; for `custom`, of the list of attributes. */
  readonly path: string;
  /** The custom attribute that it means, for `custom`. */
  readonly key?: string;
  /** The values that it takes, when there are only these. */
  readonly values?: readonly string[];
  /**
   * A column that has the value of the document or, with `prefix`, its first characters; with `isTimestamp` a date of the
   * wire with its milliseconds; no index begins with it where `noIndex` says so.
   */
  readonly column?: {
    readonly name: string;
    readonly prefix?: number;
    readonly isTimestamp?: true;
    readonly noIndex?: true;
  };
  /** What is computed for each resource `c` out of another table: a date, of which the first characters are on the wire. */
  readonly computed?: Computed;
  /**
   * A column with the first `SORT_COLUMN_LENGTH` characters of a folded value, whose order is the order of the field; it has
   * `ABSENT` where there is none.
   */
  readonly sortColumn?: string;
  /**
   * A column that has its value folded: in the text that is searched, as one of the values there, counted from 0; or, for a
   * list, a column with each value of it.
   */
  readonly folded?: { readonly column: string; readonly nth?: number };
  /** A table that joins the resource to what its list refers to. */
  readonly join?: { readonly table: string; readonly column: string };
  /** How `client_values` has its values, where it has them. */
  readonly valued?: Valued;
  /** What its values refer to, when they are written as DN or by name and kept as DN. */
  readonly refers?: 'scopes' | 'claims';
}

/** The SQL of a date, which is in an indexed column `among` of a row with the `inum` of the resource. */
export interface Computed {
  readonly sql: string;
  readonly table: string;
  readonly among: string;
}

/** A property whose values `client_values` has, and what it has of them: what was kept by another rule does not count. */
export interface KeptProperty {
  readonly property: string;
  readonly rule: string;
}

/** Where the values of a field are kept beside the document. */
export interface Valued extends KeptProperty {
  /** The one value that is left out: nearly every client has it. */
  readonly except?: string;
  /** What is kept of a value, where that is something else than its text. */
  readonly textOf?: (value: string) => string;
  /** Set where the document itself does not say it. */
  readonly isOnlyThere?: true;
  /** What a part of such a value is compared as. */
  readonly partOf?: (part: string) => string;
}

/** What a folded column has where there is no value: it sorts after every text. */
export const ABSENT = '\u{10FFFF}';

/** In characters. */
export const SORT_COLUMN_LENGTH = 512;

/** The length of the part of a text that is sorted by. Databases look at the first kilobyte only. */
export const SORT_LENGTH = 200;

/** Finds a field by one of its names, or undefined. */
export type FindField = (name: string) => Field | undefined;
