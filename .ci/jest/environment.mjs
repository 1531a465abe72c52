/** The process as it is: test files run in its own context, and share the modules that they load. */
// eslint-disable-next-line no-restricted-syntax -- jest takes the default export
export default class ProcessEnvironment {
  global = globalThis;
  #globals;
  #before;

  constructor({ projectConfig }) {
    this.#globals = projectConfig.globals;
    this.#before = { console, exit: process.exit, env: { ...process.env } };
  }

  async setup() {
    for (const name of Object.keys(globalThis).filter((key) => key in this.#globals)) delete globalThis[name];
    Object.assign(globalThis, this.#globals);
  }

  /** Nothing that a test file has set stays for the next one. */
  async teardown() {
    const { env, ...others } = this.#before;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    globalThis.console = others.console;
    process.exit = others.exit;
    for (const name of Object.keys(this.#globals)) delete globalThis[name];
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return null;
  }
}
