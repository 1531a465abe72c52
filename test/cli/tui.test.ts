import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { compactDecrypt } from 'jose';
import { cliFor, type Cli } from '../support/cli.ts';
import { freePort } from '../support/ports.ts';
import { suiteWith } from '../support/programs.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';
import { showsScreen } from '../support/screens.ts';
import { Tmux, type TmuxOptions } from '../support/tmux.ts';

// eslint-disable-next-line no-control-regex -- how a terminal is told of colours
const COLOUR = /\u001b\[(?:3[0-7]|4[0-7]|9\d|10\d|[34]8;[\d;]+)m/g;

suiteWith('tmux')('the terminal UI', () => {
  let service: TestService;
  let cli: Cli;
  let tmux: Tmux | undefined;
  let isOver = false;
  let turns: Promise<void>;

  beforeAll(async () => {
    service = await startService();
    cli = cliFor(service);
    turns = tasksInTurn();
    const token = await service.adminToken();
    const web = { grantTypes: ['authorization_code'], responseTypes: ['code'], scopes: ['openid'] };
    for (const [inum, clientName] of Object.entries({ shop: 'Shop', tool: 'Tool', cafe: 'Cafe' })) {
      const body = { inum, clientName, redirectUris: [`https://${inum}.example/cb`], ...web };
      expect((await service.request('POST', CLIENTS, { token, body })).status).toBe(201);
    }
  });
  /** Has tasks run as the process of a service does. */
  async function tasksInTurn(): Promise<void> {
    while (!isOver) {
      await service.tasks.runner.run();
      await pause(200);
    }
  }
  afterEach(async () => {
    await tmux?.end();
    tmux = undefined;
  });
  afterAll(async () => {
    isOver = true;
    await turns;
    cli.remove();
    await service.stop();
  });

  async function open(options: Partial<TmuxOptions> = {}, args = ''): Promise<Tmux> {
    tmux = await Tmux.start(`tui ${args}`, { cwd: cli.folder, home: cli.home, ...options });
    await tmux.see('Shop');
    return tmux;
  }

  const read = async (inum: string): Promise<Record<string, unknown>> =>
    (await service.request('GET', `${CLIENTS}/${inum}`, { token: await service.adminToken() })).body as Record<
      string,
      unknown
    >;

  it('finds a client, renames it and unticks Active, and sends exactly that', async () => {
    const screen = await open();
    showsScreen('list', await screen.see('4 clients'));
    await screen.press('/', 'c', 'a', 'f', 'Enter');
    await screen.see(/ 1 client\s/);
    await screen.press('Enter');
    showsScreen('form', await screen.see('Edit client: Cafe (cafe)'));
    await screen.press('Space', 'Down', 'Enter');
    await screen.see(/\*Active/);
    // Foregrounds that can be read on dark and on light, and no backgrounds.
    expect((await screen.looks()).match(COLOUR)).toEqual(expect.arrayContaining(['\u001b[35m']));
    // A burst of keys: each of them counts.
    await screen.press('BSpace', 'BSpace', 'BSpace', 'BSpace', 'B', 'a', 'r', 'Enter');
    await screen.see(/\*Client name +Bar/);
    await screen.press('F2');
    await screen.see('Client name: Cafe → Bar');
    showsScreen('save', await screen.see('advice: tokenEndpointAuthMethod'));
    expect(await screen.screen()).toContain('Active: [x] → [ ]');
    await screen.press('Enter');
    await screen.see('Saved.');
    expect(await read('cafe')).toMatchObject({ clientName: 'Bar', displayName: 'Bar', disabled: true });
    await screen.press('Escape');
    await screen.see(/Bar +cafe +no/);
    await screen.press('q');
    await screen.see(/ended with 0\nicanon\necho/);
  });

  it('keeps the form when it is refused, and goes to the section that has the fault', async () => {
    const screen = await open();
    await screen.press('/', 't', 'o', 'o', 'l', 'Enter');
    await screen.see(/ 1 client\s/);
    await screen.press('Enter');
    await screen.see('Edit client: Tool (tool)');
    // The jump box knows the name in registration as well.
    await screen.press('/');
    await screen.see('Go to a member');
    await screen.type('policy_uri');
    await screen.press('Enter', 'Enter');
    await screen.type('no address');
    await screen.press('Enter', 'PageDown', 'F2');
    await screen.see('Privacy policy: (none) → no address');
    await screen.press('F2');
    const refused = await screen.see('Not saved');
    expect(refused).toMatch(/>!Privacy policy +no address/);
    showsScreen('refused', refused);
    expect(await read('tool')).not.toHaveProperty('policyUri');
    await screen.press('Escape');
    await screen.see('1 change is not saved.');
    await screen.press('y');
    await screen.see(/ 1 client\s/);
  });

  it('asks once before Ctrl-C loses changes, and gives the terminal back', async () => {
    const screen = await open();
    await screen.press('Down', 'Enter');
    await screen.see('Edit client');
    await screen.press('Space');
    await screen.see('1 change');
    await screen.press('C-c');
    await screen.see('Ctrl-C again leaves without them');
    await screen.press('C-c');
    await screen.see(/ended with 130\nicanon\necho/);
  });

  it('ends by SIGTERM without a question, and has no colours where nobody wants them', async () => {
    const screen = await open({ env: { NO_COLOR: '1' } });
    await screen.press('Down', 'Enter');
    await screen.see('Edit client');
    await screen.press('Space');
    await screen.see('1 change');
    expect(await screen.looks()).not.toMatch(COLOUR);
    process.kill(await screen.program(), 'SIGTERM');
    await screen.see(/ended with 143\nicanon\necho/);
  });

  it('leads to a new client, shows its secret once, and undoes, compares and restores', async () => {
    const screen = await open();
    await screen.press('n');
    showsScreen('guide', await screen.see('What kind of software'));
    await screen.press('Enter');
    await screen.see('its name');
    await screen.type('Photo prints');
    await screen.press('Enter');
    await screen.see('where users come back to');
    // Not an address yet: it is said at once.
    await screen.press('F2');
    await screen.see('begins with https://');
    await screen.paste('print.example/callback');
    await screen.press('F2');
    await screen.see('how it proves itself');
    await screen.press('Enter');
    showsScreen('explained', await screen.see('what follows'));
    await screen.press('Escape');
    await screen.see('Add client');
    await screen.press('BTab', 'Home', 'Enter');
    await screen.type('prints');
    await screen.press('Enter');
    await screen.see(/\*Client id +prints/);
    // To another section: what is pasted is one entry a line, however much it is.
    await screen.press('/');
    await screen.see('Go to a member');
    await screen.type('contacts');
    await screen.press('Enter', 'Enter');
    await screen.see('One entry a line');
    await screen.paste(Array.from({ length: 50 }, (_, at) => `someone-with-a-long-name-${at}@example.com`).join('\n'));
    await screen.resize(60, 20);
    await screen.see('someone-with-a-long-name-49@example.com');
    await screen.resize(80, 24);
    await screen.press('F2');
    await screen.see(/>\*Contacts/);
    await screen.press('F2');
    await screen.see('This client will be made');
    await screen.press('F2');
    const secret =
      /^[\w-]{43}$/m.exec((await screen.see('Secret of Photo prints')).replace(/ +$/gm, ''))?.[0] ?? 'none';
    await screen.press('Escape');
    await screen.see('Edit client: Photo prints (prints)');
    expect(await screen.history()).not.toContain(secret);
    const made = await read('prints');
    expect(made).toMatchObject({ attributes: { requirePkce: true }, redirectUris: ['https://print.example/callback'] });
    expect(made['contacts']).toHaveLength(50);

    // History: who, what and values, and back to what it was.
    await screen.press('Home', 'Down', 'Space', 'F2');
    await screen.see('Active: [x] → [ ]');
    await screen.press('F2');
    await screen.see('Saved.');
    await screen.press('h');
    showsScreen('history', await screen.see('History of Photo prints'));
    await screen.press('Enter');
    await screen.see('Active: false → true');
    await screen.press('Escape');
    await screen.see('History of');
    await screen.press('Down', 'Enter');
    await screen.see('make it that again');
    await screen.press('b');
    await screen.see('Make Photo prints what it was');
    await screen.press('y');
    await screen.see('Photo prints is what it was');
    expect(await read('prints')).toMatchObject({ disabled: false });
    await screen.press('/', 'p', 'h', 'o', 't', 'o', 'Enter');
    await screen.see(/ 1 client\s/);
    await screen.press('h');
    await screen.see('restored, as of ');
    await screen.press('Enter');
    await screen.see('It was restored, as of ');
    await screen.see('u take this back');
    await screen.press('u');
    showsScreen('undo', await screen.see('Take this back of Photo prints?'));
    await screen.press('y');
    await screen.see('Taken back of Photo prints');
    expect(await read('prints')).toMatchObject({ disabled: true });
  });

  it('puts a change of somebody else beside one’s own, and merges them', async () => {
    const screen = await open();
    await screen.press('/', 't', 'o', 'o', 'l', 'Enter');
    await screen.see(/ 1 client\s/);
    await screen.press('Enter');
    await screen.see('Edit client: Tool (tool)');
    await screen.press('Down', 'Enter', 'C-u');
    await screen.type('Mine');
    await screen.press('Enter', 'F2');
    await screen.see('Client name: Tool → Mine');
    const token = await service.adminToken();
    const body = { clientName: 'Theirs', description: 'Of somebody else' };
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    await service.request('PATCH', `${CLIENTS}/tool`, { token, body, headers });
    await screen.press('F2');
    showsScreen('merge', await screen.see('Changed by somebody else'));
    await screen.press('F2');
    await screen.see('Client name: Theirs → Mine');
    await screen.press('F2');
    await screen.see('Saved.');
    expect(await read('tool')).toMatchObject({ clientName: 'Mine', description: 'Of somebody else' });
    // What is agreed to holds for what was shown only.
    await screen.press('Escape');
    await screen.see(/Mine +tool/);
    await service.request('PATCH', `${CLIENTS}/tool`, { token, body: { clientName: 'Of another' }, headers });
    await screen.press('x', 'y');
    expect(await screen.see('tool was changed since it was shown')).toContain('Changed: clientName');
    expect(await read('tool')).toMatchObject({ disabled: false });
    await screen.press('Escape', 'F5');
    await screen.see(/Of another +tool/);
    await screen.press('x', 'y');
    await screen.see('Of another (tool) is deactivated');
    await screen.press('a', 'y');
    await screen.see('Of another (tool) is activated');
    await screen.press('w');
    await screen.type('clientName eq "Cafe" or clientName sw "Sho"');
    await screen.press('Enter');
    await screen.see(/clientName eq.*… +\d clients/);
    await service.request('PATCH', `${CLIENTS}/tool`, { token, body: { clientName: 'Mine' }, headers });
  });

  it('writes and reads files, deletes several at once, and brings one back', async () => {
    const token = await service.adminToken();
    for (const inum of ['old-1', 'old-2']) {
      await service.request('POST', CLIENTS, { token, body: { inum, clientName: `Old ${inum}`, redirectUris: [] } });
    }
    const screen = await open();
    await screen.press('/', 'o', 'l', 'd', '-', 'Enter');
    await screen.see('2 clients');
    await screen.press('s');
    await screen.see('to a file');
    await screen.press('Enter');
    await screen.see('Written to old-1.yaml');
    await screen.press('Space', 'Space', 'd');
    await screen.see('Remove 2 clients?');
    await screen.press('y');
    await screen.see(/: done[^]*2 changed/);
    await screen.press('Escape');
    await screen.see('There are no clients like that');
    await screen.press('z');
    showsScreen('removed', await screen.see('Removed clients'));
    await screen.press('Enter');
    await screen.see('bring back');
    await screen.press('b');
    await screen.see('Edit client: Old old-2 (old-2)');
    expect(await read('old-2')).toMatchObject({ clientName: 'Old old-2' });
    await screen.press('Escape');
    await screen.see(/Old old-2 +old-2/);
    await screen.press('i');
    await screen.see('from a file');
    await screen.type('old-1.yaml');
    await screen.press('Enter');
    await screen.see(/\*Client id +old-1/);
    await screen.press('F2');
    await screen.see('This client will be made');
    await screen.press('F2');
    await screen.see('Secret of');
    await screen.press('Escape');
    await screen.see('Edit client: Old old-1 (old-1)');
  });

  it('does the same to many as one run, which is paused, left and come back to, and undone as a whole', async () => {
    const token = await service.adminToken();
    const { clock } = service;
    const wait = clock.wait.bind(clock);
    for (const inum of ['many-1', 'many-2', 'many-3']) {
      const body = {
        inum,
        clientName: `Many ${inum}`,
        redirectUris: [],
        softwareId: 'many',
        contacts: ['a@b.example'],
      };
      await service.request('POST', CLIENTS, { token, body });
    }
    const screen = await open();
    await screen.press('w');
    await screen.type('softwareId eq "many"');
    await screen.press('Enter');
    await screen.see('3 clients');
    await screen.press('b');
    await screen.see('the 3 clients that the list finds?');
    await screen.press('Enter');
    await screen.see('Change the 3 clients that the list finds');
    await screen.press('/');
    await screen.see('Go to a member');
    await screen.type('contacts');
    await screen.press('Enter', 'Enter');
    await screen.see('One entry a line');
    await screen.type('print@example.com');
    await screen.press('F2', 'F2');
    showsScreen('several', await screen.see('Change 3 clients?'));
    // The run waits after its first client, as long as that is wanted.
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    Object.assign(clock, { wait: () => gate });
    await screen.press('y');
    showsScreen('run', await screen.see('1/3'));
    await screen.press('p');
    await screen.see(/: paused[^]*r resume/);
    Object.assign(clock, { wait });
    letGo();
    await screen.press('Escape');
    await screen.see(/\[Clients\][^]*3 clients/);
    await screen.press('b');
    await screen.see('> Change');
    await screen.press('End', 'Enter');
    await screen.see(/Change 3 clients +paused, 2 left/);
    await screen.press('Enter');
    await screen.see(/: paused[^]*1\/3/);
    await screen.press('r');
    await screen.see(/: done[^]*3 changed/);
    expect((await read('many-3'))['contacts']).toEqual(['print@example.com']);
    await screen.press('u');
    await screen.see('Undo what was done to 3 clients?');
    await screen.press('y');
    await screen.see(/Undo: done[^]*3 clients undone, 0 clients with something left/);
    expect((await read('many-3'))['contacts']).toEqual(['a@b.example']);
    // New secrets are for the owner of a key, and go to a file.
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    writeFileSync(join(cli.folder, 'key.json'), JSON.stringify(publicKey.export({ format: 'jwk' })));
    await screen.press('Escape');
    await screen.see(/Change 3 clients: done/);
    await screen.press('Escape');
    await screen.see('Runs, the last one first');
    await screen.press('Escape');
    await screen.see(/\[Clients\][^]*3 clients/);
    await screen.press('b');
    await screen.see('> Change');
    await screen.press('End', 'Up', 'Enter');
    await screen.see('A file with the public key');
    await screen.type('key.json');
    await screen.press('Enter');
    await screen.see('Seconds for which');
    await screen.press('Enter');
    await screen.see('A new file for the secrets');
    await screen.press('Enter');
    await screen.see('Give new secrets to 3 clients?');
    await screen.press('y');
    expect(await screen.see('3 results are in new-secrets.jsonl.')).not.toContain('eyJ');
    const file = join(cli.folder, 'new-secrets.jsonl');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.length).toBe(3);
    const { inum, secret } = JSON.parse(lines[0] ?? '') as { inum: string; secret: string };
    const { plaintext } = await compactDecrypt(secret, privateKey);
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toMatchObject({ inum, clientSecret: expect.any(String) });
  });

  it('lists, adds and removes secrets, makes a new one and ends tokens, each for a reason', async () => {
    const screen = await open();
    await screen.press('/', 't', 'o', 'o', 'l', 'Enter');
    await screen.see(/ 1 client\s/);
    await screen.press('e');
    await screen.see('Add another one');
    await screen.press('End', 'Enter');
    await screen.see('What people know it by');
    await screen.type('Frankfurt');
    await screen.press('Enter');
    await screen.see('When it ends');
    await screen.press('Enter');
    await screen.see('Add a secret to');
    await screen.press('w');
    await screen.see('Why?');
    await screen.type('TICKET-1');
    await screen.press('Enter');
    showsScreen('reason', await screen.see('Reason: TICKET-1'));
    await screen.press('y');
    const secret = /^[\w-]{43}$/m.exec((await screen.see('Keep it now')).replace(/ +$/gm, ''))?.[0] ?? 'none';
    await screen.press('Escape', 'e');
    const two = await screen.see(/> Frankfurt +current/);
    expect(two).not.toContain(secret);
    showsScreen('secrets', two);
    await screen.press('Down', 'Enter');
    await screen.see('Remove the secret');
    await screen.press('y');
    await screen.see('is removed.');
    await screen.press('Escape');
    await screen.see(/ 1 client\s/);
    const rotate = async (): Promise<void> => {
      await screen.press('r');
      await screen.see('A new secret for');
      await screen.type('60');
      await screen.press('Enter');
      await screen.see('works for 60 seconds more');
      await screen.press('y');
    };
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const theirs = { token: await service.adminToken(), body: { description: 'Of a third one' }, headers };
    await service.request('PATCH', `${CLIENTS}/tool`, theirs);
    await rotate();
    await screen.see('tool was changed since it was shown');
    await screen.press('Escape', 'F5');
    await screen.see('Read again.');
    await rotate();
    await screen.see('Keep it now');
    await screen.press('Escape', 't');
    await screen.see('End all tokens of');
    await screen.press('y');
    await screen.see('Servers that do not ask here');
    const token = await service.adminToken();
    const { body } = await service.request('GET', `${CLIENTS}/tool/history`, { token });
    const { entries } = body as { entries: { reason?: string }[] };
    expect(entries.flatMap(({ reason }) => reason ?? [])).toEqual(['TICKET-1']);
  });

  it('manages scopes, scripts, claims and initial access tokens as well', async () => {
    const screen = await open();
    await screen.press('Tab');
    await screen.see('[Scopes]');
    await screen.press('n');
    await screen.see('Add scope');
    await screen.press('Down', 'Enter');
    await screen.type('orders');
    await screen.press('Enter', 'F2');
    await screen.see('This scope will be made');
    await screen.press('F2');
    await screen.see('Edit scope: orders');
    await screen.press('Escape', 'Tab');
    await screen.see('[Scripts]');
    await screen.press('n');
    await screen.see('Add script');
    for (const [member, value] of Object.entries({
      name: 'policy',
      scriptType: 'client_reg',
      programmingLanguage: 'javascript',
    })) {
      await screen.press('/');
      await screen.see('Go to a member');
      await screen.type(member);
      await screen.press('Enter', 'Enter');
      await screen.type(value);
      await screen.press('Enter');
    }
    await screen.press('/');
    await screen.type('script');
    await screen.press('Enter', 'Enter');
    await screen.paste('function createClient(ctx) {\n  return (;\n}');
    await screen.press('F2', 'F2');
    await screen.see('This script will be made');
    await screen.press('F2');
    await screen.see('line 2, column 11');
    await screen.press('Escape');
    await screen.see('are not saved');
    await screen.press('y', 'Tab');
    await screen.see('[Claims]');
    await screen.press('/');
    await screen.type('nickname');
    await screen.press('Enter');
    await screen.see(/ 1 claim\s/);
    await screen.press('Enter');
    await screen.see('Edit claim: nickname');
    await screen.press('Escape', 'Tab');
    await screen.see('[Registration tokens]');
    await screen.press('n');
    await screen.see('Add registration token');
    await screen.press('Enter');
    await screen.type('Partners');
    await screen.press('Enter', 'F2');
    await screen.see('will be made');
    await screen.press('F2');
    await screen.see('Keep it now');
    await screen.press('Escape');
    await screen.see('Partners');
  });

  it('says that a token has ended, and goes on with what was written', async () => {
    const env = { CLIENTELE_URL: service.url, CLIENTELE_ACCESS_TOKEN: await service.adminToken() };
    const screen = await open({ env });
    await screen.press('Down', 'Enter');
    await screen.see('Edit client');
    await screen.press('Space', 'F2');
    await screen.see('This will change');
    service.clock.advance(24 * 3_600_000);
    await screen.press('F2');
    await screen.see('the token has expired');
    await screen.press('Escape');
    await screen.see('1 change');
    await screen.press('C-c', 'C-c');
    await screen.see('ended with 130');
  });

  it('says that a service is away, and goes on when it is back', async () => {
    const port = await freePort();
    const proxy = connect(port);
    const env = { CLIENTELE_URL: `http://localhost:${port}`, CLIENTELE_ACCESS_TOKEN: await service.adminToken() };
    const screen = await open({ env });
    await proxy.stop();
    await screen.press('F5');
    await screen.see('it is tried again');
    const again = connect(port);
    await screen.press('/');
    await screen.type('Shop');
    await screen.see(/ 1 client\s/);
    await screen.press('C-c');
    await screen.see('ended with 130');
    await again.stop();
  });

  /** What stands between the program and the service, and can go away. */
  function connect(port: number): { stop: () => Promise<void> } {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = createConnection(Number(new URL(service.url).port), 'localhost');
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
      client.pipe(upstream).pipe(client);
    });
    server.listen(port, 'localhost');
    return {
      stop: async () => {
        for (const socket of sockets) socket.destroy();
        server.close();
        await once(server, 'close');
      },
    };
  }

  it('is plain text for a screen reader, and takes the same keys', async () => {
    const screen = await open({}, '--plain');
    await screen.press('/');
    await screen.type('shop');
    await screen.press('Enter');
    await screen.see(/ 1 client\s/);
    await screen.press('Enter');
    await screen.see('Edit client: Shop (shop)');
    await screen.press('Down');
    await screen.see(/^> Client name +Shop/m);
    await screen.press('Escape');
    await screen.press('q');
    await screen.see('ended with 0');
  });

  it('is not for pipes', async () => {
    const { code, err } = await cli.run(['tui']);
    expect([code, err]).toEqual([2, expect.stringContaining('tui needs a terminal')]);
  });
});
