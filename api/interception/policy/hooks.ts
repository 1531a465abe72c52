import type { JudgingHook, KeyHook, ReplyHook } from '../../registration/policy/registration.policy.ts';

/** What else judges a client: whether it may have the certificate that it came with. */
type CertificateHook = 'isCertValidForClient';

export type Hook = JudgingHook | CertificateHook | ReplyHook | KeyHook;

/** What a function answers with: whether something passes, or a key. */
const ANSWERS: Readonly<Record<Hook, 'decision' | 'key'>> = {
  createClient: 'decision',
  updateClient: 'decision',
  modifyPostResponse: 'decision',
  modifyPutResponse: 'decision',
  modifyReadResponse: 'decision',
  isCertValidForClient: 'decision',
  getSoftwareStatementHmacSecret: 'key',
  getSoftwareStatementJwks: 'key',
  getDcrHmacSecret: 'key',
  getDcrJwks: 'key',
};

export const answersWithKey = (hook: Hook): boolean => ANSWERS[hook] === 'key';

/** Whether what it answers decides about a client. */
export const judges = (hook: Hook): boolean => ANSWERS[hook] === 'decision' && !isAboutReply(hook);

/** Whether a script may have this function. It says no only where it has none. */
export const mayHave = (text: string, hook: Hook): boolean => text.includes(hook);

/** Whether a reply is what a function is about. */
export const isAboutReply = (hook: Hook): boolean => hook.endsWith('Response');
