import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { endWithNpm } from './end-with-npm.mjs';

endWithNpm();
build();
// From Node 22.8 on, what was compiled is kept beside what was built, where only its owner writes.
module.enableCompileCache?.(fileURLToPath(new URL('../dist/.compiled', import.meta.url)));
// In this process, so that signals reach the service itself.
await import('../dist/api/main.js');
