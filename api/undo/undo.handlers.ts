import { linkTo } from '../search/page-reply.ts';
import type { Handlers, Input } from '../shared/contract/operation.ts';
import type { Verb } from '../tasks/steering.ts';
import type { ChangesUndo } from './undo.service.ts';

const UNDO = '/jans-config-api/api/v1/openid/changes/undo';

type UndoOperation = Extract<
  keyof Handlers,
  'undo-oauth-openid-changes' | `${string}-oauth-openid-changes-undo${string}`
>;

/** The operations that undo changes of clients. `wake` has a task begin soon. */
export const undoHandlers = (undo: ChangesUndo, wake: () => void): Pick<Handlers, UndoOperation> => ({
  ...steering(undo, wake),
  'undo-oauth-openid-changes': async ({ body, context, keep }) => {
    const reply = await undo.undo(context, body, (stores, report) => {
      if (report.state === 'done') return keep(stores, { status: 200, body: report });
      return keep(stores, { status: 202, body: report, headers: { Location: `${UNDO}/${report.id}` } });
    });
    if (reply.status === 202) wake();
    return reply;
  },
  'get-oauth-openid-changes-undos': async ({ query: { startIndex = 0, limit = 50 } }) => ({
    status: 200,
    body: await undo.list({ startIndex, limit }),
  }),
  'get-oauth-openid-changes-undo': async ({ path: { undo: id }, query: { limit = 50, ...query } }) => {
    const body = await undo.report({ id, limit, ...query });
    const { nextCursor } = body;
    return {
      status: 200,
      body,
      ...(nextCursor !== undefined && { headers: linkTo(`${UNDO}/${id}`, { limit, ...query }, nextCursor) }),
    };
  },
});

function steering(undo: ChangesUndo, wake: () => void) {
  const control =
    (verb: Verb) =>
    async ({ path, context }: Pick<Input<'pause-oauth-openid-changes-undo'>, 'path' | 'context'>) => {
      const body = await undo.control(context, path.undo, verb);
      wake();
      return { status: 200 as const, body };
    };
  return {
    'pause-oauth-openid-changes-undo': control('pause'),
    'resume-oauth-openid-changes-undo': control('resume'),
    'stop-oauth-openid-changes-undo': control('stop'),
  };
}
