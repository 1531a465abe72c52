import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { widthOf } from '../../cli/output/text.ts';
import { loadContract } from '../../cli/contract/contract.ts';
import { CallFailure, EXIT } from '../../cli/failure.ts';
import { keysOf } from '../../cli/tui/edge/keys.ts';
import { Program } from '../../cli/tui/edge/program.ts';
import { plainOn, screenOn } from '../../cli/tui/edge/screen.ts';
import { mergeOf, patchOf, withValue, type Draft } from '../../cli/tui/form/draft.ts';
import { fieldsNamed } from '../../cli/tui/form/model.ts';
import { problemOf, textOf, Unread, valueOf } from '../../cli/tui/form/values.ts';
import { frame } from '../../cli/tui/frame/frame.ts';
import { editLine, textOfLine } from '../../cli/tui/frame/line.ts';
import { edited, type Key } from '../../cli/tui/state/edit.ts';
import { begunState } from '../../cli/tui/state/begin.ts';
import { hasChanges } from '../../cli/tui/state/form/screen.ts';
import { kindsOf } from '../../cli/tui/state/kind.ts';
import { reduce } from '../../cli/tui/state/reducer.ts';
import type { Action } from '../../cli/tui/state/action.ts';
import type { State } from '../../cli/tui/state/state.ts';
import { top } from '../../cli/tui/state/steps.ts';
import { PRINTABLE } from '../../openapi/printable.ts';
import { holds } from '../support/properties.ts';

const kinds = kindsOf(loadContract());
const begin = (): State => begunState({ isPlain: false, kinds, place: 'http://localhost', width: 80, height: 24 });
const clients = kinds[0];
if (clients === undefined) throw new Error('the contract has no clients');
const { form } = clients;
const fieldAt = (path: string) => {
  const field = form.fields.find((candidate) => candidate.path === path);
  if (field === undefined) throw new Error(path);
  return field;
};

const key = (name: string): Key => ({
  name,
  text: name.length === 1 ? name : name === 'space' ? ' ' : '',
  ctrl: false,
});
const press = (state: State, ...names: string[]): State =>
  names.reduce((now, name) => reduce(now, { type: 'key', key: key(name) }), state);
const shownBy = (state: State): string => frame(state, state.width, state.height).lines.map(textOfLine).join('\n');

/** Answers what was asked last for this purpose. */
function answered(state: State, purpose: string, value: unknown): State {
  const request = state.requests.find((candidate) => candidate.purpose === purpose);
  if (request === undefined) throw new Error(`nothing is asked for ${purpose}`);
  return reduce(state, { type: 'answered', id: request.id, value });
}

const SHOP = {
  inum: 'shop',
  clientName: 'Shop',
  disabled: false,
  redirectUris: ['https://shop.example/cb'],
  clientNameLocalized: { values: { '': 'Shop', de: 'Laden' } },
  attributes: { parLifetime: 60 },
};
const stored = (entry: Record<string, unknown> = SHOP) => ({ stored: { entry, etag: '"1"' }, base: entry });
const listed = (): State => answered(begin(), 'list', { entries: [SHOP], totalEntriesCount: 1 });
const opened = (): State => answered(press(listed(), 'return'), 'open', stored());

describe('a form', () => {
  it('has every property of the contract, in the sections of its extension', () => {
    const within = (part: string, schema: string): string[] =>
      Object.keys(loadContract().schemas[schema]?.properties ?? {}).map((name) => `${part}.${name}`);
    const inner = [...within('attributes', 'ClientAttributes'), ...within('approval', 'ClientApproval')];
    const outer = Object.keys(loadContract().schemas['Client']?.properties ?? {}).filter(
      (name) => name !== 'attributes' && name !== 'approval',
    );
    const wanted = [...outer, ...inner];
    expect(form.fields.map(({ path }) => path).sort()).toEqual(wanted.sort());
    expect(form.sections.map(({ name }) => name)).toEqual([
      'basic',
      'tokens',
      'logout',
      'software',
      'ciba-par-uma',
      'encryption-signing',
      'advanced',
      'scripts',
      'localization',
      'system',
    ]);
  });

  it.each([
    ['accessTokenLifetime', '60', 60],
    [
      'redirectUris',
      'https://a.example/x\n\n https://b.example/y \nhttps://a.example/x',
      ['https://a.example/x', 'https://b.example/y'],
    ],
    ['clientNameLocalized', 'de=Laden\nfr = Boutique', { values: { de: 'Laden', fr: 'Boutique' } }],
    ['expirationDate', '2030-01-31', '2030-01-31T00:00:00'],
    ['jwks', '{ "keys": [] }', '{"keys":[]}'],
    ['clientName', '  ', undefined],
  ])('%s is %j as a value', (path, text, value) => {
    expect(valueOf(fieldAt(path), text)).toEqual(value);
    expect(problemOf(fieldAt(path), value)).toBeUndefined();
    // What is written back is read as the same.
    expect(valueOf(fieldAt(path), textOf(fieldAt(path), value))).toEqual(value);
  });

  it.each([
    ['accessTokenLifetime', 'soon', 'takes a whole number'],
    ['accessTokenLifetime', '-5', 'is at least'],
    ['jwks', 'no keys', 'takes JSON'],
    ['clientNameLocalized', 'Laden', 'takes a line for each language'],
    ['expirationDate', 'tomorrow', 'is a date as 2030-01-31'],
    ['expirationDate', '2030-02-30', 'is a date as 2030-01-31'],
    ['expirationDate', '2030-01-31 25:00:00', 'is a date as 2030-01-31'],
    ['inum', 'a b', 'has to match'],
  ])('%s cannot be %j', (path, text, problem) => {
    const value = valueOf(fieldAt(path), text);
    expect(problemOf(fieldAt(path), value)).toContain(problem);
    // What was written stays, to be mended.
    if (value instanceof Unread) expect(textOf(fieldAt(path), value)).toBe(text);
  });

  it('finds a member by its label, its name, and its name in registration', () => {
    expect(fieldsNamed(form, 'Privacy policy')[0]?.path).toBe('policyUri');
    expect(fieldsNamed(form, 'policyUri')[0]?.path).toBe('policyUri');
    expect(fieldsNamed(form, 'policy_uri')[0]?.path).toBe('policyUri');
  });

  it('sends a patch of exactly what was changed, and nothing for what is as it was', () => {
    const draft = [
      ['clientName', 'Store'],
      ['attributes.parLifetime', 90],
      ['redirectUris', []],
      ['disabled', false],
      ['description', ''],
    ].reduce<Draft>((so, [path, value]) => withValue(SHOP, so, String(path), value), new Map());
    expect(patchOf(draft)).toEqual({ clientName: 'Store', attributes: { parLifetime: 90 }, redirectUris: null });
  });

  it('merges what two people have changed, member by member', () => {
    const draft = new Map<string, unknown>([
      ['clientName', 'Mine'],
      ['description', 'same'],
      ['accessTokenLifetime', 60],
    ]);
    const theirs = { ...SHOP, clientName: 'Theirs', description: 'same', contacts: ['a@example.com'] };
    const merge = mergeOf(form, SHOP, draft, theirs);
    expect(merge.conflicts.map(({ field, mine, theirs: other }) => [field.path, mine, other])).toEqual([
      ['clientName', 'Mine', 'Theirs'],
    ]);
    expect([...merge.draft]).toEqual([
      ['clientName', 'Mine'],
      ['accessTokenLifetime', 60],
    ]);
    expect(merge.theirs.map(({ field }) => field.path)).toEqual(['contacts']);
  });
});

describe('the state', () => {
  it('waits for the newest question only', () => {
    const first = press(begin(), '/', 's');
    const second = press(first, 'h');
    const [old] = first.requests;
    const late = reduce(second, { type: 'answered', id: old?.id ?? 0, value: { entries: [{ inum: 'old' }] } });
    expect(shownBy(late)).not.toContain('old');
    expect(shownBy(answered(second, 'list', { entries: [SHOP], totalEntriesCount: 1 }))).toContain('Shop');
  });

  it('sifts by a filter of RFC 7644, and says where only a part was searched', () => {
    const typed = press(listed(), 'w', ...Array.from('disabled eq true', (one) => (one === ' ' ? 'space' : one)));
    const asked = press(typed, 'return');
    expect(asked.requests.at(-1)?.call).toMatchObject({
      named: expect.arrayContaining([
        ['filter', 'disabled eq true'],
        ['Prefer', 'partial-results'],
      ]),
    });
    const partly = answered(asked, 'list', { entries: [], isPartial: true, nextCursor: 'next' });
    expect(shownBy(partly)).toMatch(/disabled eq true +searched in part[\s\S]*Down goes on/);
    const on = answered(press(partly, 'down'), 'more', { entries: [SHOP], totalEntriesCount: 1 });
    expect(shownBy(on)).toMatch(/disabled eq true +1 client\s[\s\S]*Shop/);
    // What the service refuses to sift is not what it was sifted from.
    const failure = new CallFailure({ exitCode: EXIT.refused, message: 'No', lines: [] }, { status: 400, problem: {} });
    const refused = reduce(asked, { type: 'failed', id: asked.requests.at(-1)?.id ?? 0, failure });
    expect(shownBy(refused)).not.toContain('Shop');
    expect(press(on, 'escape').requests.at(-1)?.call).not.toMatchObject({
      named: expect.arrayContaining([['filter', 'disabled eq true']]),
    });
  });

  it('approves and rejects what waits, shows a change before, and lists what came of it', () => {
    const change = { clientName: 'Bank' };
    const waiting = { ...SHOP, approval: { state: 'pending_change', change } };
    const list = answered(begin(), 'list', { entries: [waiting], totalEntriesCount: 1 });
    expect(shownBy(press(list, 'f'))).toContain('Approval: pending_change');
    expect(shownBy(press(list, 'k'))).toContain('Reject this client?');
    const asked = press(list, 'p');
    expect(shownBy(asked)).toMatch(/Approve this client\?[\s\S]*clientName: "Bank"/);
    const approved = answered(press(asked, 'y'), 'do shop', { ...SHOP, ...change, approval: { state: 'approved' } });
    expect(shownBy(approved)).toMatch(/Bank[\s\S]*is approved/);
  });

  it('does to an entry what was agreed to as it was shown, and shows it as it is then', () => {
    const acts = (state: State, purpose: string): unknown =>
      state.requests.find((request) => request.purpose === purpose)?.call;
    const rotating = press(press(listed(), 'r'), 'return', 'y');
    const ending = press(press(opened(), 't'), 'y');
    const revisions = [2, 1].map((number) => ({ number, at: '2026-01-01T00:00:00', who: 'me', what: '' }));
    const history = answered(press(listed(), 'h'), 'history', revisions);
    const first = answered(press(history, 'down', 'return'), 'revision', { document: {} });
    const restoring = press(press(first, 'b'), 'y');
    for (const [state, purpose] of [
      [rotating, 'rotate'],
      [ending, 'tokens'],
      [restoring, 'restore'],
    ] as const)
      expect(acts(state, purpose)).toMatchObject({ does: 'act', id: 'shop', shown: SHOP });
    const renewed = answered(rotating, 'rotate', { clientSecret: 'secret' });
    const later = answered(renewed, 'refresh shop', stored({ ...SHOP, clientName: 'Later' }));
    expect(shownBy(press(later, 'escape'))).toContain('Later');
  });

  it('asks before changes are lost, and once only at Ctrl-C', () => {
    const dirty = press(opened(), 'space');
    expect(shownBy(dirty)).toContain('1 change');
    expect(shownBy(press(dirty, 'escape'))).toContain('1 change is not saved');
    expect(top(press(dirty, 'escape', 'escape'))?.is).toBe('form');
    // Esc and a key in one write are both taken, but Alt and y is not the answer to what Esc asks.
    const meta = (state: State, text: string): State =>
      reduce(state, { type: 'key', key: { name: 'meta', text, ctrl: false } });
    expect(top(meta(dirty, 'y'))?.is).toBe('ask');
    expect(meta(opened(), 'q').ended).toBe(0);
    expect(meta(press(opened(), 'down', 'return'), 'q').ended).toBeUndefined();
    const control: Action = { type: 'key', key: { name: 'c', text: '', ctrl: true } };
    const asked = reduce(dirty, control);
    expect([asked.ended, reduce(asked, control).ended]).toEqual([undefined, 130]);
    expect(reduce(opened(), control).ended).toBe(130);
    expect(reduce(dirty, { type: 'signal', code: 143 }).ended).toBe(143);
  });

  it('puts faults at their members, and somebody else’s change beside one’s own', () => {
    const sent = press(opened(), 'down', 'return', 'x', 'return', 'f2', 'f2');
    const fail = (status: number, problem: Record<string, unknown>): State => {
      const request = sent.requests.find(({ purpose }) => purpose === 'save');
      const failure = new CallFailure({ exitCode: EXIT.refused, message: 'Not valid', lines: [] }, { status, problem });
      return reduce(sent, { type: 'failed', id: request?.id ?? 0, failure });
    };
    const refused = fail(400, { errors: [{ pointer: '/attributes/parLifetime', detail: 'is too long' }] });
    expect(shownBy(refused)).toMatch(/>!Pushed request lifetime[^\n]*\n[^\n]*is too long/);
    const theirs = { ...SHOP, clientName: 'Theirs' };
    const merging = answered(fail(412, {}), 'save', stored(theirs));
    expect(shownBy(merging)).toMatch(/\(o\) Shopx +\( \) Theirs/);
    expect(shownBy(press(merging, 'f2'))).toContain('Client name: Theirs → Shopx');
    expect(top(press(merging, 'right', 'f2'))).toMatchObject({ is: 'form', draft: new Map(), base: theirs });
  });
});

describe('a reason', () => {
  const typed = (state: State, text: string): State => press(state, ...Array.from(text, (one) => one));
  const last = ({ requests }: State) => requests.map(({ call, reason }) => [call.does, reason]);
  const refusedFor = (state: State, parameter: string): State => {
    const problem = { errors: [{ parameter, detail: 'is needed' }] };
    const failure = new CallFailure({ exitCode: EXIT.refused, message: 'No', lines: [] }, { status: 400, problem });
    return reduce(state, { type: 'failed', id: state.requests.at(-1)?.id ?? 0, failure });
  };

  it('is said at the question, and sent with everything that comes of it', () => {
    const asking = press(opened(), 'space', 'f2');
    expect(shownBy(asking)).toContain('w say why');
    const because = press(typed(press(asking, 'w'), 'T-1'), 'return');
    expect(shownBy(because)).toMatch(/^Reason: T-1/m);
    const sent = press(because, 'f2');
    expect(last(sent)).toContainEqual(['change', 'T-1']);
    expect(sent.reason).toBe('');
    // The next one is another matter.
    expect(last(press(answered(sent, 'save', stored()), 't', 'y'))).toContainEqual(['act', '']);
  });

  it('goes with each of several', () => {
    const entries = [{ inum: 'a' }, { inum: 'b' }];
    const two = answered(press(listed(), 'tab'), 'list', { entries, totalEntriesCount: 2 });
    const asking = press(two, 'space', 'space', 'd', 'w');
    const first = press(press(typed(asking, 'T-2'), 'return'), 'y');
    const second = reduce(first, { type: 'answered', id: first.requests.at(-1)?.id ?? 0, value: true });
    expect([last(first), last(second)]).toEqual([[['remove', 'T-2']], [['remove', 'T-2']]]);
  });

  it('is asked for where the service wants one, and the same is sent again', () => {
    const sent = press(opened(), 't', 'y');
    const asked = refusedFor(sent, 'header:X-Reason');
    expect(shownBy(asked)).toContain('This service changes nothing without a reason');
    expect(last(press(asked, 'return'))).toEqual([]);
    expect(last(press(typed(asked, 'T-3'), 'return'))).toEqual([['act', 'T-3']]);
    expect(shownBy(refusedFor(sent, 'query:x'))).toContain('No');
  });
});

describe('many at once', () => {
  const TOOL = { ...SHOP, inum: 'tool', clientName: 'Tool' };
  const two = (): State => answered(begin(), 'list', { entries: [SHOP, TOOL], totalEntriesCount: 2 });
  const last = ({ requests }: State) => requests.at(-1);
  const typed = (state: State, text: string): State =>
    press(state, ...Array.from(text, (one) => (one === ' ' ? 'space' : one)));
  const sample = [
    { inum: 'shop', outcome: 'changed', changed: ['disabled'] },
    { inum: 'tool', outcome: 'failed', problem: { title: 'No', detail: 'is the last administrator' } },
  ];
  const plan = { state: 'planned', clients: 1_234, confirm: '1234-x', sample };
  const run = (state: string, counts: Record<string, number>, more = {}) => ({
    ...{ id: 'run-1', action: 'deactivate', state, clients: 30, failures: [] },
    counts: { waiting: 0, changed: 0, unchanged: 0, skipped: 0, failed: 0, ...counts },
    ...more,
  });
  const begun = (): State => {
    const asking = press(two(), 'space', 'space', 'x');
    const agreed = press(answered(asking, 'bulk', plan), 'y');
    return answered(agreed, 'bulk', run('running', { waiting: 20, changed: 10 }));
  };

  it('are planned, confirmed by number, and begun as one run', () => {
    const asking = press(two(), 'space', 'space', 'x');
    expect(last(asking)?.call).toMatchObject({
      operation: { id: 'start-oauth-openid-clients-bulk' },
      body: { action: 'deactivate', inums: ['shop', 'tool'] },
    });
    const told = answered(asking, 'bulk', plan);
    expect(shownBy(told)).toMatch(
      /Deactivate 1,234 clients\?[^]*Shop \(shop\): Active\s+! Tool \(tool\) will be refused: is the last administrator\s+and 1,232 more/,
    );
    expect(last(press(told, 'y'))?.call).toMatchObject({ body: { inums: ['shop', 'tool'], confirm: '1234-x' } });
    expect(shownBy(answered(asking, 'bulk', { ...plan, clients: 0 }))).toContain('There are no clients like that');
    // One alone is no run.
    expect(shownBy(press(two(), 'space', 'up', 'x'))).toContain('Deactivate this client?');
  });

  it('are what the list finds, where nothing is marked', () => {
    expect(shownBy(press(two(), 'b'))).toMatch(/Mark some with Space[^]*> Runs/);
    const sifted = press(typed(press(two(), 'w'), 'disabled eq false'), 'return');
    const searched = press(answered(sifted, 'list', { entries: [SHOP], totalEntriesCount: 70 }), '/', 's', 'return');
    const found = answered(searched, 'list', { entries: [SHOP], totalEntriesCount: 70 });
    const asking = press(found, 'b');
    expect(shownBy(asking)).toMatch(/the 70 clients that the list finds\?[^]*> Change[^]*Remove/);
    expect(last(press(asking, 'down', 'return'))?.call).toMatchObject({
      body: { action: 'activate', filter: 'disabled eq false', pattern: 's' },
    });
    const form = press(asking, 'return');
    expect(shownBy(form)).toContain('Change the 70 clients that the list finds');
    const sent = press(typed(press(form, 'down', 'return'), 'x'), 'return', 'f2');
    expect(last(sent)?.call).toMatchObject({
      body: { action: 'patch', filter: 'disabled eq false', mergePatch: { clientName: 'x' } },
    });
    expect(shownBy(answered(sent, 'bulk', plan))).toMatch(/Change 1,234 clients\?[^]*Client name: x/);
  });

  it('get new secrets for the owner of a public key, in a file and never on the screen', () => {
    const asking = press(two(), 'space', 'space', 'b', 'end', 'up', 'return');
    expect(shownBy(asking)).toMatch(/New secrets for the 2 that are marked[^]*A file with the public key/);
    const reading = press(typed(asking, 'k'), 'return');
    expect(last(reading)?.call).toMatchObject({ does: 'read-file', path: 'k' });
    expect(shownBy(answered(reading, 'file', { body: { kty: 'OKP', d: 'x' } }))).toContain('That is a private key');
    const key = { kty: 'OKP', crv: 'X25519', x: 'x', kid: 'partner' };
    const file = press(typed(answered(reading, 'file', { body: key }), '60'), 'return');
    const told = answered(press(file, 'return'), 'bulk', { ...plan, sample: [] });
    expect(shownBy(told)).toMatch(
      /Give new secrets to 1,234 clients\?[^]*work for 60 seconds more\.\s+The new ones are for the key partner, in new-secrets\.jsonl\.[^]*paused and stopped\./,
    );
    const made = press(told, 'y');
    expect(last(made)?.call).toEqual({ does: 'reserve-file', path: 'new-secrets.jsonl' });
    const sent = answered(made, 'file', true);
    expect(last(sent)?.call).toMatchObject({
      body: { action: 'rotate', inums: ['shop', 'tool'], encryptTo: key, overlapSeconds: 60, confirm: '1234-x' },
    });
    const going = answered(sent, 'bulk', run('running', { waiting: 30 }, { action: 'rotate' }));
    const over = answered(going, 'run run-1', run('done', { changed: 30 }, { action: 'rotate' }));
    const write = { does: 'write-results', run: 'run-1', path: 'new-secrets.jsonl' };
    expect(last(over)?.call).toMatchObject(write);
    const written = answered(over, 'results run-1', 30);
    expect(shownBy(written)).toMatch(/30 results are in new-secrets\.jsonl\.[^]*w secrets to a file/);
    expect(last(answered(press(written, 'w', 'return'), 'file', true))?.call).toMatchObject(write);
  });

  it('show how far they are, are paused, resumed and stopped, and tell what was refused', () => {
    const state = begun();
    expect(shownBy(state)).toMatch(/Deactivate 30 clients: running[^]*#{10}\.{20}\] 10\/30[^]*20 waiting, 10 changed/);
    expect(last(state)).toMatchObject({ isQuiet: true, call: { named: [['id', 'run-1']] } });
    const paused = answered(press(state, 'p'), 'run run-1', run('paused', { waiting: 20, changed: 10 }));
    expect(shownBy(paused)).toMatch(/: paused[^]*r resume {2}s stop/);
    expect(last(press(paused, 'r'))?.call).toMatchObject({ operation: { id: 'resume-oauth-openid-clients-bulk' } });
    expect(last(press(state, 's', 'y'))?.call).toMatchObject({ operation: { id: 'stop-oauth-openid-clients-bulk' } });
    const failures = [{ inum: 'tool', problem: { detail: 'is refused' } }];
    const ended = answered(state, 'run run-1', run('done', { changed: 29, failed: 1 }, { failures }));
    expect(shownBy(ended)).toMatch(/: done[^]*#{30}\] 30\/30[^]*29 changed, 1 failed[^]*tool: is refused/);
    expect(ended.requests.map(({ purpose }) => purpose)).toEqual(['list']);
    const refused = answered(press(ended, 'f'), 'refused', { entries: failures });
    expect(shownBy(refused)).toMatch(/Refused clients[^]*> tool +is refused/);
    expect(last(press(refused, 'return'))?.call).toMatchObject({ does: 'read', id: 'tool' });
  });

  it('go on when they are left, and are come back to', () => {
    const left = press(begun(), 'escape');
    expect(top(left)).toMatchObject({ is: 'list', marked: new Set() });
    const away = answered(left, 'run run-1', run('done', { changed: 30 }));
    expect(shownBy(away)).toContain('The run is done: 30 changed.');
    const runs = answered(press(left, 'b', 'return'), 'bulk', {
      entries: [run('running', { waiting: 20, changed: 10 }, { createdAt: '2026-01-01T08:00:00' })],
      totalEntriesCount: 1,
    });
    expect(shownBy(runs)).toMatch(/> 2026-01-01 08:00 {2}Deactivate 30 clients +running, 20 left/);
    const back = answered(press(runs, 'return'), 'bulk', run('running', { waiting: 5, changed: 25 }));
    expect(shownBy(back)).toContain('25/30');
    const failure = new CallFailure({ exitCode: EXIT.unreachable, message: 'no answer', lines: [] });
    const lost = reduce(back, { type: 'failed', id: last(back)?.id ?? 0, failure });
    expect([shownBy(lost), last(lost)?.delay]).toEqual([expect.stringContaining('it is tried again'), 2_000]);
  });

  it('are undone as a whole, which is shown before, and as a task where they are many', () => {
    const ended = answered(begun(), 'run run-1', run('done', { changed: 30 }));
    const asking = press(ended, 'u');
    expect(last(asking)?.call).toMatchObject({ does: 'undo', isTrial: true, body: { requestId: 'run-1' } });
    const properties = [{ property: 'disabled', before: true, after: false }];
    const report = {
      ...{ id: 'undo-1', state: 'done', clients: 300, undone: 300, left: 0, complete: false },
      entries: [{ inum: 'shop', clientName: 'Shop', outcome: 'changed', properties }],
    };
    const told = answered(asking, 'undo', report);
    expect(shownBy(told)).toMatch(
      /Undo all that this run has done\?[^]*more than 300 clients[^]*Shop\s+Active: true → false/,
    );
    const task = answered(press(told, 'y'), 'undo', { ...report, state: 'running', undone: 100 });
    expect(shownBy(task)).toMatch(/Undo: running[^]*100\/300/);
    const done = answered(task, 'undo undo-1', report);
    expect(shownBy(done)).toMatch(/Undo: done[^]*300 clients undone/);
    expect(shownBy(answered(asking, 'undo', { ...report, complete: true, undone: 0 }))).toContain('Nothing of it');
  });
});

describe('the history', () => {
  it('takes back what one request has changed, and says before what stays', () => {
    const revision = (number: number) => ({
      ...{ number, at: '2026-01-01T00:00:00', who: 'Ann', what: 'Active', isRemoved: false, requestId: `r-${number}` },
    });
    const listing = answered(press(opened(), 'h'), 'history', [revision(2), revision(1)]);
    const asking = press(answered(press(listing, 'return'), 'revision', { differences: [] }), 'u');
    expect(asking.requests.at(-1)?.call).toMatchObject({ isTrial: true, body: { inum: 'shop', requestId: 'r-2' } });
    const left = [{ property: 'clientName', detail: 'it was changed again since' }];
    const properties = [{ property: 'disabled', before: true, after: false }];
    const report = { undone: 1, upTo: 'then', entries: [{ inum: 'shop', outcome: 'changed', properties, left }] };
    const told = answered(asking, 'undo', report);
    expect(shownBy(told)).toMatch(/Active: true → false\s+stays: Client name: it was changed again since/);
    const sent = press(told, 'y');
    expect(sent.requests.at(-1)?.call).toMatchObject({ does: 'undo', isTrial: false, body: { upTo: 'then' } });
    expect(shownBy(answered(sent, 'undo', report))).toContain('Taken back of Shop');
    const none = answered(asking, 'undo', { undone: 0, entries: [{ inum: 'shop', outcome: 'unchanged', left }] });
    expect(top(none)?.is).toBe('text');
  });
});

describe('the secrets of a client', () => {
  const listedSecrets = (): State =>
    answered(press(opened(), 'e'), 'secrets', {
      entries: [
        { id: 's2', label: 'Frankfurt', state: 'current', created: '2026-01-02T00:00:00', safeToRemove: false },
        { id: 's1', state: 'live', created: '2026-01-01T00:00:00', safeToRemove: true },
      ],
    });

  it('are listed, and one is removed when that is agreed to', () => {
    expect(shownBy(listedSecrets())).toMatch(
      /> Frankfurt +current, made 2026-01-02[^]*s1 +live, .*not needed any more/,
    );
    const asking = press(listedSecrets(), 'down', 'return');
    expect(shownBy(asking)).toContain('Remove the secret s1 of Shop (shop)?');
    expect(press(asking, 'y').requests.map(({ call }) => call)).toMatchObject([
      { does: 'act', id: 'shop', operation: { id: 'remove-oauth-openid-client-secret' }, named: [['id', 's1']] },
    ]);
  });

  it('get another one, with a label and an end, which is shown once', () => {
    const label = press(listedSecrets(), 'end', 'return', 'B');
    const date = press(label, 'return', ...Array.from('2030-01-31', (one) => one));
    expect(shownBy(press(label, 'return', 'x', 'return'))).toContain('A date is written as 2030-01-31');
    const sent = press(date, 'return', 'y');
    const body = { label: 'B', clientSecretExpiresAt: '2030-01-31T00:00:00' };
    expect(sent.requests.map(({ call }) => call)).toMatchObject([
      { operation: { id: 'add-oauth-openid-client-secret' }, body },
    ]);
    expect(shownBy(answered(sent, 'secrets', { id: 's3', clientSecret: 'shown-once' }))).toContain('shown-once');
  });
});

describe('clients that are judged by a security profile', () => {
  const RULE = {
    ...{ rule: 'no-implicit-grant', severity: 'error', clients: 2, enabled: 1, properties: ['grantTypes'] },
    ...{ detail: 'must not hold implicit', remedy: 'Move the app to the code flow.', impact: 'They are refused.' },
  };
  const report = { title: 'OAuth 2.1', clients: 9, failing: 2, rules: [RULE, { ...RULE, rule: 'other', clients: 0 }] };

  it('are shown by the rules that they break, worst first, and open from there', () => {
    const asking = press(listed(), 'l');
    expect(shownBy(asking)).toMatch(/Judge all clients by[^]*> OAuth 2.0 Security[^]*Model Context Protocol/);
    const asked = press(asking, 'down', 'return');
    expect(asked.requests.map(({ call }) => call)).toMatchObject([{ does: 'page', named: [['profile', 'oauth2.1']] }]);
    const rules = answered(asked, 'lint', { entries: [report] });
    expect(shownBy(rules)).toMatch(/2 of 9 clients fail[^]*no-implicit-grant +error, 2 clients, 1 active/);
    expect(shownBy(rules)).not.toContain('other');
    const page = { entries: [{ inum: 'shop', clientName: 'Shop', disabled: true, findings: [] }] };
    const found = answered(press(rules, 'return'), 'lint', page);
    expect(shownBy(found)).toMatch(
      /grantTypes must not hold implicit\.[^]*Mend: Move the app[^]*Shop \(shop\) +not active/,
    );
    expect(press(found, 'return').requests.map(({ call }) => call)).toMatchObject([{ does: 'read', id: 'shop' }]);
    expect(shownBy(press(found, 'escape'))).toContain('2 of 9 clients fail');
  });

  it('are those that the list finds, by whatever it finds them', () => {
    const list = { ...top(listed()), where: 'contacts pr' };
    const filters = new Map([
      ['disabled', 'false'],
      ['applicationType', 'web'],
    ]);
    const search = { text: 'a "b", c', at: 0 };
    const sifted = (more: object): State => ({ ...listed(), screens: [{ ...list, ...more }] }) as State;
    const asked = (state: State) => press(press(state, 'l'), 'return').requests.at(-1)?.call;
    expect(asked(sifted({}))).toMatchObject({
      named: [
        ['profile', 'rfc9700'],
        ['filter', 'contacts pr'],
      ],
    });
    const filter =
      '(displayName co "a \\"b\\"" or description co "a \\"b\\"" or inum co "a \\"b\\"" or ' +
      'displayName co "c" or description co "c" or inum co "c") and (disabled eq false) and ' +
      '(applicationType eq "web") and (contacts pr)';
    expect(asked(sifted({ filters, search }))).toMatchObject({
      named: [
        ['profile', 'rfc9700'],
        ['filter', filter],
      ],
    });
    expect(shownBy(press(sifted({}), 'l'))).toContain('Judge the clients that the list finds by');
  });
});

describe('the head of the list', () => {
  it.each([
    ['http://localhost', /Registration tokens +http:\/\/localhost$/],
    ['http://localhost:8080', /Registration tokens +localhost:8080$/],
    ['https://registry.eu.example.com', /Registration +registry\.eu\.example\.com$/],
    ['https://a-registry-with-a-long-name.example.com', /Registration .*….*$/],
  ])('says of %s where the program is connected to', (place, expected) => {
    const state = answered({ ...begin(), place }, 'list', { entries: [], totalEntriesCount: 0 });
    expect(shownBy(state).split('\n')[0]).toMatch(expected);
  });
});

const NAMES =
  'up down left right return escape tab backtab space backspace delete home end pageup pagedown f1 f2 f5 / n v d u c y a x o f h r s i q k t w z b e ü 日 👩‍👩‍👧 é'.split(
    ' ',
  );
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('\u202eabc', 'a\u001b[2Jb', '日本語'.repeat(20), 'e\u0301'.repeat(30), ''),
);
const entry = fc.record(
  {
    inum: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }),
    clientName: text,
    redirectUris: fc.array(text, { maxLength: 3 }),
    disabled: fc.boolean(),
    grantTypes: fc.array(text, { maxLength: 2 }),
  },
  { requiredKeys: ['inum'] },
);

const action: fc.Arbitrary<(state: State) => Action> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...NAMES).map((name) => (): Action => ({ type: 'key', key: key(name) })) },
  {
    weight: 2,
    arbitrary: text.map((pasted) => (): Action => ({ type: 'key', key: { name: 'paste', text: pasted, ctrl: false } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 140 }), fc.integer({ min: 1, max: 50 }))
      .map(([width, height]) => (): Action => ({ type: 'size', width, height })),
  },
  { weight: 1, arbitrary: fc.constant((): Action => ({ type: 'tick' })) },
  {
    weight: 8,
    arbitrary: fc.tuple(fc.array(entry, { maxLength: 5 }), fc.boolean()).map(
      ([entries, fails]) =>
        (state: State) =>
          reply(state, entries, fails),
    ),
  },
);

/** An answer of the right shape to the first thing that is asked. */
function reply({ requests }: State, entries: readonly Record<string, unknown>[], fails: boolean): Action {
  const [request] = requests;
  if (request === undefined) return { type: 'tick' };
  const { id, call } = request;
  const [first = SHOP] = entries;
  const failure = new CallFailure({
    exitCode: EXIT.unreachable,
    message: `no answer ${String(first['clientName'])}`,
    lines: [],
  });
  if (fails) return { type: 'failed', id, failure };
  const values: Record<string, unknown> = {
    list: { entries, totalEntriesCount: entries.length + 1, nextCursor: 'next' },
    read: stored(first),
    change: stored(first),
    create: { ...first, clientSecret: 'secret' },
    validate: { isValid: true, errors: [], warnings: [{ detail: String(first['clientName']) }], entry: {} },
    references: entries.map(({ inum }) => ({ label: String(inum), value: String(inum) })),
    revisions: entries.map(({ clientName }, at) => ({
      number: at,
      at: '2026-01-01T00:00:00',
      who: String(clientName),
      what: 'written',
      isRemoved: false,
    })),
    page: { entries: entries.map(({ inum }) => ({ id: inum, state: 'live' })), totalEntriesCount: entries.length },
    call: { ...first, state: 'running', clients: 9, counts: { waiting: 3, changed: 6 } },
    undo: { undone: entries.length, entries: entries.map(({ inum }) => ({ inum, outcome: 'removed' })) },
    'read-file': { body: first },
    'write-files': 'Written.',
  };
  return { type: 'answered', id, value: values[call.does] ?? first };
}

describe('any sequence of keys and answers', () => {
  it('leaves a frame of exactly the size, with nothing in it that steers a terminal, and loses no change unasked', async () => {
    await holds(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        let state = listed();
        for (const make of actions) {
          const before = state;
          const done = make(state);
          state = reduce(state, done);
          const { lines, focus } = frame(state, state.width, state.height);
          const texts = lines.map(textOfLine);
          expect(lines).toHaveLength(state.height);
          expect(texts.filter((line) => stringWidth(line) !== state.width)).toEqual([]);
          expect(texts.filter((line) => !PRINTABLE.test(line))).toEqual([]);
          expect(focus).toBeLessThan(state.height);
          const forms = before.screens.flatMap((screen) =>
            screen.is === 'form' && hasChanges(screen) ? [screen.id] : [],
          );
          const gone = forms.filter((id) => state.screens.every((screen) => screen.id !== id));
          // A form with changes goes when that was agreed to, or when it was saved.
          if (gone.length > 0)
            expect([done.type, top(before)?.is]).toEqual([done.type, done.type === 'key' ? 'ask' : top(before)?.is]);
        }
      }),
      300,
    );
  });
});

describe('a text', () => {
  it('has the width that the tables of Unicode say, also where none are loaded for it', async () => {
    for (let point = 0x20; point <= 0x2fff; point += 1) {
      const one = String.fromCodePoint(point);
      if (widthOf(one) !== stringWidth(one)) throw new Error(`${point.toString(16)} is ${widthOf(one)} wide`);
    }
    await holds(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (odd, plain) => {
        const both = `é${plain}${odd}ž`;
        expect(widthOf(both)).toBe(stringWidth(both));
      }),
      300,
    );
  });
});

describe('a text that is written', () => {
  it('is as if every key had been pressed alone, however they come', async () => {
    const type = (start: string, names: readonly string[]): string =>
      names.reduce((edit, name) => edited(edit, key(name), false) ?? edit, { text: start, at: start.length }).text;
    expect(type('Cafe', ['backspace', 'backspace', 'backspace', 'a'])).toBe('Ca');
    // A grapheme is deleted as a whole, and a cursor never stands in one.
    expect(type('x👩‍👩‍👧', ['backspace'])).toBe('x');
    expect(type('e\u0301', ['left', 'a'])).toBe('ae\u0301');
    await holds(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (pasted) => {
        const flat = pasted.replace(/\s*\n\s*/g, ' ').trim();
        expect(edited({ text: 'ab', at: 1 }, { name: 'paste', text: pasted, ctrl: false }, false)?.text).toBe(
          `a${flat}b`,
        );
      }),
      100,
    );
  });

  it('is shown in exactly its width around a cursor that is between characters, whatever is written', async () => {
    const keys = fc.oneof(
      fc.constantFrom('up', 'down', 'left', 'right', 'home', 'end', 'delete', 'a', '語', '\u0301').map(key),
      text.map((pasted): Key => ({ name: 'paste', text: pasted, ctrl: false })),
    );
    const start = fc.array(text).map((lines) => lines.join('\n'));
    await holds(
      fc.property(start, fc.array(keys), fc.integer({ min: 0, max: 90 }), (written, pressed, width) => {
        let edit = { text: written, at: written.length };
        for (const each of pressed) {
          edit = edited(edit, each, true) ?? edit;
          const line = textOfLine(editLine(edit, width));
          expect([stringWidth(line), line]).toEqual([width, line]);
          expect(new Intl.Segmenter().segment(edit.text).containing(edit.at)?.index ?? edit.at).toBe(edit.at);
        }
      }),
      200,
    );
  });
});

describe('keys of a terminal', () => {
  it('are told apart also where Esc comes right before another', () => {
    const names = (text: string | undefined, sequence: string, name: string, meta: boolean): string[] =>
      keysOf(text, { sequence, name, meta }).map((each) => each.name);
    expect(names(undefined, '\u001b', 'escape', true)).toEqual(['escape']);
    expect(names(undefined, '\u001b\u001b', 'escape', true)).toEqual(['escape', 'escape']);
    expect(names(undefined, '\u001b\u001bOQ', 'f2', false)).toEqual(['escape', 'f2']);
    expect(names(undefined, '\u001by', 'y', true)).toEqual(['meta']);
    expect(names('日', '日', '', false)).toEqual(['日']);
    // As Node tells of Esc and Ctrl-C.
    expect(keysOf(undefined, { sequence: '\u001b\u0003', meta: true })).toEqual([
      expect.objectContaining({ name: 'escape' }),
      { name: 'c', text: '', ctrl: true },
    ]);
  });
});

describe('the start', () => {
  /** What is loaded before anything is done: the files of ours, and the libraries, that these import and do not ask for later. */
  function loadedBy(...entries: readonly string[]): { files: Set<string>; libraries: Set<string> } {
    const [files, libraries] = [new Set<string>(), new Set<string>()];
    const follow = (file: string): void => {
      if (files.has(file)) return;
      files.add(file);
      for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(
        /^(?:import|export) (?!type)[^;]*?from '([^']+)'/gm,
      )) {
        if (from.startsWith('.')) follow(join(dirname(file), from));
        else if (!from.startsWith('node:')) libraries.add(from);
      }
    };
    for (const entry of entries) follow(join(import.meta.dirname, '../../cli', entry));
    return { files, libraries };
  }

  it.each([
    ['a first screen', ['main.ts', 'tui/open.ts'], 115],
    ['a command', ['main.ts', 'commands/of-resource.ts'], 95],
  ])('of %s loads what it needs, and no library that is for later', (_, entries, most) => {
    const { files, libraries } = loadedBy(...entries);
    expect(
      [...libraries].filter((library) => !['commander', 'fastest-levenshtein', 'p-map'].includes(library)),
    ).toEqual([]);
    expect([...files].filter((file) => file.endsWith('.gen.ts') && entries.includes('tui/open.ts'))).toEqual([]);
    expect(files.size).toBeLessThanOrEqual(most);
  });
});

describe('the program', () => {
  it('takes keys while the service is slow, and shows what comes together once', () => {
    const frames: string[] = [];
    const timers: (() => void)[] = [];
    const display = {
      show: () => void frames.push('x'),
      forget: () => undefined,
      copy: () => undefined,
      close: () => undefined,
    };
    const after = (_milliseconds: number, call: () => void): (() => void) => {
      timers.push(call);
      return () => void timers.splice(timers.indexOf(call), 1);
    };
    const never = (): Promise<never> => new Promise(() => undefined);
    const program = new Program(begin(), { display, answer: never, after, rhythm: 250 });
    for (const name of ['/', 's', 'h', 'o', 'p']) program.act({ type: 'key', key: key(name) });
    const drawn = frames.length;
    for (const call of timers.splice(0)) call();
    expect([drawn, frames.length > 1]).toEqual([1, true]);
  });

  it.each([
    [true, ['31', '35']],
    [false, []],
  ])('has colours for both dark and light terminals, and no backgrounds (%p)', (hasColours, colours) => {
    let out = '';
    const output = { write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream;
    const sent = press(opened(), 'space', 'down', 'return', 'x', 'return', 'f2', 'f2');
    const problem = { errors: [{ pointer: '/clientName', detail: 'is taken' }] };
    const failure = new CallFailure({ exitCode: EXIT.refused, message: 'No', lines: [] }, { status: 400, problem });
    const id = sent.requests.find(({ purpose }) => purpose === 'save')?.id ?? 0;
    screenOn(output, hasColours).show(frame(reduce(sent, { type: 'failed', id, failure }), 80, 24));
    // eslint-disable-next-line no-control-regex -- how a terminal is told of looks
    const looks = new Set(Array.from(out.matchAll(/\u001b\[([\d;]*)m/g), ([, look = '']) => look));
    expect([...looks].filter((look) => !['0', '1', '2', '7'].includes(look)).sort()).toEqual(colours);
    // Signs say the same.
    expect(stripVTControlCharacters(out)).toMatch(/\*Active +\[ \][\s\S]*!Client name +Shopx/);
  });

  it('is plain text line by line for a screen reader, without escapes', () => {
    let out = '';
    const display = plainOn({ write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream);
    const show = (state: State): void => display.show(frame(state, 80, 24));
    const two = answered(begin(), 'list', {
      entries: [SHOP, { ...SHOP, inum: 'tool', clientName: 'Tool' }],
      totalEntriesCount: 2,
    });
    show(two);
    expect(out).toContain('> Shop');
    out = '';
    show(press(two, 'down'));
    // The line that is left says nothing new.
    expect(out).toMatch(/^> Tool[^\n]*\n$/);
  });
});
