import express, { type Express } from 'express';
import type { PlainText } from '../shared/contract/operation.ts';
import { sendText } from './dispatch.ts';

/** Answers `GET /metrics` and nothing else, without a token: for an address that only the monitoring reaches. */
export function metricsApp(read: () => Promise<PlainText>): Express {
  const app = express().disable('x-powered-by').enable('strict routing');
  app.get('/metrics', async (_req, res) => {
    const { text, mediaType } = await read();
    sendText(res, text, mediaType);
  });
  return app.use((_req, res) => void res.status(404).end());
}
