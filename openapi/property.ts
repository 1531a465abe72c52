/** How a value of a client property is represented in dynamic registration (RFC 7591 metadata). */
export type RegistrationForm =
  'text' | 'list' | 'boolean' | 'integer' | 'json' | 'epoch' | 'scope-string' | 'single' | 'localized';

/** `attributes` is an object whose members are properties too, `map` one whose members callers name. */
export type PropertyType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'date-time'
  | 'string-list'
  | 'localized'
  | 'map'
  | 'custom-attributes'
  | 'attributes';

/** The member of dynamic registration that a property maps to. */
export interface RegistrationMember {
  readonly name: string;
  readonly as: RegistrationForm;
  readonly replyOnly?: true;
  /** Other names that are accepted and answered beside it. */
  readonly also?: readonly string[];
  /** Names that are only accepted. */
  readonly formerly?: readonly string[];
}

/** One property of a resource: what the service knows about it. */
export interface Property {
  /** Address in the resource: `clientName`, `attributes.requirePar`. */
  readonly path: string;
  /** Name of the member. */
  readonly name: string;
  /** The object that holds it, when it is not the resource itself. */
  readonly parent?: string;
  readonly type: PropertyType;
  /** The least privileged party that may set it; `server` means that it is read-only. */
  readonly setBy: 'registration' | 'admin' | 'server';
  /** Name of the attribute in Janssen's database, which sorting and filters take as well. */
  readonly db?: string;
  /** The addresses that it had in earlier versions of Janssen. */
  readonly formerly?: readonly string[];
  /** The values that it takes, when there are only these. */
  readonly values?: readonly string[];
  /** What is stored where it is absent: a property with a default is part of every resource. */
  readonly default?: unknown;
  readonly description: string;
}

/** One property of a client: everything that the service, the command line and the documentation know about it. */
export interface ClientProperty extends Property {
  readonly parent?: 'attributes' | 'approval';
  /** Tab of a form and chapter of the guide. */
  readonly section: string;
  readonly label: string;
  readonly control: string;
  readonly dcr?: RegistrationMember;
  /** What its entries refer to: `scope`, `claim` or `script:<type>`. */
  readonly refs?: string;
  /** The property whose value it shares. */
  readonly aliasOf?: string;
}
