import type { Handlers } from '../../shared/contract/operation.ts';
import type { SoftwareStatementService } from './software-statement.service.ts';

type StatementOperation = Extract<keyof Handlers, `${string}-ssa`>;

/** For caches that do not know Cache-Control, as Janssen answers. */
const UNCACHED = { Pragma: 'no-cache' };

/** The operations on software statements, as the contract has them. */
export function softwareStatementHandlers(statements: SoftwareStatementService): Pick<Handlers, StatementOperation> {
  return {
    'post-register-ssa': async ({ context, body }) => ({
      status: 201,
      body: await statements.issue(context, body),
      headers: UNCACHED,
    }),
    'get-ssa': async ({ context, query }) => ({
      status: 200,
      body: await statements.list(context, { jti: query.jti, orgId: query.org_id }),
      headers: UNCACHED,
    }),
    'delete-ssa': async ({ context, query }) => {
      await statements.revoke(context, { jti: query.jti, orgId: query.org_id });
      return { status: 200, body: undefined, headers: UNCACHED };
    },
    'get-jwt-ssa': async ({ context, query }) => ({
      status: 200,
      body: await statements.reissue(context, query.jti),
      headers: UNCACHED,
    }),
    'validate-ssa': async ({ context, headers }) => {
      await statements.validate(context, String(headers['jti']));
      return { status: 200, body: undefined, headers: UNCACHED };
    },
  };
}
