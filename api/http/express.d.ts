import type { Caller } from '../shared/contract/operation.ts';

/** What our middleware and the validator leave on a request. */
declare global {
  namespace Express {
    interface Request {
      requestId: string;
      caller?: Caller;
      /** The client that authenticated in the request itself. */
      authenticatedClient?: string;
      /** Why it is done, where the operation keeps that. */
      reason?: string;
      /** The id of what it is about. */
      subject?: string;
      /** Whether it was only tried. */
      isDryRun?: true;
      /** The JWT whose claims are the body. */
      signedBody?: string;
      openapi?: {
        schema: {
          operationId: string;
          security?: Record<string, string[]>[];
          requestBody?: { required?: boolean; content: Record<string, { schema?: object }> };
          'x-public'?: string;
          'x-errors'?: 'problem' | 'oauth';
          /** The media type of a JWT that the body may be, too. */
          'x-signed-body'?: string;
          'x-body'?:
            | 'client'
            | 'patch'
            | 'registration'
            | 'registration-token'
            | 'secret-rotation'
            | 'approval-decision'
            | 'client-restoration'
            | 'client-secret';
          /** The OAuth error for what is wrong with a member of the body, by the pointer of the member. */
          'x-body-errors'?: Record<string, string>;
        };
        pathParams: Record<string, string>;
      };
    }
  }
}
