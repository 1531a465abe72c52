import express, { type Express } from 'express';
import { OPERATIONS, PROBLEMS } from '../../openapi/operations.gen.ts';
import { problemBody } from '../shared/problem.ts';
import { sendText } from './dispatch.ts';
import { requestId } from './headers/request-id.ts';

type HealthCheck = () => Promise<{ readonly status: number; readonly body: unknown }>;

/** Answers health checks, by operation id, and everything else with 503: for as long as the service is starting. */
export function startingApp(checks: Readonly<Record<string, HealthCheck>>): Express {
  const app = express().disable('x-powered-by').disable('etag').use(requestId);
  for (const { id, path } of OPERATIONS) {
    const check = checks[id];
    if (check === undefined) continue;
    app.get(path, async (_req, res) => {
      const { status, body } = await check();
      sendText(res.status(status), JSON.stringify(body), 'application/json');
    });
  }
  return app.use((req, res) => {
    const body = problemBody(
      { name: 'unavailable', ...PROBLEMS.unavailable },
      { detail: 'the service is starting' },
      req.requestId,
    );
    res.status(503).set({ 'Retry-After': '5', 'Cache-Control': 'no-store' });
    sendText(res, JSON.stringify(body), 'application/problem+json');
  });
}
