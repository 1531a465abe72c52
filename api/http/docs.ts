import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import swaggerUi from 'swagger-ui-express';
import { sendText } from './dispatch.ts';

/** The address of Swagger UI. */
export const DOCS_PATH = '/api-docs';

const contentSecurityPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    // The arrows of its drop-down fields are in its style sheet.
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
});

const own = (name: string): string => fileURLToPath(new URL(`./docs-page/${name}`, import.meta.url));

/** What is served of Swagger UI. Its own page is not: it has scripts and styles inside, and shows another API. */
const ASSETS = new Set(['/swagger-ui.css', '/swagger-ui-bundle.js', '/favicon-32x32.png']);
const PAGE_FILES = ['page.css', 'page.js'];

/** A range is left out of account, which nobody needs here and which can be wrong. */
const WHOLE = { acceptRanges: false };
/** Those that are large are read once: streamed to callers who ask and do not read, they would fill the memory. */
const LARGE = ['swagger-ui.css', 'swagger-ui-bundle.js'];

const swaggerUiExpress = createRequire(import.meta.url).resolve('swagger-ui-express');
const distribution = dirname(createRequire(swaggerUiExpress).resolve('swagger-ui-dist/package.json'));

/** Swagger UI for the contract. Credentials that are entered stay in the memory of the page. */
export function docsPage({ tokenEndpoint }: { tokenEndpoint: boolean }): RequestHandler {
  const template = readFileSync(own('index.html'), 'utf8');
  const page = template.replace('%TOKEN_ENDPOINT%', tokenEndpoint ? 'on' : 'off');
  const router = express.Router({ strict: true, caseSensitive: true });
  // Relative, for proxies that add a path in front.
  router.get('/', (_req, res) => res.redirect(302, `.${DOCS_PATH}/`));
  router.get(DOCS_PATH, (_req, res) => res.redirect(301, `.${DOCS_PATH}/`));
  router.get(`${DOCS_PATH}/`, contentSecurityPolicy, (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('html').send(page);
  });
  for (const name of PAGE_FILES) router.get(`${DOCS_PATH}/${name}`, file(own(name)));
  for (const name of LARGE) router.get(`${DOCS_PATH}/${name}`, file(join(distribution, name)));
  const assetsOnly: RequestHandler = (req, _res, next) => (ASSETS.has(req.path) ? next() : next('router'));
  router.use(DOCS_PATH, assetsOnly, ...swaggerUi.serveWithOptions({ index: false, ...WHOLE }));
  return (req, res, next) => (req.path === '/' || req.path.startsWith(DOCS_PATH) ? router(req, res, next) : next());
}

/** Answers with a file, which is read once. */
function file(path: string): RequestHandler {
  const bytes = readFileSync(path);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  return (req, res) => {
    res.set({ ETag: etag, 'Cache-Control': 'no-cache' }).type(extname(path));
    if (req.fresh) res.status(304).end();
    else sendText(res, bytes, String(res.get('Content-Type')));
  };
}
