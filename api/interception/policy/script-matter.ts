import type { PolicyMatter, PolicyRequest } from '../../registration/policy/registration.policy.ts';
import type { Members } from '../../shared/contract/members.ts';
import { certificateIn, type CertificateMatter } from './certificate.ts';

/** What a function of a script gets, but for what it can call and its properties. */
export interface ScriptMatter {
  readonly client: Members;
  readonly request: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly address: string;
    /** Whether what was sent came as a JWT whose signature is verified. */
    readonly signed: boolean;
    /** Whether a task does it to many clients: there are no headers then, and nothing is known of a certificate. */
    readonly isTask: boolean;
    readonly body?: Members;
  };
  readonly statement?: Members;
  readonly certificate?: CertificateMatter;
}

/** Headers that say who calls, or may: a script judges clients, and does not become one. */
const SECRET_HEADER = /auth|cookie|token|secret|key|passw|credential|session|dpop|sign/i;

/**
 * The matter of a policy without anything secret; `certHeader` is where a proxy says whose certificate it has seen. Throws
 * `invalid-request` where that cannot be read.
 */
export function scriptMatter(
  { request, body, client, statement }: PolicyMatter,
  certHeader: string | undefined,
): ScriptMatter {
  const certificate = certHeader === undefined ? undefined : certificateIn(request.headers, certHeader);
  return {
    client,
    request: {
      method: request.method,
      headers: visibleHeaders(request.headers, certHeader),
      address: request.source,
      signed: request.signed !== undefined,
      isTask: request.isTask === true,
      ...(body !== undefined && { body }),
    },
    ...(statement !== undefined && { statement }),
    ...(certificate !== undefined && { certificate }),
  };
}

/** The headers without those that could be secret. */
export function visibleHeaders(headers: PolicyRequest['headers'], certHeader?: string): Record<string, string> {
  const shown = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name === certHeader || SECRET_HEADER.test(name) ? [] : [[name, [value].flat().join(', ')]],
  );
  return Object.fromEntries(shown) as Record<string, string>;
}
