import type { ClientProperty, RegistrationForm } from '../../../openapi/property.ts';
import { PROPERTIES } from '../../clients/document/client.document.ts';

/** A property of a client as it stands in registration metadata. */
export interface RegisteredMember {
  readonly property: ClientProperty;
  readonly name: string;
  readonly as: RegistrationForm;
  /** Every name that it is accepted under. */
  readonly names: readonly string[];
  /** Every name that it is answered under. */
  readonly answered: readonly string[];
}

const MEMBERS: readonly RegisteredMember[] = PROPERTIES.flatMap((property) => {
  const { dcr } = property;
  if (dcr === undefined) return [];
  const { name, as, also = [], formerly = [] } = dcr;
  return [{ property, name, as, names: [name, ...also, ...formerly], answered: [name, ...also] }];
});

/** The members that a client can register. */
export const REGISTERED = MEMBERS.filter(({ property }) => property.setBy === 'registration');

/** The members that a client is told about; which scripts run is the concern of administrators. */
export const ANSWERED = MEMBERS.filter(({ property }) => property.refs?.startsWith('script:') !== true);

/** The property that holds the languages of a localized one. */
export const languagesOf = (property: ClientProperty): ClientProperty | undefined =>
  PROPERTIES.find(({ aliasOf, type }) => aliasOf === property.name && type === 'localized');
