import type { RequestListener } from 'node:http';
import type { PlainText } from '../shared/operation.ts';

/** Answers `GET /metrics` and nothing else, without a token: for an address that only the monitoring reaches. */
export const metricsListener =
  (text: () => Promise<PlainText>): RequestListener =>
  (req, res) => {
    if (req.url !== '/metrics' || (req.method !== 'GET' && req.method !== 'HEAD')) {
      res.writeHead(404).end();
      return;
    }
    text().then(
      ({ mediaType, text: body }) => res.writeHead(200, { 'Content-Type': mediaType }).end(body),
      () => res.writeHead(500).end(),
    );
  };
