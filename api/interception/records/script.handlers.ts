import { oneRevision, revisionPage } from '../../history/revision.handlers.ts';
import { pageReply } from '../../search/page-reply.ts';
import { etagOf, ifMatch, ifNoneMatch, replaceable } from '../../shared/etag.ts';
import { JsonText, type Handlers, type Schemas } from '../../shared/contract/operation.ts';
import type { ServedEntry } from '../../scopes/registry.service.ts';
import { catalog } from '../catalog/catalog.ts';
import { SCRIPT_TYPES, type ScriptService } from './script.service.ts';
import { TEMPLATE } from './template.ts';

type ScriptOperation = Extract<keyof Handlers, `${string}-config-scripts${string}` | `get-custom-script-${string}`>;

const SCRIPTS = '/jans-config-api/api/v1/config/scripts';

const reply = (script: ServedEntry) => ({
  body: new JsonText<Schemas['CustomScriptReply']>(script.text),
  headers: { ETag: etagOf(script) },
  inum: script.inum,
});

type Conditional = Readonly<Record<string, string | string[] | undefined>>;

const replyTo = (headers: Conditional, script: ServedEntry) =>
  ifNoneMatch(headers['if-none-match'], script)
    ? ({ status: 304, body: undefined, headers: { ETag: etagOf(script) } } as const)
    : ({ status: 200, ...reply(script) } as const);

/** The operations on scripts, as the contract has them. */
export function scriptHandlers(scripts: ScriptService): Pick<Handlers, ScriptOperation> {
  return {
    'get-config-scripts': async ({ query, context }) => {
      const { limit = 50, ...request } = query;
      const page = await scripts.search({ ...request, limit, caller: context.caller.clientId });
      return pageReply(SCRIPTS, query, page);
    },
    'get-config-scripts-by-type': async ({ path, query, context }) => {
      const { limit = 50, ...request } = query;
      const page = await scripts.ofType({ ...request, limit, caller: context.caller.clientId }, path.type);
      return pageReply(`${SCRIPTS}/type/${encodeURIComponent(path.type)}`, query, page);
    },
    'get-config-scripts-by-inum': async ({ path, headers }) => replyTo(headers, await scripts.get(path.inum)),
    'get-custom-script-by-name': async ({ path, headers }) => replyTo(headers, await scripts.byName(path.name)),
    'get-config-scripts-catalog': () => Promise.resolve({ status: 200, body: [...catalog()] }),
    'get-custom-script-type': () => Promise.resolve({ status: 200, body: [...SCRIPT_TYPES] }),
    'get-custom-script-types': async () => ({ status: 200, body: await scripts.types() }),
    'post-config-scripts': async ({ query, body, context }) => {
      const wantsText = query.addScriptTemplate === true && body.script === undefined;
      const runsHere = body.programmingLanguage === 'javascript' && body.scriptType === 'client_registration';
      const script = await scripts.create(context, wantsText && runsHere ? { ...body, script: TEMPLATE } : body);
      const made = reply(script);
      return { status: 201, ...made, headers: { ...made.headers, Location: `${SCRIPTS}/inum/${script.inum}` } };
    },
    'put-config-scripts': async ({ body, headers, context }) => {
      return { status: 200, ...reply(await scripts.replace(context, body, replaceable(headers))) };
    },
    'patch-config-scripts-by-inum': async ({ path, body, headers, strict, context }) => {
      const request = { inum: path.inum, patch: body, strict };
      return { status: 200, ...reply(await scripts.patch(context, request, ifMatch(headers['if-match']))) };
    },
    'delete-config-scripts-by-inum': async ({ path, query, headers, context }) => {
      const request = { inum: path.inum, force: query.force ?? false };
      await scripts.remove(context, request, ifMatch(headers['if-match']));
      return { status: 204, body: undefined };
    },
    'get-config-scripts-revisions': ({ path, query }) => revisionPage(scripts.revisions, path, query),
    'get-config-scripts-revision': ({ path, query }) => oneRevision(scripts.revisions, path, query),
    'restore-config-scripts-revision': async ({ path, headers, context }) => {
      const request = { inum: path.inum, number: Number(path.number) };
      return { status: 200, ...reply(await scripts.restoreRevision(context, request, ifMatch(headers['if-match']))) };
    },
  };
}
