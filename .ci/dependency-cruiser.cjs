const features = ['scopes', 'clients', 'registration', 'interception', 'issuer'];
const anyFeature = `^api/(${features.join('|')})/`;

const forbid = (name, from, to) => ({ name, severity: 'error', from, to });
const house = (name, from, to) => forbid(name, { path: `^${from}/` }, { path: `^(${to.join('|')})/` });
// What a feature may not know of the others.
const feature = (name, others) =>
  forbid(`order-of-features-${name}`, { path: `^api/${name}/` }, { path: `^api/(${others.join('|')})/` });

module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    forbid('nothing-unresolved', {}, { couldNotResolve: true }),
    forbid(
      'no-orphans',
      {
        orphan: true,
        pathNot: [
          '\\.d\\.m?ts$',
          '^(api|cli)/main\\.ts$',
          '^api/http/docs-page/',
          '^entities/reading-child\\.mjs$',
          '^docs/',
          '^scripts/(commands/|machine/)?[^/]+\\.(ts|mjs)$',
          '^openapi/openid-client\\.json$',
        ],
      },
      {},
    ),
    forbid(
      'no-dev-dependency-at-run-time',
      { path: '^(api|entities|openapi|cli)/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
    ),

    house('contract-is-a-leaf', 'openapi', ['api', 'entities', 'cli', 'scripts', 'test']),
    house('entities-are-a-leaf', 'entities', ['api', 'openapi', 'cli', 'scripts', 'test']),
    house('service-knows-contract-and-entities', 'api', ['cli', 'scripts', 'test']),
    house('cli-knows-the-contract-only', 'cli', ['api', 'entities', 'scripts', 'test']),
    forbid(
      'cli-knows-what-is-generated-only',
      { path: '^cli/' },
      { path: '^openapi/', pathNot: '\\.gen\\.ts$|^openapi/(lookup|moved-stock|property|printable)\\.ts$' },
    ),

    // What is called, and how: commands and transfer ask for things of the service, and know nothing of requests.
    forbid(
      'cli-calls-know-no-commands',
      { path: '^cli/resource/' },
      { path: '^cli/', pathNot: '^cli/(resource|connection|contract)/|^cli/(failure|token-claims)\\.ts$' },
    ),
    forbid(
      'cli-commands-know-no-requests',
      { path: '^cli/(commands|transfer|output)/', pathNot: '^cli/commands/session/' },
      { path: '^cli/connection/' },
    ),

    house('examples-know-the-contract-only', 'docs', ['api', 'entities', 'cli', 'scripts', 'test']),

    forbid(
      'express-in-transport-only',
      { path: '^(api|entities|openapi|cli)/', pathNot: ['^api/http/', '^api/app\\.ts$'] },
      { path: '^node_modules/(@types/)?express(-serve-static-core)?/' },
    ),
    forbid(
      'database-in-stores-only',
      {
        path: '^(api|openapi|cli)/',
        pathNot: [
          '^api/.*\\.stores?\\.ts$',
          '^api/clients/corridor/client\\.corridor\\.ts$',
          '^api/shared/database/unit-of-work\\.ts$',
          '^api/(main|compose|database|preflight)\\.ts$',
          '^api/setup/(prepare|start-fault)\\.ts$',
        ],
      },
      { path: ['^node_modules/typeorm/', '^entities/'] },
    ),

    // Of the corridor others see what it is for, and never what it writes rows with.
    forbid(
      'clients-are-written-in-the-corridor',
      {
        path: '^(api|scripts|cli)/',
        pathNot: ['^api/clients/corridor/', '^api/clients/secrets/client\\.secrets\\.ts$'],
      },
      { path: '^api/clients/corridor/', pathNot: '^api/clients/corridor/client\\.corridor\\.ts$' },
    ),

    feature('scopes', ['clients', 'registration', 'interception', 'issuer']),
    feature('clients', ['registration', 'interception', 'issuer']),
    feature('registration', ['interception', 'issuer']),
    feature('interception', ['issuer']),
    feature('issuer', ['scopes', 'registration', 'interception']),
    forbid(
      'features-meet-in-compose',
      { path: '^api/[^/]+\\.ts$', pathNot: '^api/compose\\.ts$' },
      { path: anyFeature },
    ),
    forbid('features-know-no-transport', { path: anyFeature }, { path: '^api/(http/|(main|app|compose)\\.ts$)' }),
    forbid('transport-knows-shared-only', { path: '^api/http/' }, { path: '^api/', pathNot: '^api/(http|shared)/' }),
    forbid('shared-knows-no-one', { path: '^api/shared/' }, { path: '^api/', pathNot: '^api/shared/' }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^node_modules' },
    // scripts/start.mjs imports what the build makes of api/, which is here under its own name.
    exclude: { path: '^(\\.\\./)?dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
