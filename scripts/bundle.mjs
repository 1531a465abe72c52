import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const commands = readdirSync(join(root, 'scripts', 'commands')).map((file) => `scripts/commands/${file}`);
/** What is read as a file at run time. */
const FILES = [
  ['openapi', /\.json$/],
  ['api/http/docs-page', /./],
  ['entities', /\.mjs$/],
  ['api/interception/sandbox', /\.mjs$/],
  ['api/shared/keys', /\.mjs$/],
  ['api/interception/catalog/scripts', /\.js$/],
];
/** A library in machine code, and one whose files are served. */
const APART = ['libsql', 'swagger-ui-dist'];
const OUT = '@@out';
const SHARED = 'shared';

/** Each module knows the place that it would have by itself, wherever its text gets to. */
const places = {
  name: 'places',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const place = `new URL('${OUT}/${relative(root, path).replace(/ts$/, 'js')}', import.meta.url).href`;
      return { loader: 'ts', contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place) };
    }),
};

/** TypeORM has drivers for databases of all kinds, whose libraries are not here. */
const drivers = {
  name: 'drivers',
  setup: ({ onResolve, resolve: find }) =>
    onResolve({ filter: /^[@\w]/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === drivers || !from.importer.includes('node_modules/typeorm/')) return undefined;
      const { errors } = await find(path, { ...from, pluginData: drivers });
      return errors.length > 0 ? { path, external: true } : undefined;
    }),
};

/**
 * Makes the programs of the sources, libraries included, in the folder `out`: a process that loads one file where there
 * were fourteen hundred starts in half the time. Rejects when that cannot be.
 */
async function bundle(out) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['api/main.ts', 'cli/main.ts', ...commands],
    outbase: root,
    outdir: out,
    chunkNames: `${SHARED}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: APART,
    plugins: [places, drivers],
    // Libraries that are no modules of ECMAScript call it.
    banner: {
      js: "import { createRequire as $require } from 'node:module';\nconst require = $require(import.meta.url);",
    },
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replaceAll(OUT, relative(dirname(path), out)));
  }
  const made = new Set(outputFiles.map(({ path }) => path));
  const shared = readdirSync(join(out, SHARED)).map((name) => join(out, SHARED, name));
  for (const path of shared.filter((file) => !made.has(file))) rmSync(path, { force: true });
  for (const [folder, names] of FILES) {
    mkdirSync(join(out, folder), { recursive: true });
    for (const name of readdirSync(join(root, folder)).filter((file) => names.test(file))) {
      copyFileSync(join(root, folder, name), join(out, folder, name));
    }
  }
}

await bundle(resolve(process.argv[2]));
