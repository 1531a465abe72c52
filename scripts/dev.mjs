import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');

const watcher = spawn(process.execPath, [tsx, 'watch', 'api/main.ts'], { cwd: root, stdio: 'inherit' });
// A terminal sends its interrupt to the watcher as well; a supervisor sends SIGTERM to this process only.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => watcher.kill('SIGTERM'));
watcher.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 0);
});
