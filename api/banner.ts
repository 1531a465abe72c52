import { existsSync } from 'node:fs';
import type { Config } from './config.ts';
import { DOCS_PATH } from './http/docs.ts';
import { credentialsPath } from './setup/credentials-file.ts';

/** What a person reads after the start: the addresses, where the credentials are, and a first command. */
export function banner(config: Config, port: number): string {
  const base = config.port === port ? config.issuer : `http://localhost:${port}`;
  const lines = [
    'Clientele is running.',
    '',
    `  API            ${base}/jans-config-api/api/v1/openid/clients`,
    ...(config.docs ? [`  Swagger UI     ${base}${DOCS_PATH}/`] : []),
    `  Contract       ${base}/openapi.json`,
    `  Database       ${describeDatabase(config.databaseUrl)}`,
    ...(config.builtInIssuer ? administratorLines(config, base) : tokenLines(config, base)),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function administratorLines({ dataDir }: Config, base: string): string[] {
  const credentials = credentialsPath(dataDir);
  if (!existsSync(credentials))
    return ['  Administrator  its credentials are not in this folder; npm run admin:reset makes another one'];
  return [`  Administrator  ${credentials}`, '', 'List the clients:', '', `  ${listCommand(base, credentials)}`];
}

/** Where tokens come from when none are issued here. */
function tokenLines({ trustedIssuers }: Config, base: string): string[] {
  const [first, ...more] = trustedIssuers.map(({ issuer, audience }) => `${issuer}, for ${audience}`);
  return [
    `  Tokens         ${first}`,
    ...more.map((line) => `                 ${line}`),
    '',
    'List the clients, as a client of that issuer:',
    '',
    `  clientele login --url ${base} --as CLIENT-ID [--device]`,
    '  clientele clients list',
  ];
}

/** The address of the database without the password. */
function describeDatabase(url: string): string {
  if (url.startsWith('sqlite:')) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** One line that works when pasted. The secret goes through a pipe, so that no process list shows it. */
function listCommand(base: string, credentials: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const user = quoted(
    `c=require(${JSON.stringify(credentials)});'user="'+c.client_id+':'+encodeURIComponent(c.client_secret)+'"'`.replaceAll(
      "'",
      '`',
    ),
  );
  const token = quoted('JSON.parse(require("fs").readFileSync(0)).access_token');
  const getToken = `node -p ${user} | curl -s -K - -d grant_type=client_credentials ${base}/jans-auth/restv1/token | node -p ${token}`;
  return `curl -s -H "Authorization: Bearer $(${getToken})" ${base}/jans-config-api/api/v1/openid/clients`;
}
