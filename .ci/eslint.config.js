import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { ownMembers } from './own-members.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const typescript = ['{api,entities,openapi,cli,scripts,test,docs}/**/*.ts'];
const product = ['{api,entities,openapi,cli}/**/*.ts'];
const plain = [
  '{scripts,entities,api/interception/sandbox,api/shared/keys}/*.mjs',
  '.ci/*.{js,cjs}',
  '.ci/jest/*.mjs',
  'test/support/compile.mjs',
];

// A suppression without a reason hides a decision. No rule of ESLint's own asks for one.
const describedDisable = {
  meta: { type: 'problem', messages: { missing: 'Say why after "--" in an eslint-disable comment.' }, schema: [] },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value)) {
          context.report({ loc: comment.loc, messageId: 'missing' });
        }
      }
    },
  }),
};

const noDefaultExport = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: 'ExportSpecifier[exported.name="default"]', message: 'Export by name.' },
];
const noAmbientTimeOrChance = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take the time from the Clock.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'Take the time from the Clock.' },
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'Take the time from the Clock.' },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'Use node:crypto.' },
];

// Everything that writes a client keeps its rows, index, secrets, versions and the log in step: api/clients/corridor/.
const WRITES = '(INSERT( OR \\w+| IGNORE)? INTO|REPLACE INTO|UPDATE|DELETE FROM)';
const CLIENT_TABLES =
  'client(s|_scopes|_claims|_search|_secrets|_counts|_fts|_trigrams|_values)|removed_(clients|versions)';
const inTheCorridor = 'Clients are written through the corridor (api/clients/corridor) only.';
const noWritesOfClients = [
  { selector: `Literal[value=/${WRITES}\\s+(${CLIENT_TABLES})\\b/i]`, message: inTheCorridor },
  { selector: `TemplateElement[value.raw=/${WRITES}\\s+(${CLIENT_TABLES})\\b/i]`, message: inTheCorridor },
  {
    selector:
      'CallExpression[callee.property.name=/^(insert|update|upsert|delete|remove|save|increment|decrement)$/]' +
      '[arguments.0.name=/^Client(Scope|Claim|Search|Secret|Count|Value)?Entity$/]',
    message: inTheCorridor,
  },
];

const noAmbientSettings = {
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: 'Read settings from Config.' },
    {
      object: 'URL',
      property: 'canParse',
      message: 'Take parseUrl (openapi/parse-url.ts): Node 20 and 22 answer wrongly for ü.',
    },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: ['node:process', 'process'].map((name) => ({
        name,
        importNames: ['env'],
        message: 'Read settings from Config.',
      })),
    },
  ],
};

const everywhere = {
  plugins: { clientele: { rules: { 'described-disable': describedDisable, 'own-members': ownMembers } } },
  linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
  rules: {
    'clientele/described-disable': 'error',
    eqeqeq: 'error',
    'max-params': ['error', 4],
    'no-restricted-syntax': ['error', ...noDefaultExport],
  },
};

export default defineConfig(
  globalIgnores(['dist/', 'data/', 'coverage/', '.tmp/', '**/*.gen.ts']),
  everywhere,
  {
    files: plain,
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'performance', 'URL', 'setTimeout', 'setInterval', 'clearInterval'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
  {
    files: ['api/http/docs-page/*.js'],
    extends: [js.configs.recommended],
    languageOptions: {
      sourceType: 'script',
      globals: Object.fromEntries(
        [
          'TextEncoder',
          'URL',
          'URLSearchParams',
          'btoa',
          'crypto',
          'document',
          'fetch',
          'location',
          'SwaggerUIBundle',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['.ci/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'readonly', require: 'readonly' } },
  },
  // Tools read their configuration from the default export.
  { files: ['.ci/*.js'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: typescript,
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 10 },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Numbers and booleans read well in a template; objects and undefined stay errors.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => log.info(…)` is shorter than a block and says the same.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A handler is async because its type is, whether or not it has something to wait for.
      '@typescript-eslint/require-await': 'off',
      // The members of a wire document are named at run time.
      '@typescript-eslint/no-dynamic-delete': 'off',
      // Express, winston and their typings hand out structural stand-ins for node's classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Entities are classes with nothing but decorated fields.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
    },
  },
  {
    files: product,
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['{scripts,docs}/**/*'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  { files: product, rules: { 'max-lines': ['error', 400], 'clientele/own-members': 'error', ...noAmbientSettings } },
  {
    files: ['api/main.ts', 'api/config.ts', 'cli/main.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' },
  },
  { files: ['api/**/*.ts', 'entities/**/*.ts'], ignores: ['api/main.ts'], rules: { 'no-console': 'error' } },
  {
    files: ['api/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Take a GuardedFetch: it has limits.' }],
    },
  },
  {
    files: ['api/**/*.ts'],
    ignores: ['api/shared/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noDefaultExport, ...noAmbientTimeOrChance, ...noWritesOfClients] },
  },
  {
    files: [
      'api/clients/corridor/*.ts',
      'api/search/text/text-index.store.ts',
      'api/search/values/value-rows.store.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...noDefaultExport, ...noAmbientTimeOrChance] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Nothing depends on how fast the machine is.
      'no-restricted-properties': [
        'error',
        { object: 'fc', property: 'assert', message: 'Use holds() of test/support/properties.ts, which ends by time.' },
        { object: 'jest', property: 'setTimeout', message: 'The time of every test is in .ci/jest.config.js.' },
      ],
      // A reply is what the test is about: its type is asserted by reading it.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
