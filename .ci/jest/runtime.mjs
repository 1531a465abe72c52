import { AsyncLocalStorage } from 'node:async_hooks';
import { Buffer } from 'node:buffer';
import { createRequire, register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ModuleMocker } from 'jest-mock';
import { compile } from '../../test/support/compile.mjs';
import { current } from './globals.mjs';

register('./hooks.mjs', import.meta.url);

const require = createRequire(import.meta.url);
// Where jest-circus finds what it has been told.
const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');
const RETRIES = Symbol.for('RETRY_TIMES');
// Node 20 never forgets a storage, and tells all of them of each promise: one for each test file, and the last ones take twice as long.
const storage = new AsyncLocalStorage();
let runs = 0;

/** Loads modules that make storages of their own, which are one and the same then. */
function withOneStorage(load) {
  const hooks = require('node:async_hooks');
  // Later ones forget them, and let nobody put another in its place.
  if (Object.getOwnPropertyDescriptor(hooks, 'AsyncLocalStorage')?.writable !== true) return load();
  hooks.AsyncLocalStorage = function OneStorage() {
    return storage;
  };
  try {
    return load();
  } finally {
    hooks.AsyncLocalStorage = AsyncLocalStorage;
  }
}

/** Maps of the files in stacks, made when they are asked for. */
class SourceMaps extends Map {
  get(url) {
    if (!/^file:.*\.ts(\?|$)/.test(url)) return undefined;
    if (!this.has(url)) {
      const { map } = compile(fileURLToPath(url));
      this.set(url, `data:application/json;base64,${Buffer.from(map).toString('base64')}`);
    }
    return super.get(url);
  }
}

/**
 * Loads test files as Node does, in place of jest's own registry of modules. That one loads everything anew for each test
 * file, which costs more than most of them, and no test here replaces a module.
 */
// eslint-disable-next-line no-restricted-syntax -- jest takes the default export
export default class NodeRuntime {
  #mocker = new ModuleMocker(globalThis);
  #maps = new SourceMaps();

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    runs += 1;
    await import(`${pathToFileURL(path).href}?run=${runs}`);
  }

  requireModule(path) {
    return require(path);
  }

  /** jest-circus, which keeps the tests of a file in its modules. */
  requireInternalModule(path) {
    delete require.cache[path];
    for (const symbol of [EVENT_HANDLERS, RETRIES]) globalThis[symbol] = undefined;
    return withOneStorage(() => require(path));
  }

  setGlobalsForRuntime(globals) {
    const spyOn = this.#mocker.spyOn.bind(this.#mocker);
    const retryTimes = (times) => (globalThis[RETRIES] = times);
    current.globals = { ...globals, jest: { retryTimes, spyOn } };
  }

  getSourceMaps() {
    return this.#maps;
  }

  getAllCoverageInfoCopy() {
    return undefined;
  }

  enterTestCode() {}

  leaveTestCode() {}

  teardown() {
    this.#mocker.restoreAllMocks();
  }
}
