import { ADMINISTRATION_SCOPES } from '../../../openapi/operations.gen.ts';
import { Api } from '../../connection/api.ts';
import type { AuthorizationServer } from '../../connection/authorization-server.ts';
import {
  chosenProfile,
  configFolder,
  DEFAULT_PROFILE,
  saveProfile,
  type Profile,
  type TokenWishes,
} from '../../connection/profiles.ts';
import { Session } from '../../connection/session.ts';
import { checkedUrl, findConnection, type Connection } from '../../connection/source.ts';
import { EVERYDAY_FLAGS, connectionFlags } from '../../connection/flags.ts';
import type { Context } from '../../context.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { secretFrom } from '../../text-source.ts';
import { claimsIn, endOf } from '../../token-claims.ts';
import { COLUMNS_OPTION, OUTPUT_OPTION, type Command, type Input } from '../../command.ts';
import { profiles } from './profiles.ts';
import { version } from './version.ts';
import { examplesFor } from '../examples.ts';

/** The commands about who calls, and where. */
export function sessionCommands(): Command[] {
  return [
    LOGIN,
    {
      words: ['logout'],
      summary: 'revokes the token that is kept, and forgets the profile',
      args: [],
      options: [],
      examples: examplesFor('logout'),
      run: logout,
    },
    {
      words: ['profiles'],
      summary: 'lists the connections that login has kept, or chooses the one to use',
      args: [{ name: 'profile', summary: 'commands use this one from now on', optional: true }],
      options: [COLUMNS_OPTION, OUTPUT_OPTION],
      examples: examplesFor('profiles'),
      run: profiles,
    },
    {
      words: ['version'],
      summary: 'says the version of this program, and of the service',
      args: [],
      options: [OUTPUT_OPTION],
      examples: examplesFor('version'),
      run: version,
    },
    {
      words: ['whoami'],
      summary: 'says where commands go, as whom, and what they may do',
      args: [],
      options: [OUTPUT_OPTION],
      examples: examplesFor('whoami'),
      run: whoami,
    },
    {
      words: ['token'],
      summary: 'prints an access token, for other programs',
      args: [],
      options: [],
      examples: examplesFor('token'),
      run: async (context) => {
        const session = new Session(context.terminal, await context.connection());
        const token = await session.accessToken();
        const expiry = session.expiry(token);
        if (expiry !== undefined) throw expiry;
        await context.printer.text(`${token}\n`);
      },
    },
  ];
}

const LOGIN: Command = {
  words: ['login'],
  summary: 'connects to a service, and keeps the connection as a profile',
  details:
    'With --as ID the secret is asked for, or read from --as-secret-file; with --access-token FILE a token is ' +
    'kept; with --as ID --device a browser logs you in. Later commands use the profile "default", or the one ' +
    'that --profile names.',
  args: [],
  options: [
    { name: 'device', summary: 'logs in with a browser (the device flow)' },
    { name: 'issuer', value: 'URL', summary: 'the authorization server, where the service trusts several' },
    { name: 'scope', value: 'TEXT', summary: 'the scopes to ask for, where that has to be said' },
    { name: 'resource', value: 'URL', summary: 'what the tokens are for (RFC 8707)', rare: true },
  ],
  examples: examplesFor('login'),
  run: login,
};

async function login(context: Context, input: Input): Promise<void> {
  const { terminal } = context;
  const name = input.value('profile') ?? DEFAULT_PROFILE;
  if (!/^[\w.-]{1,64}$/.test(name)) throw usageFailure(`--profile takes letters, digits, dots and dashes, not ${name}`);
  const wishes = wishesIn(input);
  const found = await wanted(context, input);
  const connection = { ...found, source: `profile ${name}`, profile: name, ...(wishes && { wishes }) };
  const session = new Session(terminal, connection);
  if (connection.credential.kind === 'refresh') await deviceLogin(context, input, session);
  else {
    await saveProfile(configFolder(terminal), name, await proven(context, session));
  }
  terminal.say(`Logged in to ${connection.url} as profile ${name}.`);
  const used = await chosenProfile(configFolder(terminal));
  if (used !== name) terminal.say(`Commands use profile ${used}; clientele profiles ${name} chooses this one.`);
}

/** What is kept with the profile of how tokens are asked for, if anything was said. */
function wishesIn(input: Input): TokenWishes | undefined {
  const given = ['issuer', 'scope', 'resource'].flatMap((name) => {
    const value = input.value(name);
    return value === undefined ? [] : [[name, value]];
  });
  return given.length === 0 ? undefined : (Object.fromEntries(given) as TokenWishes);
}

/** The connection that the flags describe; what is missing is asked for, where somebody can be asked. */
async function wanted(context: Context, input: Input): Promise<Connection> {
  const { terminal } = context;
  const flags = { ...connectionFlags(input), profile: undefined };
  const url = flags.url ?? (terminal.canAsk ? await terminal.ask('Address of the service: ') : undefined);
  if (flags.accessToken !== undefined) return findConnection(terminal, { ...flags, url }, EVERYDAY_FLAGS);
  const id = flags.as ?? (terminal.canAsk ? await terminal.ask('Client id: ') : undefined);
  if (url === undefined || id === undefined) throw usageFailure('login needs --url and --as, or --access-token');
  if (input.has('device')) {
    const { secretFile } = flags;
    const secret = secretFile === undefined ? undefined : await secretFrom(terminal, secretFile, '--as-secret-file');
    const credential = { kind: 'refresh', id, ...(secret !== undefined && { secret }) } as const;
    return { source: '', url: checkedUrl(url, '--url'), credential };
  }
  if (flags.secretFile !== undefined) return findConnection(terminal, { ...flags, url, as: id }, EVERYDAY_FLAGS);
  if (!terminal.canAsk) throw usageFailure('login needs --as-secret-file; - is standard input');
  const address = checkedUrl(url, '--url');
  const secret = await terminal.askSecret(`Secret of ${id}: `);
  return { source: '', url: address, credential: { kind: 'client', id, secret } };
}

/** The profile, once the service has accepted its credential. */
async function proven({ contract }: Context, session: Session): Promise<Profile> {
  const { url, credential, wishes } = session.connection;
  if (credential.kind === 'client') await session.fresh();
  const operation = contract.operation('get-oauth-openid-clients');
  if (credential.kind === 'token' && operation !== undefined) {
    const { status } = await new Api(session).attempt({ operation, query: [['limit', '0']] });
    // A token for other things than clients is 403, and a good token.
    if (status === 401) throw new Failure(EXIT.unreachable, `${url} does not accept this token`);
  }
  return { url, credential, ...(wishes && { wishes }) };
}

async function deviceLogin({ terminal }: Context, input: Input, session: Session): Promise<void> {
  const { url, credential, profile = DEFAULT_PROFILE, wishes } = session.connection;
  const server = await session.deviceServer();
  // A server refuses what it does not have, and one that knows people by their roles has no scope for administration.
  const usual = server.offered(['openid', 'offline_access', ...Object.keys(ADMINISTRATION_SCOPES)]);
  const scope = input.value('scope') ?? usual.join(' ');
  const tokens = await server.device(scope, (address, code) => {
    terminal.say(`Open ${address} in a browser, and see that it shows the code ${code}.`);
  });
  const kept = { url, credential, wishes: { ...wishes, issuer: server.issuer } };
  await saveProfile(configFolder(terminal), profile, kept);
  await new Session(terminal, { ...session.connection, ...kept }).keep(tokens);
}

async function logout(context: Context): Promise<void> {
  const { terminal } = context;
  const connection = await context.connection();
  const outcome = await new Session(terminal, connection).end();
  if (connection.profile !== undefined) await saveProfile(configFolder(terminal), connection.profile, undefined);
  const profile = connection.profile === undefined ? '' : `, and profile ${connection.profile} is forgotten`;
  terminal.say(`Logged out: ${outcome}${profile}.`);
}

async function whoami(context: Context): Promise<void> {
  const session = new Session(context.terminal, await context.connection());
  const { url, source, credential } = session.connection;
  const state = await introspected(session, await session.accessToken());
  const token = await session.accessToken();
  // An authorization server may keep to itself what it thinks of the token.
  const claims = state?.['active'] === true ? state : claimsIn(token);
  const scopes = typeof claims['scope'] === 'string' ? claims['scope'].split(' ') : claims['scope'];
  const end = endOf(claims);
  const client = claims['client_id'] ?? (credential.kind === 'token' ? undefined : credential.id);
  const expiry = session.expiry(token);
  const expired = expiry === undefined ? {} : { tokenExpired: true };
  const facts = { url, from: source, client, tokenExpires: end?.toISOString(), ...expired, scopes };
  await context.printer.one(facts, { id: 'client', columns: ['client', 'url', 'from'], known: [] });
  if (expiry !== undefined) throw expiry;
}

/** What the authorization server says of the token now; a token that it has ended is replaced. */
async function introspected(session: Session, token: string): Promise<Record<string, unknown> | undefined> {
  const { credential } = session.connection;
  if (credential.kind === 'token' || credential.secret === undefined) return undefined;
  const server: AuthorizationServer = await session.server();
  const state = await server.introspect(token);
  if (state?.['active'] !== false) return state;
  const another = await session.renewed(token);
  return another === undefined ? state : server.introspect(another);
}
