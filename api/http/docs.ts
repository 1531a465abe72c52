import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';
import helmet from 'helmet';

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
const { resolve } = createRequire(import.meta.url);

/** All that is served, by name. Swagger UI's own page is not: it would show another API. */
const FILES = {
  'page.css': own('page.css'),
  'page.js': own('page.js'),
  'swagger-ui.css': resolve('swagger-ui-dist/swagger-ui.css'),
  'swagger-ui-bundle.js': resolve('swagger-ui-dist/swagger-ui-bundle.js'),
  'favicon-32x32.png': resolve('swagger-ui-dist/favicon-32x32.png'),
};

/** Swagger UI for the contract. Credentials that are entered stay in the memory of the page. */
export function docsPage({ tokenEndpoint }: { tokenEndpoint: boolean }): RequestHandler {
  const template = readFileSync(own('index.html'), 'utf8');
  const page = template.replace('%TOKEN_ENDPOINT%', tokenEndpoint ? 'on' : 'off');
  const router = express.Router({ strict: true, caseSensitive: true });
  // Relative, for proxies that add a path in front.
  router.get(DOCS_PATH, (_req, res) => res.redirect(301, `.${DOCS_PATH}/`));
  router.get(`${DOCS_PATH}/`, contentSecurityPolicy, (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('html').send(page);
  });
  for (const [name, path] of Object.entries(FILES)) {
    router.get(`${DOCS_PATH}/${name}`, (_req, res) => res.sendFile(path));
  }
  return router;
}
