import { lookup } from '../../openapi/lookup.ts';
import type { Example } from '../command.ts';

/** Examples by command. A test runs each of them. */
const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, note: string])[]>> = {
  tui: [['clientele tui', 'opens it; q leaves']],
  'clients list': [
    ['clientele clients list --pattern report', 'the clients with "report" in name, description or id'],
    ['clientele clients list --filter disabled=true --all -o name', 'the ids of all that are deactivated'],
    ['clientele clients list --columns inum,accessTokenLifetime --sort-by clientName', 'other columns'],
    [
      "clientele clients list --filter 'secrets.expiresAt<+30d' --sort-by secrets.expiresAt --columns inum,clientSecretExpiresAt",
      'whose secrets end within a month, the first one first',
    ],
  ],
  'clients get': [
    ['clientele clients get nightly-report', 'everything about one client'],
    ["clientele clients get nightly-report -o 'jsonpath=$.scopes[*]'", 'only its scopes'],
  ],
  'clients create': [
    [
      'clientele clients create --inum nightly-report --client-name "Nightly report" --grant-types client_credentials',
      'a service',
    ],
    [
      'clientele clients create --client-name Shop --redirect-uris https://shop.example/cb' +
        ' --grant-types authorization_code,refresh_token --response-types code --scopes openid,profile' +
        ' --attributes.require-pkce',
      'a web client',
    ],
    ['clientele clients create --file client.yaml', 'from a file in YAML or JSON'],
  ],
  'clients update': [
    ['clientele clients update nightly-report --access-token-lifetime 60', 'by a flag; the rest stays'],
    ['clientele clients update nightly-report --set attributes.parLifetime=90 --unset description', 'any member'],
    ['clientele clients update nightly-report --scopes openid --revoke-tokens', 'and its tokens end'],
    [
      `clientele clients update --where 'clientName sw "Nightly"' --set contacts='["ops@example.com"]' --yes`,
      'every client that is like that; without --yes it says how many they are, and asks',
    ],
  ],
  'clients patch': [
    [
      'clientele clients patch nightly-report --test accessTokenLifetime=60 --replace accessTokenLifetime=120',
      'only if it is 60 now',
    ],
    [`clientele clients patch nightly-report --add 'contacts=["ops@example.com"]'`, 'the list; contacts/- an entry'],
  ],
  'clients activate': [['clientele clients activate nightly-report', 'in use again']],
  'clients deactivate': [
    ['clientele clients deactivate nightly-report', 'out of use, and kept'],
    ['clientele clients deactivate $(clientele clients list --pattern report -o name)', 'several'],
    [`clientele clients deactivate --where 'softwareId eq "old"' --dry-run`, 'how many that would be'],
  ],
  'clients pending': [['clientele clients pending', 'who waits for approval']],
  'clients approve': [
    ['clientele clients approve "$WAITING" --reason "their product team asked for it"', 'and it can be used'],
    ['clientele clients approve "$CHANGING" --dry-run', 'what the change that it asks for comes to'],
  ],
  'clients reject': [['clientele clients reject "$CHANGING" --reason "not their host"', 'and it goes on as it was']],
  'clients rotate-secret': [
    ['clientele clients rotate-secret nightly-report --overlap-seconds 3600', 'the old one is good for an hour more'],
    ["clientele clients rotate-secret nightly-report -o 'jsonpath=$.clientSecret'", 'only the new secret'],
    [
      `clientele clients rotate-secret --where 'clientName sw "Nightly"' --encrypt-to key.json --yes`,
      'those of many, each as a JWE for the owner of the key',
    ],
  ],
  'clients secrets': [
    ['clientele clients secrets nightly-report', 'which there are, and which are not needed any more'],
  ],
  'clients add-secret': [['clientele clients add-secret nightly-report --label Frankfurt', 'another one beside it']],
  'clients remove-secret': [
    ['clientele clients remove-secret nightly-report "$SECRET_ID"', 'by its id, which clients secrets tells'],
  ],
  'clients tokens': [['clientele clients tokens nightly-report', 'how many of them may live, and until when']],
  'clients revoke-tokens': [['clientele clients revoke-tokens nightly-report', 'and it gets new ones']],
  'bulk list': [['clientele bulk list', 'the runs over many clients, the last one first']],
  'bulk get': [['clientele bulk get "$RUN"', 'how far it is, and its first failures']],
  'bulk results': [['clientele bulk results "$RUN" --outcome failed --all', 'which clients were refused, and why']],
  'bulk pause': [['clientele bulk pause "$RUN"', 'until it is resumed']],
  'bulk resume': [['clientele bulk resume "$RUN"', 'from where it was']],
  'bulk stop': [['clientele bulk stop "$OTHER_RUN"', 'for good; what was done stays done']],
  history: [
    ['clientele history --since -1d', 'what was done to clients since yesterday, the newest first'],
    [
      'clientele history --by ann --since 2026-01-31 --property redirectUris --all',
      'whose redirect URIs ann has changed',
    ],
  ],
  undo: [
    ['clientele undo --by ann --since yesterday --dry-run', 'what would come of taking back all that ann did'],
    ['clientele undo "$CHANGE" --yes', 'one change, by its id, which history tells'],
    ['clientele undo --list', 'what was undone so far, the last one first'],
    ['clientele undo --id "$UNDO" --pause', 'one that a task does, until it is resumed'],
    ['clientele undo --id "$UNDO" --resume', 'from where it was; whoever resumes it does what is left'],
    ['clientele undo --id "$OTHER_UNDO" --stop', 'for good; what was undone stays so'],
  ],
  'clients history': [
    ['clientele clients history nightly-report', 'who changed it and when, the newest first'],
    ['clientele clients history nightly-report --limit 1 -o json', 'the last change, with the id of its request'],
  ],
  'clients revisions': [['clientele clients revisions nightly-report', 'what there is of its past, the newest first']],
  'clients get-revision': [['clientele clients get-revision nightly-report 1', 'all of it as it was at first']],
  'clients compare': [
    ['clientele clients compare nightly-report', 'what its last change was'],
    ['clientele clients compare nightly-report 1', 'what has changed since the first revision'],
  ],
  'clients restore': [
    ['clientele clients restore nightly-report 1', 'makes it what it was at first'],
    [
      'clientele clients delete nightly-report --yes && clientele clients restore nightly-report',
      'one that was removed, with its secret',
    ],
  ],
  'clients removed': [['clientele clients removed', 'which can be restored, and until when']],
  lint: [
    ['clientele lint', 'all stored clients by RFC 9700; exit code 1 when one breaks a rule of level error'],
    ['clientele lint --against oauth2.1 --rule no-implicit-grant', 'the clients that would have to move'],
    [`clientele lint --where 'redirectUris.host ew ".example"'`, 'only the clients that a filter finds'],
    ['clientele lint --against mcp client.yaml', 'a file, before it is imported'],
  ],
  'clients unused': [['clientele clients unused', 'which are reported or disabled, and what comes next']],
  'clients keep': [['clientele clients keep nightly-report', 'not one of them: its days begin anew']],
  'clients forget-reporter': [
    ['clientele clients forget-reporter --caller sign-in', 'nobody waits for its reports of uses'],
  ],
  'clients purge': [['clientele clients purge "$GONE" --yes', 'nothing of what was removed can be restored']],
  'clients validate': [
    ['clientele clients validate --redirect-uris https://shop.example/cb --grant-types authorization_code', 'flags'],
    ['clientele clients validate --file client.yaml', 'a file'],
  ],
  'clients delete': [['clientele clients delete nightly-report --yes', 'without a question']],
  'clients edit': [['EDITOR=nano clientele clients edit nightly-report', 'in an editor of your choice']],
  'clients export': [['clientele clients export --dir clients', 'a file of YAML for each']],
  'clients diff': [
    ['clientele clients diff clients', 'what the files would change'],
    ['clientele clients diff clients --exit-code || [ $? -eq 4 ]', 'for scripts: 4 is a difference, and no failure'],
  ],
  'clients import': [
    ['clientele clients import clients --dry-run', 'the plan'],
    ['clientele clients import clients --secrets-file new-secrets.jsonl', 'creates and changes'],
  ],
  'clients schema': [
    ['clientele clients schema', 'every member, with its flag'],
    ['clientele clients schema attributes.requirePkce', 'one of them in full'],
  ],
  'scopes list': [['clientele scopes list --pattern orders', 'the scopes with "orders" in name, description or id']],
  'scopes get': [['clientele scopes get openid', 'by its id, as well as by its inum']],
  'scopes create': [['clientele scopes create --id orders.read --display-name "Read orders"', 'a scope']],
  'scopes update': [['clientele scopes update orders.read --description "See the orders of a user."', 'by a flag']],
  'scopes patch': [['clientele scopes patch orders.read --replace "displayName=See orders"', 'a JSON Patch']],
  'scopes edit': [['EDITOR=nano clientele scopes edit orders.read', 'in an editor of your choice']],
  'scopes list-by-creator': [['clientele scopes list-by-creator nightly-report', 'those that a client has made']],
  'scopes list-by-type': [['clientele scopes list-by-type openid --columns inum,id', 'those of a type']],
  'scopes revisions': [['clientele scopes revisions orders.read', 'what there is of its past, the newest first']],
  'scopes get-revision': [['clientele scopes get-revision orders.read 1', 'all of it as it was at first']],
  'scopes compare': [['clientele scopes compare orders.read 1 2', 'what the second write has changed']],
  'scopes restore': [['clientele scopes restore orders.read 1', 'makes it what it was at first']],
  'scopes delete': [['clientele scopes delete orders.read --yes', 'without a question']],
  'scopes schema': [['clientele scopes schema', 'every member, with its flag']],
  'claims list': [['clientele claims list --pattern phone', 'the claims with "phone" in their name']],
  'claims get': [['clientele claims get email', 'by its name, as well as by its inum']],
  'claims create': [
    [
      'clientele claims create --name department --display-name Department --description "Where one works"' +
        ' --data-type string --status active --view-type user --edit-type admin',
      'a claim',
    ],
  ],
  'claims update': [['clientele claims update department --status inactive', 'by a flag']],
  'claims patch': [['clientele claims patch department --replace status=active', 'a JSON Patch']],
  'claims edit': [['EDITOR=nano clientele claims edit department', 'in an editor of your choice']],
  'claims revisions': [['clientele claims revisions department', 'what there is of its past, the newest first']],
  'claims get-revision': [['clientele claims get-revision department 1', 'all of it as it was at first']],
  'claims compare': [['clientele claims compare department 1', 'what has changed since the first revision']],
  'claims restore': [['clientele claims restore department 1', 'makes it what it was at first']],
  'claims delete': [['clientele claims delete department --yes', 'without a question']],
  'claims schema': [['clientele claims schema', 'every member, with its flag']],
  'scripts list': [
    [
      'clientele scripts list --filter scriptType=client_registration --sort-by level',
      'in the order in which they run',
    ],
  ],
  'scripts get': [["clientele scripts get contacts-needed -o 'jsonpath=$.script'", 'only its text']],
  'scripts create': [
    [
      'clientele scripts create --name contacts-needed --script-type client_registration' +
        ' --programming-language javascript --script-file contacts.js',
      'from a file with its text',
    ],
  ],
  'scripts update': [['clientele scripts update contacts-needed --script-file contacts.js --level 10', 'by flags']],
  'scripts patch': [['clientele scripts patch contacts-needed --replace level=20', 'a JSON Patch']],
  'scripts edit': [['EDITOR=nano clientele scripts edit contacts-needed', 'in an editor of your choice']],
  'scripts enable': [['clientele scripts enable contacts-needed', 'from now on it decides']],
  'scripts disable': [['clientele scripts disable contacts-needed', 'it is kept, and does not run']],
  'scripts revisions': [['clientele scripts revisions contacts-needed', 'what there is of its past, the newest first']],
  'scripts get-revision': [['clientele scripts get-revision contacts-needed 1', 'all of it as it was at first']],
  'scripts compare': [['clientele scripts compare contacts-needed 1', 'what has changed since the first revision']],
  'scripts restore': [['clientele scripts restore contacts-needed 1', 'makes it what it was at first']],
  'scripts test': [
    [
      `clientele scripts test contacts-needed --request.body '{"redirect_uris": ["https://shop.example/cb"]}'`,
      'what it makes of a registration; nothing is saved',
    ],
  ],
  'scripts replay': [
    ['clientele scripts replay contacts-needed --limit 100', 'what it would do to those that there are'],
    [`clientele scripts replay contacts-needed --where 'disabled eq false'`, 'to those that can be used'],
  ],
  'scripts delete': [['clientele scripts delete contacts-needed --yes', 'without a question']],
  'scripts schema': [['clientele scripts schema', 'every member, with its flag']],
  'scripts catalog': [['clientele scripts catalog', 'the policies that come with the service']],
  'scripts install': [
    [
      'clientele scripts install redirect-hosts --property "hosts=shop.example *.example.com" --disabled',
      'to be tried',
    ],
    ['clientele scripts install require-software-statement', 'from now on it decides'],
  ],
  'registration-tokens list': [['clientele registration-tokens list', 'who may still register']],
  'registration-tokens get': [['clientele registration-tokens get "$TOKEN_ID"', 'by the id of its record']],
  'registration-tokens create': [
    ['clientele registration-tokens create --label Partner --uses 10', 'for ten clients; the token is shown once'],
  ],
  'registration-tokens delete': [
    ['clientele registration-tokens delete "$TOKEN_ID" --yes', 'cannot be used from then on'],
  ],
  'registration-tokens schema': [['clientele registration-tokens schema', 'every member, with its flag']],
  'statements list': [['clientele statements list --org-id org-1', 'those of an organization']],
  'statements create': [['clientele statements create --org-id org-1 --software-id scanner', 'the signed statement']],
  'statements get-jwt': [['clientele statements get-jwt "$JTI"', 'the statement again']],
  'statements validate': [['clientele statements validate "$JTI"', 'uses one that can be used once']],
  'statements delete': [['clientele statements delete "$JTI" --yes', 'cannot be used from then on']],
  'statements schema': [['clientele statements schema', 'every member, with its flag']],
  login: [
    [
      'clientele login --url http://localhost:8080 --as ops --as-secret-file ops.secret',
      'with a client and its secret',
    ],
  ],
  logout: [['clientele logout', 'revokes the token']],
  profiles: [['clientele profiles', 'where login has been']],
  version: [['clientele version', 'of the program and the service']],
  whoami: [['clientele whoami', 'where, who, and with which scopes']],
  completion: [['clientele completion bash', 'for eval in ~/.bashrc']],
  token: [['clientele token', 'an access token, for curl']],
};

/** The examples of a command, by its words. */
export const examplesFor = (words: string): Example[] =>
  (lookup(EXAMPLES, words) ?? []).map(([line, note]) => ({ line, note }));
