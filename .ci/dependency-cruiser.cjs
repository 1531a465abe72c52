const HOUSES = require('./boundaries.json');

const features = ['history', 'scopes', 'clients', 'registration', 'interception', 'issuer'];
const anyFeature = `^api/(${features.join('|')})/`;

const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

const inside = (folder) => (folder.endsWith('/*') ? `${folder.slice(0, -1)}[^/]+$` : `${folder}/`);

// Which folder may import which: what the table does not list is forbidden. A folder stands for all that is in it; "cli/*" are
// the files that lie in cli/ itself. A rule for each row, and one for folders without a row.
function houseRules() {
  const folders = HOUSES.map(({ folder }) => folder);
  const ours = `^(${[...new Set(folders.map((folder) => folder.split('/')[0])), 'test'].join('|')})/`;
  const rules = HOUSES.map(({ folder, imports }) => {
    const rooms = folders.filter((other) => other.startsWith(`${folder}/`));
    // A house with rooms of its own rows stands for the files that lie in it.
    const from = rooms.length > 0 && !folder.includes('/') ? `^${folder}/[^/]+$` : `^${folder}/`;
    return {
      name: `house-${folder.replaceAll('/', '-')}`,
      severity: 'error',
      from: { path: from, pathNot: rooms.map((room) => `^${room}/`) },
      to: { path: ours, pathNot: [folder, ...imports].map((other) => `^${inside(other)}`) },
    };
  });
  const covered = folders.filter(
    (folder) => folder.includes('/') || !folders.some((other) => other.startsWith(`${folder}/`)),
  );
  const houses = folders.filter((folder) => !folder.includes('/'));
  rules.push({
    name: 'a-folder-has-a-row-in-boundaries',
    severity: 'error',
    from: {
      path: ours,
      pathNot: [...covered.map((folder) => `^${folder}/`), ...houses.map((folder) => `^${folder}/[^/]+$`)],
    },
    to: { path: ours },
  });
  return rules;
}

module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    // The programs import what is generated when they are run.
    forbid('nothing-unresolved', { pathNot: '^scripts/generated/programs/' }, { couldNotResolve: true }),
    forbid(
      'no-orphans',
      {
        orphan: true,
        pathNot: [
          '\\.d\\.m?ts$',
          '^(api|cli)/main\\.ts$',
          '^api/http/docs-page/',
          '^entities/reading-child\\.mjs$',
          '^api/interception/sandbox/worker\\.mjs$',
          '^api/shared/keys/hash-worker\\.mjs$',
          '^api/interception/catalog/scripts/',
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

    ...houseRules(),
    forbid(
      'cli-knows-what-is-generated-only',
      { path: '^cli/' },
      { path: '^openapi/', pathNot: '\\.gen\\.ts$|^openapi/(lookup|moved-stock|parse-url|property|printable)\\.ts$' },
    ),

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
          '^api/shared/database/(read-replica|unit-of-work)\\.ts$',
          '^api/(serve|compose|database|preflight)\\.ts$',
          '^api/setup/(prepare|replica-start-fault|start-fault)\\.ts$',
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

    forbid(
      'features-meet-in-compose',
      { path: '^api/[^/]+\\.ts$', pathNot: '^api/(compose|known-members|normalisers|registries)\\.ts$' },
      { path: anyFeature },
    ),
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
