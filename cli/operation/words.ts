import type { Option } from '../command.ts';

/** The options of the style by operation, whose words are those of jans-cli. */
export const OPERATION_OPTIONS: readonly Option[] = [
  { name: 'info', value: 'TASK', summary: 'lists the operations of a task, offline' },
  { name: 'schema', value: 'NAME', summary: 'describes a schema, offline' },
  { name: 'schema-sample', value: 'NAME', summary: 'prints a sample that the service accepts, offline' },
  { name: 'operation-id', value: 'ID', summary: 'runs an operation' },
  { name: 'url-suffix', value: 'NAME:VALUE', summary: 'what its address holds' },
  { name: 'endpoint-args', value: 'NAME:VALUE,...', summary: 'its query' },
  { name: 'data', value: 'DATA', takesPath: true, summary: 'its body: a file, or JSON' },
  { name: 'patch-add', value: 'PATH:VALUE', repeats: true, summary: 'adds a member' },
  { name: 'patch-replace', value: 'PATH:VALUE', repeats: true, summary: 'replaces a member' },
  { name: 'patch-remove', value: 'PATH', repeats: true, summary: 'takes a member away' },
  { name: 'output-access-token', summary: 'prints the token, and no more' },
  { name: 'revoke-session', summary: 'revokes the token that is kept' },
  { name: 'host', value: 'HOST', summary: 'the service, with the next two or --access-token' },
  { name: 'client-id', value: 'ID', summary: 'the client to work as' },
  { name: 'client-secret', value: 'TEXT', summary: 'its secret, which other users can see here' },
  { name: 'access-token', value: 'FILE', takesPath: true, summary: 'a token; - is standard input' },
  { name: 'reason', value: 'TEXT', summary: 'why, which the history of what is changed tells' },
  { name: 'no-color', summary: 'no colours' },
  { name: 'debug', summary: 'says what was asked and answered, without secrets' },
];

interface Ignored {
  readonly takesValue: boolean;
  /** What is said when it is given; nothing when it makes no difference to anybody. */
  readonly note?: string;
}

/** Options of jans-cli that change nothing here. */
export const IGNORED: Readonly<Record<string, Ignored>> = {
  plugins: { takesValue: true },
  'op-mode': { takesValue: true },
  'debug-log-file': { takesValue: true, note: 'no file is written' },
  'log-dir': { takesValue: true, note: 'no log is written' },
  'tmp-dir': { takesValue: true },
  'no-tui': { takesValue: false },
  noGorn: { takesValue: false },
  auth: { takesValue: false },
  'use-test-client': { takesValue: false, note: 'client credentials are always used' },
  noverify: { takesValue: false, note: 'certificates are always checked; NODE_EXTRA_CA_CERTS=FILE trusts one more' },
};

/** Options of jans-cli that cannot be honoured, with what to do instead. */
export const REFUSED: Readonly<Record<string, string>> = {
  scim: 'users are not managed here',
  CC: 'client certificates are not supported',
  CK: 'client certificates are not supported',
  'config-api-mtls-client-cert': 'client certificates are not supported',
  'config-api-mtls-client-key': 'client certificates are not supported',
  'key-password': 'client certificates are not supported',
};

const STARTERS = ['info', 'schema', 'schema-sample', 'operation-id', 'output-access-token', 'revoke-session'];

/** Whether a command line is in the style by operation: it starts with an option, and says what to do by options. */
export function isByOperation(argv: readonly string[]): boolean {
  if (argv[0]?.startsWith('-') !== true) return false;
  return argv.some((token) => STARTERS.includes(/^--?([\w-]+)/.exec(token)?.[1] ?? ''));
}

/** The command line with two dashes before every option, as the parser wants them. */
export const withTwoDashes = (argv: readonly string[]): string[] =>
  argv.map((token) => {
    const [, name = ''] = /^-([A-Za-z][\w-]+)$/.exec(token) ?? [];
    const isKnown = name in IGNORED || name in REFUSED || OPERATION_OPTIONS.some((option) => option.name === name);
    if (isKnown) return `--${name}`;
    return token === '--client_secret' ? '--client-secret' : token;
  });
