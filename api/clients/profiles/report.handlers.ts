import { linkTo } from '../../search/page-reply.ts';
import type { Handlers } from '../../shared/contract/operation.ts';
import { clientReport, type ReportNeeds } from './report.service.ts';

export type ReportOperation = 'get-oauth-openid-clients-report';

const REPORT = '/jans-config-api/api/v1/openid/clients/report';

/** The operation on what clients break of a security profile. */
export const reportHandlers = (needs: ReportNeeds): Pick<Handlers, ReportOperation> => ({
  'get-oauth-openid-clients-report': async ({ query, context }) => {
    const { clientId: caller } = context.caller;
    const { profile = 'rfc9700', limit = 50 } = query;
    const body = await clientReport(needs, { ...query, caller, profile, limit });
    const { nextCursor } = body;
    return { status: 200, body, ...(nextCursor !== undefined && { headers: linkTo(REPORT, query, nextCursor) }) };
  },
});
