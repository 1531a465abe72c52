import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { databaseStartFault } from '../../api/setup/database-start-fault.ts';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';
import { openDatabase } from '../../entities/data-source.ts';
import { selfSignedCertificate } from '../support/certificate.ts';
import { databaseKind } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { spawnService } from '../support/process.ts';
import { administratorIn, askForToken } from '../support/remote.ts';

const BINARY = process.env['TEST_MARIADB_BINARY'];
const GUARD = fileURLToPath(new URL('../../scripts/machine/mariadb-guard.mjs', import.meta.url));
const onOwnServer = databaseKind() === 'mariadb' && BINARY !== undefined ? describe : describe.skip;
const { cert, key } = selfSignedCertificate();

let folder: string;
let guard: ChildProcess;
/** The address of a database whose user may come over TLS only. */
let url: string;

async function startServer(): Promise<string> {
  const files = { 'db.crt': cert, 'db.key': key };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const tls = [`--ssl-cert=${join(folder, 'db.crt')}`, `--ssl-key=${join(folder, 'db.key')}`];
  const child = spawn(process.execPath, [GUARD, BINARY ?? '', ...tls], { stdio: ['pipe', 'pipe', 'inherit'] });
  guard = child;
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return (JSON.parse(line.toString()) as { url: string }).url;
}

onOwnServer('a MariaDB server that wants TLS', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clientele-test-'));
    const server = new URL(await startServer());
    const connection = await createConnection(server.href);
    await connection.query('CREATE DATABASE secured');
    await connection.query("CREATE USER secured IDENTIFIED BY 'a-password' REQUIRE SSL");
    await connection.query('GRANT ALL ON secured.* TO secured');
    await connection.end();
    [server.hostname, server.username, server.password] = ['localhost', 'secured', 'a-password'];
    server.pathname = '/secured';
    url = server.href;
  });
  afterAll(async () => {
    guard.stdin?.end();
    await once(guard, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not talked to without TLS, nor when its certificate is of another authority', async () => {
    await expect(openDatabase(url)).rejects.toThrow();
    await expect(openDatabase(url, selfSignedCertificate().cert)).rejects.toThrow('self-signed certificate');
    const database = await openDatabase(url, cert);
    const [row] = await database.reader.query<{ Value: string }[]>("SHOW SESSION STATUS LIKE 'Ssl_version'");
    expect(row?.Value).toMatch(/^TLSv1\.[23]$/);
    await database.close();
  });

  it('is told what is wrong, and where that is set, when it cannot be used', async () => {
    const { host } = new URL(url);
    const denied = 'DATABASE_URL: the server does not let secured in: the name or the password is wrong';
    const cases: [Partial<URL>, string | undefined, unknown][] = [
      [{}, undefined, `${denied}, or it wants TLS, which needs DATABASE_CA_FILE`],
      [{ password: 'wrong' }, cert, denied],
      [
        {},
        selfSignedCertificate().cert,
        'DATABASE_CA_FILE: the certificate of the database server comes from none of its authorities (self-signed certificate)',
      ],
      [
        { hostname: '127.1' },
        cert,
        expect.stringContaining(`the certificate of the database server is not for 127.1:`),
      ],
      [
        { pathname: '/nowhere' },
        cert,
        expect.stringMatching(/the server has no database nowhere$|may not use the database nowhere$/),
      ],
      [{ port: '1' }, cert, `DATABASE_URL: nothing answers at ${host.replace(/\d+$/, '1')}`],
    ];
    for (const [change, ca, line] of cases) {
      const address = Object.assign(new URL(url), change).href;
      const fault = await openDatabase(address, ca).then(
        (database) => database.close(),
        (error: unknown) => databaseStartFault(error, address, ca !== undefined),
      );
      expect(fault).toEqual(line);
    }
  });

  it('serves a service that knows its authority', async () => {
    writeFileSync(join(folder, 'admin.secret'), 'a-long-administrator-secret', { mode: 0o600 });
    const port = await freePort();
    const env = {
      PORT: String(port),
      DATA_DIR: join(folder, 'data'),
      DATABASE_URL: url,
      ENCRYPTION_KEY: newKeyRingSpec(),
      ADMIN_SECRET_FILE: join(folder, 'admin.secret'),
    };
    const refused = spawnService(env);
    expect(await refused.ended).toBe(1);
    expect(refused.errors()).toContain('clientele: DATABASE_URL: the server does not let secured in');
    const service = spawnService({ ...env, DATABASE_CA_FILE: join(folder, 'db.crt') });
    await service.started;
    const { status } = await askForToken(`http://localhost:${port}`, administratorIn(join(folder, 'data')));
    expect(status).toBe(200);
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
  });
});
