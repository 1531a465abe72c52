import { chmodSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { loadConfig } from '../../api/config.ts';
import { newKeyRingSpec } from '../../api/shared/keys/key-ring.ts';

const mistakesOf = (env: Record<string, string>): readonly string[] => loadConfig(env).mistakes;

describe('settings', () => {
  it('have defaults that open no door', () => {
    const { config, mistakes } = loadConfig({});
    expect(mistakes).toEqual([]);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      issuer: 'http://localhost:8080',
      audience: 'http://localhost:8080/jans-config-api',
      builtInIssuer: true,
      recoverableSecrets: false,
      registration: 'token',
      registrationApproval: 'off',
      rejectedKeep: 30 * 86_400_000,
      statementIssuers: [],
      corsOrigins: [],
      fetchAllow: [],
      trustProxy: [],
      accessTokenTtl: 300,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['10.0.0.7:9464', { host: '10.0.0.7', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    [' ', undefined],
  ])('read METRICS=%s', (METRICS, metrics) => {
    expect(loadConfig({ METRICS }).config.metrics).toEqual(metrics);
  });

  it.each([
    ['100,400d', { count: 100, age: 400 * 86_400_000 }],
    ['1,1d', { count: 1, age: 86_400_000 }],
    ['off', undefined],
  ])('read HISTORY_KEEP=%s', (HISTORY_KEEP, historyKeep) => {
    const { config, mistakes } = loadConfig({ HISTORY_KEEP });
    expect([config.historyKeep, mistakes]).toEqual([historyKeep, []]);
  });

  it('read REGISTRATION_UNUSED_DAYS and its likes', () => {
    const days = (count: number): number => count * 86_400_000;
    const unusedBy = (env: Record<string, string>) => loadConfig(env).config.unused;
    expect(unusedBy({})).toBeUndefined();
    const usual = { reportedFor: days(7), disabledFor: days(30), methods: ['open'] };
    const rules = { neverUsed: days(7), notSince: days(90), ...usual };
    expect(unusedBy({ REGISTRATION_UNUSED_DAYS: '7,90' })).toEqual(rules);
    const more = { REGISTRATION_UNUSED_GRACE_DAYS: '1,2', REGISTRATION_UNUSED_METHODS: 'open, admin' };
    expect(unusedBy({ REGISTRATION_UNUSED_DAYS: '7,90', ...more })).toEqual({
      ...{ neverUsed: days(7), notSince: days(90), reportedFor: days(1), disabledFor: days(2) },
      methods: ['open', 'admin'],
    });
  });

  it.each([
    [{ REGISTRATION_UNUSED_DAYS: '7' }, 'REGISTRATION_UNUSED_DAYS must be two numbers of days'],
    [{ REGISTRATION_UNUSED_DAYS: '0,90' }, 'REGISTRATION_UNUSED_DAYS must be two numbers of days'],
    [{ REGISTRATION_UNUSED_GRACE_DAYS: 'none' }, 'REGISTRATION_UNUSED_GRACE_DAYS must be two numbers of days'],
    [{ REGISTRATION_UNUSED_METHODS: 'setup' }, 'REGISTRATION_UNUSED_METHODS must hold open, initial-token'],
    [{ REGISTRATION_UNUSED_DAYS: '7,90', REMOVED_KEEP_DAYS: '0' }, 'REGISTRATION_UNUSED_DAYS needs REMOVED_KEEP_DAYS'],
    [{ REGISTRATION_REUSE: 'yes' }, 'REGISTRATION_REUSE must be'],
    [{ REGISTRATION_SIGNED: 'on' }, 'REGISTRATION_SIGNED must be'],
    [{ REGISTRATION_APPROVAL: 'on' }, 'REGISTRATION_APPROVAL must be one of off, all, unvouched'],
    [{ REGISTRATION_RATE_LIMIT: '20' }, 'REGISTRATION_RATE_LIMIT must be <count>/sec'],
    [{ REGISTRATION_RATE_LIMIT_TOTAL: '0/min' }, 'REGISTRATION_RATE_LIMIT_TOTAL must be <count>/sec'],
    [{ REGISTRATION_RATE_EXEMPT: 'chat.example' }, 'REGISTRATION_RATE_EXEMPT must hold addresses'],
    [{ REGISTRATION_REDIRECT_SCHEMES: 'cursor, https' }, 'REGISTRATION_REDIRECT_SCHEMES must hold schemes of apps'],
    [{ REGISTRATION_REDIRECT_SCHEMES: 'javascript:alert(1)' }, 'REGISTRATION_REDIRECT_SCHEMES must hold schemes'],
    [{ REGISTRATION_REDIRECT_HOSTS: 'https://a.example' }, 'REGISTRATION_REDIRECT_HOSTS must hold hosts'],
    [{ REGISTRATION_REDIRECT_HOSTS: '*' }, 'REGISTRATION_REDIRECT_HOSTS must hold hosts'],
    [{ REGISTRATION_REDIRECT_HOSTS_FILE: '/nowhere' }, 'REGISTRATION_REDIRECT_HOSTS_FILE names a file that cannot be'],
    [
      { REGISTRATION_REDIRECT_HOSTS_FILE: '/dev/null' },
      'REGISTRATION_REDIRECT_HOSTS_FILE names a file without an entry',
    ],
    [{ REGISTRATION_CORS_ORIGINS: '*' }, 'REGISTRATION_CORS_ORIGINS must hold origins'],
  ])('refuse %j', (env, mistake) => {
    expect(mistakesOf(env).join()).toContain(mistake);
  });

  it('read what may register out of variables or files, and let nothing in as they come', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'list');
    writeFileSync(file, 'App.example, *.apps.example\n\nbücher.example\n');
    const redirectsBy = (env: Record<string, string>) => {
      const { config, mistakes } = loadConfig(env);
      expect(mistakes).toEqual([]);
      return config.registrationRedirects;
    };
    expect(redirectsBy({})).toEqual({ schemes: [], hosts: [] });
    const [S, H] = ['REGISTRATION_REDIRECT_SCHEMES', 'REGISTRATION_REDIRECT_HOSTS'];
    expect(redirectsBy({ [S]: '', [H]: ' ', [`${S}_FILE`]: '', [`${H}_FILE`]: '' })).toEqual({
      schemes: [],
      hosts: [],
    });
    const hosts = ['app.example', '*.apps.example', 'xn--bcher-kva.example'];
    expect(redirectsBy({ [`${H}_FILE`]: file, [S]: 'cursor vscode://ms.example/auth' })).toEqual({
      ...{ hosts, schemes: ['cursor', 'vscode://ms.example/auth'] },
    });
    writeFileSync(file, 'cursor\nzed');
    expect(redirectsBy({ [`${S}_FILE`]: file }).schemes).toEqual(['cursor', 'zed']);
    expect(mistakesOf({ [`${S}_FILE`]: file, [S]: 'cursor' })).toEqual([
      `${S}_FILE is there beside ${S}: give one of them`,
    ]);
  });

  it.each(['100', '400d', '0,400d', '100,400', '100, 400d', 'on'])('refuse HISTORY_KEEP=%s', (HISTORY_KEEP) => {
    expect(mistakesOf({ HISTORY_KEEP }).join()).toMatch(/^HISTORY_KEEP must be <how many>,<days>d, such as 100,400d/);
  });

  it.each([
    ['keys.internal', 'keys.internal'],
    ['keys.internal:443', 'keys.internal:443'],
    ['KEYS.internal:8443', 'keys.internal:8443'],
    ['localhost', 'localhost'],
    ['10.0.0.7', '10.0.0.7'],
    ['10.0.0.7:8443', '10.0.0.7:8443'],
    ['[fd00::7]:8443', '[fd00::7]:8443'],
    ['[FD00:0:0::7]', '[fd00::7]'],
    ['fd00::7', '[fd00::7]'],
    ['my_host', 'my_host'],
    ['schlüssel.example', 'xn--schlssel-95a.example'],
  ])('let addresses of clients lead to FETCH_ALLOW=%s', (FETCH_ALLOW, host) => {
    expect(loadConfig({ FETCH_ALLOW })).toMatchObject({ mistakes: [], config: { fetchAllow: [host] } });
  });

  it.each(['https://keys.internal', 'keys.internal/path', '10.0.0.0/8', 'a@b', '*', 'keys.internal:', ':8443', '[::1'])(
    'refuse FETCH_ALLOW=%s, which no address would ever match',
    (FETCH_ALLOW) => expect(mistakesOf({ FETCH_ALLOW }).join()).toMatch(/^FETCH_ALLOW must hold hosts/),
  );

  it.each([
    'https://admin.example.com',
    'https://admin.example.com:8443',
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
    'https://xn--mller-kva.example',
    'capacitor://localhost',
    'tauri://localhost',
    'chrome-extension://abcdefghijklmnop',
    'moz-extension://6e1b2a4c-0000-4000-8000-000000000000',
  ])('let pages of %s call', (origin) => {
    expect(loadConfig({ CORS_ORIGINS: origin })).toMatchObject({ mistakes: [], config: { corsOrigins: [origin] } });
  });

  it.each(['*', 'null', 'https://*.example.com', 'admin.example.com', 'https://a.example/', 'file:///', 'data://x'])(
    'let no page call for CORS_ORIGINS=%s',
    (origin) => expect(mistakesOf({ CORS_ORIGINS: origin }).join()).toMatch(/^CORS_ORIGINS must hold origins/),
  );

  it.each([
    ['1/sec', 1, 1],
    ['20/min', 20, 60],
    ['1000/hour', 1_000, 3_600],
    ['999999999/min', 999_999_999, 60],
  ])('take RATE_LIMIT=%s', (RATE_LIMIT, points, seconds) => {
    expect(loadConfig({ RATE_LIMIT })).toMatchObject({ mistakes: [], config: { rateLimit: { points, seconds } } });
  });

  it.each([
    'https://as.example',
    'https://as.example:8443/realms/main',
    'https://login.example/3f1c/v2.0',
    'http://localhost:8080/realms/main',
    'http://127.0.0.1:9000',
    'http://[::1]:9000',
  ])('trust the issuer %s', (issuer) => {
    const { config, mistakes } = loadConfig({ TRUSTED_ISSUERS: `${issuer}|https://api.example|openid a:b` });
    expect(mistakes).toEqual([]);
    expect(config.trustedIssuers).toEqual([{ issuer, audience: 'https://api.example', scopes: ['openid', 'a:b'] }]);
  });

  it.each<[string, object]>([
    ['its keys', { issuer: 'https://d.example', jwks: { keys: [{ kty: 'EC' }] } }],
    ['where its keys are', { issuer: 'https://d.example', jwksUri: 'https://d.example/keys' }],
    ['where its keys are, at a port', { issuer: 'd', jwksUri: 'https://d.example:8443/keys?all=1' }],
    ['what it brings', { issuer: 'urn:d', jwksUri: 'https://d.example', grantedScopes: ['email'], allowedClaims: [] }],
  ])('take an issuer of statements with %s', (_what, entry) => {
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'issuers.json');
    writeFileSync(file, JSON.stringify([entry]));
    const { config, mistakes } = loadConfig({ SOFTWARE_STATEMENT_ISSUERS_FILE: file });
    expect([mistakes, config.statementIssuers.length]).toEqual([[], 1]);
  });

  const SERVER = {
    authorization_endpoint: 'https://login.example/auth',
    token_endpoint: 'https://login.example/token',
    jwks_uri: 'https://login.example/keys',
    grant_types_supported: ['authorization_code'],
    response_types_supported: ['code'],
  };
  const toldOf = (metadata: unknown, env: Record<string, string> = {}): ReturnType<typeof loadConfig> => {
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'server.json');
    writeFileSync(file, typeof metadata === 'string' ? metadata : JSON.stringify(metadata));
    return loadConfig({ ISSUER: 'https://r.example', AUTHORIZATION_SERVER_FILE: file, ...env });
  };

  it('take the metadata of an authorization server, also whole', () => {
    const whole = {
      ...SERVER,
      issuer: 'https://r.example',
      registration_endpoint: 'https://r.example/jans-auth/restv1/register',
      request_parameter_supported: false,
    };
    for (const metadata of [SERVER, whole]) {
      const { config, mistakes } = toldOf(metadata);
      expect([mistakes, config.authorizationServer]).toEqual([[], { metadata, issuesTokens: true }]);
    }
  });

  const without = (...names: string[]): object =>
    Object.fromEntries(Object.entries(SERVER).filter(([name]) => !names.includes(name)));
  it.each<[string, unknown, Record<string, string>?]>([
    ['is not the metadata of a server', 'no JSON'],
    ['is not the metadata of a server', {}],
    ['is not the metadata of a server', { ...SERVER, scopes_supported: [] }],
    ['is not the metadata of a server', { ...SERVER, jwks_uri: 7 }],
    ['has issuer https://login.example: it is https://r.example here', { ...SERVER, issuer: 'https://login.example' }],
    [
      'has registration_endpoint https://l.example/r: it is',
      { ...SERVER, registration_endpoint: 'https://l.example/r' },
    ],
    ['must not have signed_metadata', { ...SERVER, signed_metadata: 'x.y.z' }],
    ['which must be https', { ...SERVER, authorization_endpoint: 'http://login.example/auth' }],
    ['which is no URL', { ...SERVER, userinfo_endpoint: '/me' }],
    ['which must not have a fragment', { ...SERVER, userinfo_endpoint: 'https://l.example/me#x' }],
    ['has no authorization_endpoint, which authorization_code needs', without('authorization_endpoint')],
    ['has no response_types_supported', without('response_types_supported')],
    ['has no jwks_uri', without('jwks_uri')],
    ['has no grant_types_supported', without('grant_types_supported')],
    ['has the grant authorization_code and no token_endpoint', without('token_endpoint', 'jwks_uri')],
    ['has jwks_uri and no token_endpoint', without('token_endpoint', 'grant_types_supported')],
    ['with BUILTIN_ISSUER=off there is none', without('token_endpoint', 'jwks_uri'), { BUILTIN_ISSUER: 'off' }],
    [
      'has no device_authorization_endpoint',
      { ...SERVER, grant_types_supported: ['urn:ietf:params:oauth:grant-type:device_code'] },
    ],
  ])('refuse metadata of an authorization server: %s', (fault, metadata, env = {}) => {
    const lines = toldOf(metadata, env).mistakes.filter((line) => line.startsWith('AUTHORIZATION_SERVER_FILE '));
    expect(lines.join('\n')).toContain(fault);
  });

  it('report every mistake at once', () => {
    const mistakes = mistakesOf({
      PORT: 'eighty',
      ISSUER: 'ftp://x',
      RATE_LIMIT: 'often',
      CLIENT_SECRETS: 'maybe',
      LOG_LEVEL: 'loud',
    });
    expect(mistakes.map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'ISSUER',
      'CLIENT_SECRETS',
      'RATE_LIMIT',
      'LOG_LEVEL',
    ]);
  });

  it.each([
    [{ HOST: '0.0.0.0' }, 'HOST=0.0.0.0 is reachable from outside'],
    [{ ISSUER: 'http://registry.example' }, 'ISSUER must be https'],
    [{ AUDIENCE: 'clients' }, 'AUDIENCE must be a URL, such as http://localhost:8080/jans-config-api, not clients'],
    [{ AUDIENCE: 'http://registry.example/api' }, 'AUDIENCE must be https'],
    [{ AUDIENCE: 'https://registry.example/api#x' }, 'AUDIENCE must not have'],
    [{ ISSUER: 'https://registry.example/' }, 'ISSUER must not end with a slash'],
    [{ ISSUER: 'https://registry.example?x=1' }, 'ISSUER must not have a query'],
    [{ DATABASE_URL: 'postgres://x/y' }, 'DATABASE_URL must be sqlite:<file> or mysql://'],
    [{ DATABASE_URL: 'mysql://u:p@db/name' }, 'ENCRYPTION_KEY_FILE, or ENCRYPTION_KEY, is needed'],
    [{ ENCRYPTION_KEY: 'k1:short' }, 'ENCRYPTION_KEY is not a key ring: entry 1'],
    [{ BUILTIN_ISSUER: 'off' }, 'BUILTIN_ISSUER=off needs TRUSTED_ISSUERS or TRUSTED_ISSUERS_FILE'],
    [{ TRUSTED_ISSUERS: 'https://as.example|aud' }, 'TRUSTED_ISSUERS entry 1 must be issuer|audience|scopes'],
    [{ TRUSTED_ISSUERS: 'http://as.example|aud|scope' }, 'TRUSTED_ISSUERS entry 1 must be https'],
    [{ CORS_ORIGINS: 'https://a.example/path' }, 'CORS_ORIGINS must hold origins'],
    [{ DATABASE_CA_FILE: '/dev/null' }, 'DATABASE_CA_FILE holds no certificate in PEM'],
    [
      { DATABASE_READER_URL: 'mysql://u:p@db/name' },
      'DATABASE_READER_URL is for MariaDB; the embedded database has no',
    ],
    [{ DATABASE_READER_URL: 'sqlite:/file' }, 'DATABASE_READER_URL must be mysql://user:password@host:port/name'],
    [
      { DATABASE_URL: 'mysql://u:p@db/name', DATABASE_READER_URL: 'mysql://u:p@db/name' },
      'DATABASE_READER_URL is the address in DATABASE_URL, not that of a replica',
    ],
    [{ DATABASE_READER_LAG: '0' }, 'DATABASE_READER_LAG must be a number from 1 to 10000'],
    [{ WORKERS: '2' }, 'WORKERS needs MariaDB: on the embedded database writes take turns in one process'],
    [{ WORKERS: 'auto' }, 'WORKERS must be'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT must be the URL of a receiver'],
    [{ METRICS: 'somewhere' }, 'METRICS must be host:port, or a port on this machine, not somewhere'],
    [{ METRICS: '127.0.0.1:8080' }, 'METRICS needs another port than the API'],
    [{ TLS_CERT_FILE: '/nowhere' }, 'TLS_CERT_FILE names a file that cannot be read'],
    [{ ADMIN_SECRET_FILE: '/nowhere' }, 'ADMIN_SECRET_FILE names a file that cannot be read'],
    [{ ACCESS_TOKEN_TTL: '3601' }, 'ACCESS_TOKEN_TTL must be a number from 10 to 3600'],
  ])('refuse %j', (env, message) => {
    expect(mistakesOf(env as Record<string, string>).join('\n')).toContain(message);
  });

  it('take the key ring and other secrets out of files that not everybody can read', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'encryption.key');
    const ring = newKeyRingSpec();
    writeFileSync(file, `${ring}\n`, { mode: 0o640 });
    const env = { DATABASE_URL: 'mysql://u:p@db/name', ADMIN_SECRET_FILE: file, ENCRYPTION_KEY_FILE: file };
    const { config, mistakes } = loadConfig(env);
    expect([mistakes, config.encryptionKey]).toEqual([[], `${ring}\n`]);
    expect(mistakesOf({ ...env, ENCRYPTION_KEY: ring })).toEqual([
      'ENCRYPTION_KEY_FILE is there beside ENCRYPTION_KEY: give one of them',
    ]);
    chmodSync(file, 0o644);
    const all = { ...env, TLS_CERT_FILE: file, TLS_KEY_FILE: file };
    expect(mistakesOf(all)).toEqual(
      ['TLS_KEY_FILE', 'ENCRYPTION_KEY_FILE', 'ADMIN_SECRET_FILE'].map(
        (name) => `${name} can be read by every user of this machine: chmod 600 ${file}`,
      ),
    );
    chmodSync(file, 0o600);
    expect(mistakesOf({ ...env, ENCRYPTION_KEY_FILE: '/nowhere' })).toEqual([
      'ENCRYPTION_KEY_FILE names a file that cannot be read: /nowhere',
    ]);
  });

  it.each([
    ['nothing', '', 'is not a list of issuers'],
    ['an object', '{}', 'is not a list of issuers'],
    ['a misspelt member', '[{"issuer":"https://d.example","scopes":[]}]', 'additional properties'],
    ['keys over http', '[{"issuer":"https://d.example","jwksUri":"http://d.example/keys"}]', 'jwksUri'],
    [
      'two sources of keys',
      '[{"issuer":"x","jwksUri":"https://d.example/","jwks":{"keys":[]}}]',
      'beside jwksUri for x',
    ],
    [
      'an administration scope',
      '[{"issuer":"x","grantedScopes":["https://jans.io/oauth/config/write-all"]}]',
      'must not grant the administration scope',
    ],
  ])('refuse a file of statement issuers with %s', (_what, text, message) => {
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'issuers.json');
    writeFileSync(file, text);
    const mistakes = mistakesOf({ SOFTWARE_STATEMENT_ISSUERS_FILE: file });
    expect(mistakes.join('\n')).toContain(message);
    expect(mistakes[0]).toMatch(/^SOFTWARE_STATEMENT_ISSUERS_FILE /);
  });

  it.each([
    ['no JSON', '[', 'is not a list of issuers'],
    ['no audience', '[{"issuer":"https://d.example","scopes":["a"]}]', "must have required property 'audience'"],
    [
      'neither scopes nor roles',
      '[{"issuer":"https://d.example","audience":"x"}]',
      "must have required property 'roles'",
    ],
    ['scopes in one text', '[{"issuer":"https://d.example","audience":"x","scopes":["a b"]}]', 'scopes/0 must match'],
    ['HMAC', '[{"issuer":"https://d.example","audience":"x","scopes":["a"],"algorithms":["HS256"]}]', 'algorithms/0'],
    ['a claim for no roles', '[{"issuer":"https://d.example","audience":"x","scopes":["a"],"roleClaim":"r"}]', 'roles'],
    ['http', '[{"issuer":"http://d.example","audience":"x","scopes":["a"]}]', 'http://d.example, which must be https'],
  ])('refuse a file of trusted issuers with %s', (_what, text, message) => {
    const file = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'issuers.json');
    writeFileSync(file, text);
    const [line, ...more] = mistakesOf({ TRUSTED_ISSUERS_FILE: file });
    expect([more, line]).toEqual([[], expect.stringContaining(message)]);
    expect(line).toMatch(/^TRUSTED_ISSUERS_FILE /);
  });

  const proxies = [
    '192.0.2.7',
    '10.0.0.0/8',
    '192.0.2.7/32',
    '::1',
    '2001:db8::/32',
    'fd00::/1',
    '::ffff:10.0.0.1/128',
  ];
  it.each([...proxies, 'loopback', 'linklocal', 'uniquelocal'])('believe %s, as Express does', (proxy) => {
    const { config, mistakes } = loadConfig({ TRUST_PROXY: proxy });
    expect([mistakes, config.trustProxy]).toEqual([[], [proxy]]);
    expect(() => express().set('trust proxy', [proxy])).not.toThrow();
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/0',
    '10.0.0.0/08x',
    '::/0',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0',
    '1.2.3.4/8/8',
    'all',
  ])('say of the proxy %s what to write instead', (proxy) => {
    const [line, ...more] = mistakesOf({ TRUST_PROXY: proxy });
    expect(more).toEqual([]);
    expect(line).toMatch(/^TRUST_PROXY must hold addresses .*subnets \(10\.0\.0\.0\/8.*loopback/);
    expect(line?.endsWith(`not ${proxy}`)).toBe(true);
  });

  it('believe a header with certificates from proxies only', () => {
    const proxied = { TRUST_PROXY: 'loopback', CLIENT_CERT_HEADER: 'X-Client-Cert' };
    expect(loadConfig(proxied).config.clientCertHeader).toBe('x-client-cert');
    expect(mistakesOf({ CLIENT_CERT_HEADER: 'X-Client-Cert' })).toEqual([
      'CLIENT_CERT_HEADER needs TRUST_PROXY: from anybody else the header is not believed',
    ]);
    expect(mistakesOf({ ...proxied, CLIENT_CERT_HEADER: 'X Client' })).toEqual([
      'CLIENT_CERT_HEADER must be the name of a header, such as X-Client-Cert',
    ]);
  });

  it('never repeat a secret in a mistake', () => {
    const secretFile = join(mkdtempSync(join(tmpdir(), 'clientele-test-')), 'secret');
    writeFileSync(secretFile, 'too short', { mode: 0o600 });
    const text = mistakesOf({
      ENCRYPTION_KEY: 'k1:c2VjcmV0',
      ADMIN_SECRET_FILE: secretFile,
      DATABASE_URL: 'mysql://user:pass word@',
    }).join('\n');
    expect(text).not.toMatch(/c2VjcmV0|too short|pass word/);
  });

  it('are taken when they are right', () => {
    const { config, mistakes } = loadConfig({
      HOST: '0.0.0.0',
      TRUST_PROXY: 'loopback',
      ENCRYPTION_KEY: newKeyRingSpec(),
      TRUSTED_ISSUERS: 'https://as.example|aud|a b, http://localhost:9|aud2|c',
      RATE_LIMIT: '5/sec',
    });
    expect(mistakes).toEqual([]);
    expect(config.trustedIssuers).toEqual([
      { issuer: 'https://as.example', audience: 'aud', scopes: ['a', 'b'] },
      { issuer: 'http://localhost:9', audience: 'aud2', scopes: ['c'] },
    ]);
    expect(config.rateLimit).toEqual({ points: 5, seconds: 1 });
  });
});
