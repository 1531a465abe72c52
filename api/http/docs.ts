import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import swaggerUi from 'swagger-ui-express';
import type { Contract } from '../shared/contract.ts';

/** The address of Swagger UI. */
export const DOCS_PATH = '/api-docs';

const contentSecurityPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    // Swagger UI sets styles on elements, and its page has one style element.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
});

/** Swagger UI for the contract. Credentials that are entered stay in the memory of the page. */
export function docsPage(contract: Contract): RequestHandler {
  const router = express.Router({ strict: true });
  router.get(DOCS_PATH, (_req, res) => res.redirect(301, `${DOCS_PATH}/`));
  const page = swaggerUi.setup(contract.document, {
    customSiteTitle: 'Clientele',
    swaggerOptions: { persistAuthorization: false, tryItOutEnabled: true, docExpansion: 'list', validatorUrl: null },
  });
  router.use(`${DOCS_PATH}/`, contentSecurityPolicy, ...swaggerUi.serve, page);
  return router;
}
