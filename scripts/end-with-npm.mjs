/**
 * npm passes a signal on to its shell only, which dies of it and leaves this process behind: it then gets a SIGTERM of
 * its own. Without npm nothing happens, since a service may well outlive the shell that started it.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
