#!/usr/bin/env node
import { run } from './run.ts';
import { processTerminal } from './terminal.ts';

const code = await run(
  process.argv.slice(2),
  processTerminal(process, process.env, () => Date.now()),
);
// Without waiting for connections that are kept open for a next request.
process.exit(code);
