// A thread of the sandbox: runs one call of a script after the other, each in memory that no other script has been in.
// Plain JavaScript, so that it runs from the sources, from dist/ and under the tests without anything in between.
import { Buffer } from 'node:buffer';
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
const runtime = QuickJS.newRuntime();
const context = runtime.newContext();

/** Milliseconds of the processor that this thread has had; undefined where the system does not say. */
function cpu() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}

/** What runs now. Before the first call it is this thread itself, which nobody stops. */
let call = { budget: { isSpent: () => false } };
/** What this thread had had of the processor when it was last ready, looked at then so that no call waits for that. */
let atStart;

/** Says whether a call has had its milliseconds. What others took of the processor meanwhile does not count. */
function budgetOf(milliseconds) {
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
function textIn(handle, most) {
  if (context.typeof(handle) !== 'string') throw new Failure('it gave something that is no text');
  if (context.getProp(handle, 'length').consume((length) => context.getNumber(length)) > most)
    throw new Failure(`what it returned or set is longer than ${most} characters`);
  return context.getString(handle);
}

/** What an error of QuickJS itself says: out of memory, stack overflow, a syntax error. */
function wordsOf(error) {
  const part = (name) => {
    const handle = context.getProp(error, name);
    try {
      return context.typeof(handle) === 'string' ? textIn(handle, 10_000).slice(0, MOST.failure) : '';
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
function valueOf(result) {
  if (result.error === undefined) return result.value;
  const words = result.error.consume((error) => wordsOf(error));
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

/** The promises of the call that wait for an answer to a fetch. */
const waiting = new Map();
let fetches = 0;

/** What the guest may ask of this thread. */
function makeHosts() {
  const hosts = context.newObject();
  const add = (name, host) => context.newFunction(name, host).consume((handle) => context.setProp(hosts, name, handle));
  add('log', (text) => {
    if (call.log.length < MOST.lines) call.log.push(textIn(text, MOST.line));
  });
  add('isInNetwork', (cidr) => (isInNetwork(call.address, textIn(cidr, 64)) ? context.true : context.false));
  add('fetch', (url) => {
    const promise = context.newPromise();
    const id = (fetches += 1);
    waiting.set(id, promise);
    parentPort.postMessage({ fetch: id, url: textIn(url, MOST.url) });
    return promise.handle;
  });
  return hosts;
}

function answered({ fetched, text, fault }) {
  const promise = waiting.get(fetched);
  if (promise === undefined) return;
  waiting.delete(fetched);
  guarded(() => {
    const value = fault === undefined ? context.newString(text) : context.newError(fault);
    value.consume((handle) => (fault === undefined ? promise.resolve(handle) : promise.reject(handle)));
    settle();
  });
}

/** Runs a piece of the call, and ends the call where it fails. */
function guarded(piece) {
  call.budget.enter();
  try {
    piece();
  } catch (error) {
    if (error instanceof Failure) end({ failure: error.message });
    // QuickJS itself has failed, as it does when JSON is nested too deeply: nobody runs in what is left of it.
    else end({ failure: `it went beyond its limits: ${error.message}`, isSpoilt: true });
  }
  call.budget.leave();
}

function begin({ code, hook, input }) {
  valueOf(context.evalCode(code, 'script.js'));
  const found = valueOf(context.evalCode(`typeof ${hook} === 'function' ? ${hook} : undefined`, 'hook.js'));
  if (context.typeof(found) !== 'function') return end({ isMissing: true });
  call.promise = valueOf(context.callFunction(guest, context.undefined, found, context.newString(input)));
  settle();
}

/** Goes on as far as it can without an answer from outside. */
function settle() {
  while (runtime.hasPendingJob()) {
    const jobs = runtime.executePendingJobs(JOBS);
    if (jobs.error !== undefined) valueOf(jobs);
    if (call.budget.isSpent()) throw new Failure(call.overtime);
  }
  const state = context.getPromiseState(call.promise);
  if (state.type === 'fulfilled') {
    const text = textIn(state.value, MOST.result);
    return end(call.budget.isSpent() ? { failure: call.overtime } : { text });
  }
  if (state.type === 'rejected')
    throw new Failure(call.budget.isSpent() ? call.overtime : placed(wordsOf(state.error)));
  if (waiting.size === 0) throw new Failure('its promise never settles');
}

/** Compiles a script without running it. */
function check(code) {
  const result = context.evalCode(code, 'script.js', { type: 'global', compileOnly: true });
  end({ fault: result.error && wordsOf(result.error) });
}

/** Answers, and only then makes ready for the next call: nobody waits for that. */
function end({ isSpoilt = false, ...outcome }) {
  if (call.isOver) return;
  call.isOver = true;
  parentPort.postMessage({ ended: call.id, ...outcome, log: call.log });
  waiting.clear();
  if (!isSpoilt) restoreMemory();
  atStart = cpu();
  parentPort.postMessage({ after: call.id, isSpoilt, busy: atStart });
}

function makeGuest() {
  runtime.setMemoryLimit(MEMORY);
  runtime.setMaxStackSize(STACK);
  runtime.setInterruptHandler(() => call.budget.isSpent());
  return context
    .unwrapResult(context.evalCode(GUEST, 'guest.js'))
    .consume((made) => context.unwrapResult(context.callFunction(made, context.undefined, makeHosts())));
}

const PAGE = 65_536;
const NOTHING = Buffer.alloc(PAGE);

const memory = () => Buffer.from(QuickJS.getWasmMemory().buffer);

/**
 * The memory of QuickJS as it is now: `{ at, bytes }` for each run of its pages that is not all 0. A run of zeros as long as
 * everything that QuickJS has been given is no part of that, but of its stack or above the heap, and left out.
 */
function copyMemory() {
  const given = runtime.computeMemoryUsage().consume((usage) => context.dump(usage).memory_used_size);
  const all = memory();
  const parts = [];
  let zeros = Infinity;
  for (let at = 0; at < all.length; at += PAGE) {
    const page = all.subarray(at, at + PAGE);
    if (page.equals(NOTHING)) {
      zeros += PAGE;
      continue;
    }
    if (zeros >= given) parts.push({ at, end: at + PAGE });
    else parts.at(-1).end = at + PAGE;
    zeros = 0;
  }
  return parts.map(({ at, end }) => ({ at, bytes: Buffer.from(all.subarray(at, end)) }));
}

/**
 * Makes the memory of QuickJS what it was before any script, for a tenth of what a new runtime with a guest takes. Handles of
 * the call point to nothing afterwards. What is above the heap is nobody's, and cleared by QuickJS before a script gets it.
 */
function restoreMemory() {
  const all = memory();
  for (const { at, bytes } of fresh) all.set(bytes, at);
}

const guest = makeGuest();
const fresh = copyMemory();

parentPort.on('message', (message) => {
  if (message.fetched !== undefined) return answered(message);
  const { id, address, milliseconds } = message;
  const overtime = `it took more than its ${milliseconds} ms of the processor`;
  call = { id, address, overtime, budget: budgetOf(milliseconds), log: [], isOver: false };
  guarded(() => (message.hook === undefined ? check(message.code) : begin(message)));
});

/** Under /proc, where the system has it: there the pool sees what this thread takes. */
function threadPath() {
  try {
    return `/proc/${readlinkSync('/proc/thread-self')}`;
  } catch {
    return undefined;
  }
}

atStart = cpu();
parentPort.postMessage({ ready: true, thread: threadPath() });
