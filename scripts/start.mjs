import { build } from './build.mjs';
import { endWithNpm } from './end-with-npm.mjs';

endWithNpm();
build();
// In this process, so that signals reach the service itself.
await import('../dist/api/main.js');
