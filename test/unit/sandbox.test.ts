import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sandbox, SandboxBusy } from '../../api/interception/sandbox/sandbox.ts';
import type { Ended } from '../../api/interception/sandbox/thread.ts';
import { HOSTILE_SCRIPTS } from '../../scripts/bench/hostile-scripts.ts';

const scripts = sandbox({ limits: { soft: 40, hard: 150, wall: 1_000 }, patience: 60_000 });

beforeAll(() => scripts.warm());
afterAll(() => scripts.close());

const fetch = (url: string): Promise<string> => {
  if (url === 'never') return new Promise(() => undefined);
  return url === 'known' ? Promise.resolve('{"trusted":true}') : Promise.reject(new Error('the host is not allowed'));
};

const input = JSON.stringify({ client: { client_name: 'shop' }, request: { method: 'POST' }, properties: {} });

const run = (code: string): Promise<Ended> =>
  scripts.run({ code, hook: 'createClient', input, address: '10.1.2.3', fetch });

const hook = (body: string): string => `function createClient(ctx) { ${body} }`;

async function answerOf(code: string): Promise<unknown> {
  const { text, failure } = await run(code);
  return text === undefined ? failure : JSON.parse(text);
}

const answered = (answer: unknown, client: unknown = { client_name: 'shop' }) => ({
  kind: typeof answer,
  answer,
  client,
});

describe('a script', () => {
  it.each([
    ['a function', hook('return true'), answered(true)],
    ['a constant', 'const createClient = (ctx) => false', answered(false)],
    ['a promise', 'async function createClient(ctx) { return await Promise.resolve(true) }', answered(true)],
    [
      'a change',
      hook('ctx.client.contacts = ["a@b.c"]; delete ctx.client.client_name; return true'),
      answered(true, { contacts: ['a@b.c'] }),
    ],
    ['a fetch', 'async function createClient(ctx) { return (await ctx.fetchJson("known")).trusted }', answered(true)],
    [
      'two at once',
      'const createClient = (c) => Promise.all([c.fetchJson("known"), c.fetchJson("known")]).then((all) => all.length === 2)',
      answered(true),
    ],
    [
      'a fetch that is refused',
      'const createClient = (ctx) => ctx.fetchJson("other")',
      { failure: 'Error: the host is not allowed' },
    ],
    [
      'networks',
      hook('return ["10.0.0.0/8", "192.168.0.0/16", "10.0.0.0/99", "x"].map(ctx.request.isInNetwork).join()'),
      answered('true,false,false,false'),
    ],
    [
      'a refusal',
      hook('ctx.refuse("invalid_redirect_uri", "not here")'),
      { refusal: { error: 'invalid_redirect_uri', description: 'not here' } },
    ],
    ['a refusal that it catches', hook('try { ctx.refuse() } catch {} return true'), { refusal: {} }],
    ['a refusal and a fault', hook('try { ctx.refuse() } catch {} throw 1'), { refusal: {} }],
    ['a fault', hook('\n  throw new TypeError("no")'), { failure: 'TypeError: no (script.js:2:22)' }],
    ['a fault at its top', 'throw new Error("top")', 'Error: top (script.js:1:16)'],
    ['no JavaScript', 'function (', 'SyntaxError: function name expected (script.js:1:10)'],
  ])('answers with %s', async (_what, code, expected) => expect(await answerOf(code)).toEqual(expected));

  it('has the lines that it wrote, each cut, and no more than fifty', async () => {
    const { log } = await run(
      hook('for (let i = 0; i < 60; i += 1) ctx.log(i === 0 ? { a: 1 } : "x".repeat(600)); return true'),
    );
    expect([log.length, log[0], log[1]?.length]).toEqual([50, '{"a":1}', 500]);
  });

  it('may do without the function', async () => expect(await run('let other')).toMatchObject({ isMissing: true }));

  it.each([
    ['function createClient() {\n  return true', { message: expect.stringContaining('SyntaxError'), line: 2 }],
    ['let a;\nlet a', { message: 'SyntaxError: invalid redefinition of lexical identifier', line: 2, column: 6 }],
    ['for (;;);', undefined],
  ])('is compiled without being run', async (code, fault) => {
    const found = await scripts.check(code);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(fault);
  });
});

// Which of its limits a script meets first is a matter of what else the machine does.
const LIMIT = /^it took (more than its (40|150) ms of the processor|longer than 1000 ms)$/;

/** What is said of those that do not meet a limit of time. */
const EXPECTED: Readonly<Record<string, unknown>> = {
  'a promise that never settles': 'its promise never settles',
  'deep recursion': { failure: expect.stringContaining('stack overflow') },
  'deep JSON': { failure: expect.stringContaining('stack overflow') },
  'too much for a client': 'what it returned or set is longer than 262144 characters',
  'a fault that is none': { failure: 'it threw something that cannot be shown' },
  'a symbol as fault': { failure: 'it threw Symbol(x)' },
  undefined: { kind: 'undefined', client: { client_name: 'shop' } },
  'a function': { kind: 'function', client: { client_name: 'shop' } },
  'what Node has': answered('undefined,undefined,undefined,undefined'),
  constructors: answered('undefinedundefined'),
  prototypes: answered(true),
  'megabytes of log': answered(true),
};

describe('a hostile script', () => {
  it.each(HOSTILE_SCRIPTS)('gets no further with %s', async (what, code) => {
    const answer = await answerOf(code);
    if (what in EXPECTED) expect(answer).toEqual(EXPECTED[what]);
    else expect(answer).toMatch(LIMIT);
  });

  it('leaves nothing for the next one, whichever it was', async () => {
    const look = hook('return typeof {}.evil + typeof evil + JSON.stringify([1])');
    await run('var evil = 1; const createClient = () => { Object.prototype.evil = 1; return true }');
    expect(await Promise.all([answerOf(look), answerOf(look)])).toEqual(
      Array(2).fill(answered('undefinedundefined[1]')),
    );
  });
});

describe('the memory of a script', () => {
  it('is that of a thread which has run nothing', async () => {
    // All of it is written; then the next one looks at what it is given, and at what a function remembers.
    await run(
      hook(
        'Object.prototype.left = 1; JSON.parse = () => 1; for (;;) ctx.left = [ctx.left, new Uint8Array(99999).fill(255)]',
      ),
    );
    const look = 'new Uint8Array(4_000_000).indexOf(255) < 0 && typeof left === "undefined" && ctx.left === undefined';
    await expect(answerOf(hook(`return ${look}`))).resolves.toEqual(answered(true));
    const remember = 'var left = (this.left ?? 0) + 1; var createClient = () => left === 1';
    await expect(answerOf(remember)).resolves.toEqual(answered(true));
    await expect(answerOf(remember)).resolves.toEqual(answered(true));
  });

  it('is the same after fifty of them', async () => {
    const fill = hook('return "x".repeat(4_000_000).length === 4_000_000');
    for (let turn = 0; turn < 50; turn += 1) await expect(answerOf(fill)).resolves.toEqual(answered(true));
  });
});

describe('a sandbox that has too much to do', () => {
  it('refuses what would wait for too long, and goes on', async () => {
    const busy = sandbox({ queue: 2, patience: 100, threads: 1, limits: { soft: 400, hard: 60_000, wall: 60_000 } });
    await busy.warm();
    const job = { code: hook('for (;;);'), hook: 'createClient', input, address: '' };
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => busy.run(job)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect((outcomes[3] as PromiseRejectedResult).reason).toBeInstanceOf(SandboxBusy);
    expect(await busy.check('ok()')).toBeUndefined();
    await busy.close();
    await expect(busy.run(job)).rejects.toThrow(SandboxBusy);
  });
});
