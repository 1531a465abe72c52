import { build } from './build.mjs';

build();
// In this process, so that signals reach the service itself.
await import('../dist/api/main.js');
