import { PROPERTIES } from '../clients/document/client.document.ts';
import { pointerTo } from '../shared/contract/members.ts';
import type { ClientProperty } from '../../openapi/property.ts';
import type { Fault } from '../shared/problem.ts';

/** A fault of a client, in the names of registration metadata. */
export function inMetadataTerms(fault: Fault): Fault {
  const { pointer } = fault;
  return {
    ...fault,
    detail: renamed(fault.detail),
    ...(pointer !== undefined && { pointer: pointerInMetadata(pointer) }),
  };
}

function pointerInMetadata(pointer: string): string {
  const property = PROPERTIES.findLast((candidate) => isWithin(pointer, pointerTo(candidate)));
  if (property === undefined) return pointer;
  const rest = pointer.slice(pointerTo(property).length);
  const language = /^\/values\/(.+)$/.exec(rest)?.[1];
  if (property.type === 'localized') return `/${nameOf(property)}${language === undefined ? '' : `#${language}`}`;
  return `/${nameOf(property)}${rest}`;
}

const isWithin = (pointer: string, place: string): boolean => pointer === place || pointer.startsWith(`${place}/`);

/** The member that a property is registered under, or that the property registers whose value it shares. */
function nameOf(property: ClientProperty): string {
  const original = PROPERTIES.find(({ path }) => path === property.aliasOf);
  return property.dcr?.name ?? original?.dcr?.name ?? property.name;
}

/** Names that cannot be taken for words. */
const NAMES: ReadonlyMap<string, string> = new Map(
  PROPERTIES.filter(({ name, dcr }) => dcr !== undefined && /[A-Z]/.test(name)).map(({ name, dcr }) => [
    name,
    dcr?.name ?? name,
  ]),
);

const renamed = (sentence: string): string =>
  sentence.replace(/\b(?:attributes\.)?([a-z]+[A-Z][A-Za-z]*)\b/g, (text, name: string) => NAMES.get(name) ?? text);
