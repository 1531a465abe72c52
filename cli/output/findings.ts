import { lookup } from '../../openapi/lookup.ts';
import type { Finding } from '../resource/reply.ts';
import { wrap } from './text.ts';

const PROFILES: Readonly<Record<string, string>> = {
  rfc9700: 'OAuth 2.0 Security (RFC 9700)',
  'oauth2.1': 'OAuth 2.1',
  fapi2: 'FAPI 2.0',
  mcp: 'Model Context Protocol',
};

/** A security profile, as people call it. */
export const profileName = (profile: string): string => lookup(PROFILES, profile) ?? profile;

const placeOf = ({ pointer = '' }: Finding): string => pointer.replace(/^\//, '').replaceAll('/', '.');

/** A fault or advice on one line: `clientName: must be string (rule)`. */
export function findingText(finding: Finding): string {
  const place = placeOf(finding);
  const profile = finding.profile && `only for ${profileName(finding.profile)}`;
  const rule = [finding.rule, profile].filter((part) => part !== undefined).join(', ');
  return `${place === '' ? '' : `${place}: `}${finding.detail}${rule === '' ? '' : ` (${rule})`}`;
}

/** A text after what kind it is of; in a window (its width in columns) it goes on below, set in. */
export function labelled(kind: string, text: string, width: number | undefined): string {
  const lines = width === undefined ? [text] : wrap(text, width - kind.length - 2);
  return `${kind}  ${lines.join(`\n${' '.repeat(kind.length + 2)}`)}`;
}

/** Who is advised what; the same advice for many is one line. */
export class Advice {
  private readonly general = new Map<string, string[]>();
  private readonly byProfile = new Map<string, Set<string>>();

  /** Notes what is advised, for a client by its id where there are several. */
  add(findings: readonly Finding[], id?: string): void {
    for (const finding of findings) {
      if (finding.profile === undefined) {
        const text = findingText(finding);
        this.general.set(text, [...(this.general.get(text) ?? []), ...(id === undefined ? [] : [id])]);
      } else {
        const places = this.byProfile.get(finding.profile) ?? new Set();
        this.byProfile.set(finding.profile, places.add(placeOf(finding)));
      }
    }
  }

  /** The lines to say. What only a security profile wants is the names of the members. */
  lines(width: number | undefined): string[] {
    const general = [...this.general].map(([text, ids]) => labelled('advice', `${text}${listed(ids)}`, width));
    const profiles = [...this.byProfile].map(([profile, places]) => {
      const text = `only for ${profileName(profile)}, about ${[...places].join(', ')}: see clients validate`;
      return labelled('advice', text, width);
    });
    return [...general, ...profiles];
  }
}

/** `: shop, tool and 3 more`; nothing for none. */
function listed(ids: readonly string[]): string {
  if (ids.length === 0) return '';
  return `: ${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''}`;
}
