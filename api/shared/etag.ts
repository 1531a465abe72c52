import { Problem } from './problem.ts';

/** The version of a resource, and of the record of its use. */
export interface Version {
  readonly version: number;
  readonly activity: number;
}

/** Throws `precondition-failed` when the version is not the one that the caller means. */
export type VersionCheck = (version: number) => void;

/** The strong ETag of a version: `"<version>-<activity>"`. */
export const etagOf = ({ version, activity }: Version): string => `"${version}-${activity}"`;

type Header = string | string[] | undefined;

const tagsOf = (header: Header): string[] =>
  String(header)
    .split(',')
    .map((tag) => tag.trim());

/**
 * The check that `If-Match` asks for (RFC 9110 section 13.1.1): it compares the version and not the activity, since
 * the use of a client is no change that a writer could overwrite. Weak tags never match.
 */
export function ifMatch(header: Header): VersionCheck {
  if (header === undefined) return () => undefined;
  const tags = tagsOf(header);
  return (version) => {
    if (tags.includes('*') || tags.some((tag) => tag.startsWith(`"${version}-`) && tag.endsWith('"'))) return;
    throw new Problem('precondition-failed', { detail: `the current version is ${version}` });
  };
}

interface WriteHeaders {
  readonly 'if-match'?: Header;
  readonly 'if-none-match'?: Header;
}

/** The check that both headers ask for at a PUT: `If-None-Match: *` is for what is not there (RFC 9110 section 13.1.2). */
export function replaceable(headers: WriteHeaders): VersionCheck {
  const [check, refused] = [ifMatch(headers['if-match']), headers['if-none-match']];
  if (refused === undefined) return check;
  const tags = tagsOf(refused).map((tag) => tag.replace(/^W\//, ''));
  return (version) => {
    check(version);
    if (!tags.includes('*') && !tags.some((tag) => tag.startsWith(`"${version}-`))) return;
    throw new Problem('precondition-failed', { detail: `it exists, in version ${version}` });
  };
}

/** Whether `If-None-Match` (RFC 9110 section 13.1.2) names exactly what would be answered. */
export function ifNoneMatch(header: Header, current: Version): boolean {
  if (header === undefined) return false;
  const tags = tagsOf(header).map((tag) => tag.replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etagOf(current));
}
