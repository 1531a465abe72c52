/** What a hostile script does, and its text. Those that fetch ask for `never`, which never answers. */
export type HostileScript = readonly [what: string, code: string];

const hook = (body: string): string => `function createClient(ctx) { ${body} }`;

/** Scripts that take what they can get, or look for what they must not have. */
export const HOSTILE_SCRIPTS: readonly HostileScript[] = [
  ['an endless loop', hook('for (;;);')],
  ['one at its top', 'for (;;);'],
  ['a loop that catches', hook('for (;;) try { for (;;); } catch {}')],
  ['one in finally', hook('try { for (;;); } finally { for (;;); }')],
  [
    'one behind promises',
    'async function f() { for (;;); } async function createClient() { for (;;) try { await f() } catch {} }',
  ],
  ['promises without end', hook('const f = () => Promise.resolve().then(f); return f()')],
  ['a slow expression', hook('return /^(a+)+$/.test("a".repeat(40) + "!")')],
  ['a loop in toJSON', hook('ctx.client = { toJSON() { for (;;); } }; return true')],
  ['arrays without end', hook('const a = []; for (;;) a.push(new Array(1e4).fill(1))')],
  ['typed arrays without end', hook('const a = []; for (;;) a.push(new Uint8Array(1 << 20))')],
  ['searches in megabytes', hook('const s = "a".repeat(4e6); for (let i = 0; i < 2000; i += 1) s.indexOf("b" + i)')],
  ['a fetch that never ends', 'const createClient = (ctx) => ctx.fetchJson("never")'],
  ['fetches without end', 'async function createClient(ctx) { for (;;) try { await ctx.fetchJson("x") } catch {} }'],
  ['a promise that never settles', hook('return new Promise(() => {})')],
  ['deep recursion', hook('return (function f() { return f() + 1 })()')],
  ['deep JSON', hook('return JSON.parse("[".repeat(2e5) + "]".repeat(2e5))')],
  ['too much for a client', hook('ctx.client.x = "x".repeat(3e5); return true')],
  ['a fault that loops', hook('throw { get message() { for (;;); } }')],
  ['a fault that is none', hook('throw new Proxy({}, { get() { throw 1 } })')],
  ['a symbol as fault', hook('throw Symbol("x")')],
  ['undefined', hook('return undefined')],
  ['a function', hook('return () => true')],
  ['what Node has', hook('return [typeof process, typeof require, typeof fetch, typeof globalThis.Buffer].join()')],
  ['constructors', hook('return (() => {}).constructor.constructor("return typeof process + typeof require")()')],
  [
    'prototypes',
    hook('Object.prototype.evil = 1; JSON.stringify = () => "{}"; String.prototype.slice = () => "x"; return true'),
  ],
  ['megabytes of log', hook('for (let i = 0; i < 200; i += 1) ctx.log("x".repeat(1e4)); return true')],
];
