import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { cliFor, type Cli } from '../support/cli.ts';
import { suiteWith } from '../support/programs.ts';
import { CLIENTS, startService, type TestService } from '../support/service.ts';
import { Tmux, type TmuxOptions } from '../support/tmux.ts';

suiteWith('tmux')('the terminal UI', () => {
  let service: TestService;
  let cli: Cli;
  let tmux: Tmux | undefined;

  beforeAll(async () => {
    service = await startService();
    cli = cliFor(service);
    const token = await service.adminToken();
    const web = { grantTypes: ['authorization_code'], responseTypes: ['code'], scopes: ['openid'] };
    for (const [inum, clientName] of Object.entries({ shop: 'Shop', tool: 'Tool', cafe: 'Cafe' })) {
      const body = { inum, clientName, redirectUris: [`https://${inum}.example/cb`], ...web };
      expect((await service.request('POST', CLIENTS, { token, body })).status).toBe(201);
    }
  });
  afterEach(async () => {
    await tmux?.end();
    tmux = undefined;
  });
  afterAll(async () => {
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
    expect(await screen.screen()).toMatch(/Name +Id +Active Type +Grants +Last used/);
    await screen.press('/', 'c', 'a', 'f', 'Enter');
    await screen.see('1 clients');
    await screen.press('Enter');
    await screen.see('Edit client: Cafe (cafe)');
    await screen.press('Space', 'Down', 'Enter');
    // A burst of keys: each of them counts.
    await screen.press('BSpace', 'BSpace', 'BSpace', 'BSpace', 'B', 'a', 'r', 'Enter');
    await screen.see(/\*Client name +Bar/);
    await screen.press('F2');
    await screen.see('Client name: Cafe → Bar');
    await screen.see('Active: [x] → [ ]');
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
    await screen.see('1 clients');
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
    expect(await screen.see('Not saved')).toMatch(/>!Privacy policy +no address/);
    expect(await read('tool')).not.toHaveProperty('policyUri');
    await screen.press('Escape');
    await screen.see('1 change is not saved.');
    await screen.press('y');
    await screen.see('1 clients');
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

  it('ends by SIGTERM without a question', async () => {
    const screen = await open();
    await screen.press('Down', 'Enter');
    await screen.see('Edit client');
    await screen.press('Space');
    await screen.see('1 change');
    process.kill(await screen.program(), 'SIGTERM');
    await screen.see(/ended with 143\nicanon\necho/);
  });

  it('is not for pipes', async () => {
    const { code, err } = await cli.run(['tui']);
    expect([code, err]).toEqual([2, expect.stringContaining('tui needs a terminal')]);
  });
});
