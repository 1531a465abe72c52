import type { Subject } from '../contract/operation.ts';

/** Whom a caller's token was about, in a row of the log or of the revisions. */
export interface SubjectColumns {
  readonly subject: string | null;
  readonly subjectName: string | null;
  readonly subjectActor: string | null;
}

/** The columns for a subject, or for none. */
export const subjectColumns = ({ subject }: { readonly subject?: Subject }): SubjectColumns => ({
  subject: subject?.sub ?? null,
  subjectName: subject?.name ?? null,
  subjectActor: subject?.actor ?? null,
});

/** The subject in a row that has one, as a member of what is made of the row. */
export const subjectOf = ({ subject, subjectName, subjectActor }: SubjectColumns): { readonly subject?: Subject } =>
  subject === null
    ? {}
    : {
        subject: {
          sub: subject,
          ...(subjectName !== null && { name: subjectName }),
          ...(subjectActor !== null && { actor: subjectActor }),
        },
      };
