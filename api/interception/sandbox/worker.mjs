// A thread of the sandbox: runs one call of a script after the other, each in a runtime of its own.
// Plain JavaScript, so that it runs from the sources, from dist/ and under the tests without anything in between.
import { readFileSync, readlinkSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { parentPort } from 'node:worker_threads';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import { GUEST, MOST } from './guest.mjs';

const MEMORY = 16 * 1024 * 1024;
/** Small beside the stack of this thread, so that deep recursion ends in QuickJS and not outside. */
const STACK = 128 * 1024;
/** After so many jobs of promises the clock is looked at. */
const JOBS = 100;

const QuickJS = await newQuickJSWASMModuleFromVariant(variant);

/** Milliseconds of the processor that this thread has had; undefined where the system does not say. */
function cpu() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}

/** For what this thread itself does in a guest. */
const WITHOUT_END = { isSpent: () => false };

/** Says whether a call has had its milliseconds. What others took of the processor meanwhile does not count. */
function budgetOf(milliseconds) {
  const atStart = cpu();
  let used = 0;
  let entered = performance.now();
  let isSpent = false;
  return {
    enter: () => (entered = performance.now()),
    leave: () => (used += performance.now() - entered),
    isSpent: () => {
      if (isSpent || used + performance.now() - entered <= milliseconds) return isSpent;
      const now = cpu();
      isSpent = now === undefined || atStart === undefined || now - atStart > milliseconds;
      return isSpent;
    },
  };
}

class Failure extends Error {}

/** The text in a handle, never more than `most` characters of it: what is longer stays inside. */
function textIn(context, handle, most) {
  if (context.typeof(handle) !== 'string') throw new Failure('it gave something that is no text');
  if (context.getProp(handle, 'length').consume((length) => context.getNumber(length)) > most)
    throw new Failure(`what it returned or set is longer than ${most} characters`);
  return context.getString(handle);
}

/** What an error of QuickJS itself says: out of memory, stack overflow, a syntax error. */
function wordsOf(context, error) {
  const part = (name) => {
    const handle = context.getProp(error, name);
    try {
      return context.typeof(handle) === 'string' ? textIn(context, handle, 10_000).slice(0, MOST.failure) : '';
    } catch {
      return '';
    } finally {
      handle.dispose();
    }
  };
  const [, line, column] = /script\.js:(\d+)(?::(\d+))?/.exec(part('stack')) ?? [];
  return {
    message: [part('name'), part('message')].filter((text) => text !== '').join(': ') || 'it cannot be run',
    ...(line !== undefined && { line: Number(line) }),
    ...(column !== undefined && { column: Number(column) }),
  };
}

const placed = ({ message, line, column }) =>
  line === undefined ? message : `${message} (script.js:${line}${column === undefined ? '' : `:${column}`})`;

/** The value of a result, or a Failure with what went wrong. */
function valueOf(call, result) {
  if (result.error === undefined) return result.value;
  const words = result.error.consume((error) => wordsOf(call.context, error));
  throw new Failure(call.budget.isSpent() ? call.overtime : placed(words));
}

function isInNetwork(address, cidr) {
  const [network = '', bits] = cidr.split('/');
  const kind = isIP(network);
  if (kind === 0 || isIP(address) === 0) return false;
  const list = new BlockList();
  const family = (version) => (version === 6 ? 'ipv6' : 'ipv4');
  try {
    list.addSubnet(network, Number(bits ?? (kind === 6 ? 128 : 32)), family(kind));
    return list.check(address, family(isIP(address)));
  } catch {
    return false;
  }
}

/** Calls that wait for an answer to a fetch. */
const waiting = new Map();
let fetches = 0;

/** What the guest may ask of this thread. */
function hostsOf(call) {
  const { context } = call;
  const hosts = context.newObject();
  const add = (name, host) => context.newFunction(name, host).consume((handle) => context.setProp(hosts, name, handle));
  add('log', (text) => {
    if (call.log.length < MOST.lines) call.log.push(textIn(context, text, MOST.line));
  });
  add('isInNetwork', (cidr) => (isInNetwork(call.address, textIn(context, cidr, 64)) ? context.true : context.false));
  add('fetch', (url) => {
    const promise = context.newPromise();
    const id = (fetches += 1);
    waiting.set(id, { call, promise });
    parentPort.postMessage({ fetch: id, url: textIn(context, url, MOST.url) });
    return promise.handle;
  });
  return hosts;
}

function answered({ fetched, text, fault }) {
  const { call, promise } = waiting.get(fetched) ?? {};
  if (call === undefined) return;
  waiting.delete(fetched);
  guarded(call, () => {
    const { context } = call;
    const value = fault === undefined ? context.newString(text) : context.newError(fault);
    value.consume((handle) => (fault === undefined ? promise.resolve(handle) : promise.reject(handle)));
    promise.dispose();
    settle(call);
  });
}

/** Runs a piece of a call, and ends the call where it fails. */
function guarded(call, piece) {
  call.budget.enter();
  try {
    piece();
  } catch (error) {
    if (error instanceof Failure) end(call, { failure: error.message });
    // QuickJS itself has failed, as it does when JSON is nested too deeply: nobody runs in what is left of it.
    else end(call, { failure: `it went beyond its limits: ${error.message}`, isSpoilt: true });
  }
  call.budget.leave();
}

function begin(call, { code, hook, input }) {
  const { context } = call;
  valueOf(call, context.evalCode(code, 'script.js')).dispose();
  const found = valueOf(call, context.evalCode(`typeof ${hook} === 'function' ? ${hook} : undefined`, 'hook.js'));
  if (context.typeof(found) !== 'function') {
    found.dispose();
    return end(call, { isMissing: true });
  }
  const text = context.newString(input);
  call.promise = valueOf(call, context.callFunction(call.guest, context.undefined, found, text));
  found.dispose();
  text.dispose();
  settle(call);
}

/** Goes on as far as it can without an answer from outside. */
function settle(call) {
  const { context, runtime, budget } = call;
  while (runtime.hasPendingJob()) {
    const jobs = runtime.executePendingJobs(JOBS);
    if (jobs.error !== undefined) valueOf(call, jobs);
    if (budget.isSpent()) throw new Failure(call.overtime);
  }
  const state = context.getPromiseState(call.promise);
  if (state.type === 'fulfilled') {
    const text = state.value.consume((value) => textIn(context, value, MOST.result));
    return end(call, budget.isSpent() ? { failure: call.overtime } : { text });
  }
  if (state.type === 'rejected') {
    const words = state.error.consume((error) => placed(wordsOf(context, error)));
    throw new Failure(budget.isSpent() ? call.overtime : words);
  }
  const isWaiting = [...waiting.values()].some((other) => other.call === call);
  if (!isWaiting) throw new Failure('its promise never settles');
}

/** Answers, and only then tidies up and makes ready for the next call: nobody waits for that. */
function end(call, { isSpoilt = false, ...outcome }) {
  if (call.isOver) return;
  call.isOver = true;
  parentPort.postMessage({ ended: call.id, ...outcome, log: call.log });
  parentPort.postMessage({ after: call.id, isSpoilt: isSpoilt || !isReadyAfter(call) });
}

/** Leaves nothing of a call, and makes the next one. Says no where QuickJS itself has failed over it. */
function isReadyAfter(call) {
  try {
    for (const [id, other] of waiting) {
      if (other.call !== call) continue;
      other.promise.dispose();
      waiting.delete(id);
    }
    call.promise?.dispose();
    call.guest.dispose();
    call.context.dispose();
    call.runtime.dispose();
    next = newCall();
    return true;
  } catch {
    return false;
  }
}

/** A runtime and a context that no script has been in, with the guest in them. */
function newCall() {
  const runtime = QuickJS.newRuntime();
  const context = runtime.newContext();
  const call = { budget: WITHOUT_END, runtime, context, log: [], isOver: false };
  runtime.setMemoryLimit(MEMORY);
  runtime.setMaxStackSize(STACK);
  runtime.setInterruptHandler(() => call.budget.isSpent());
  const hosts = hostsOf(call);
  call.guest = context
    .unwrapResult(context.evalCode(GUEST, 'guest.js'))
    .consume((made) => context.unwrapResult(context.callFunction(made, context.undefined, hosts)));
  hosts.dispose();
  return call;
}

/** Compiles a script without running it. */
function check(call, code) {
  const result = call.context.evalCode(code, 'script.js', { type: 'global', compileOnly: true });
  if (result.error === undefined) result.value.dispose();
  const fault = result.error?.consume((error) => wordsOf(call.context, error));
  end(call, { fault });
}

let next = newCall();

parentPort.on('message', (message) => {
  if (message.fetched !== undefined) return answered(message);
  const { id, address, milliseconds } = message;
  const overtime = `it took more than its ${milliseconds} ms of the processor`;
  const call = Object.assign(next, { id, address, overtime, budget: budgetOf(milliseconds) });
  guarded(call, () => (message.hook === undefined ? check(call, message.code) : begin(call, message)));
});

/** Under /proc, where the system has it: there the pool sees what this thread takes. */
function threadPath() {
  try {
    return `/proc/${readlinkSync('/proc/thread-self')}`;
  } catch {
    return undefined;
  }
}

parentPort.postMessage({ ready: true, thread: threadPath() });
