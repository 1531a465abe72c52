import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bring, run } from './commands.ts';

/** What a generated client is made in, of and for. */
export interface Place {
  /** An empty folder of its own. */
  readonly folder: string;
  /** The file of the contract, as the service has served it. */
  readonly contract: string;
  /** Where tools are kept for the other languages of this run. */
  readonly tools: string;
  /** For the program that calls the service: its address and a token. */
  readonly env: Readonly<Record<string, string>>;
}

/** A generator for a language: it generates a client, compiles it, and runs a program on it. */
export interface Language {
  readonly name: string;
  /** Programs that have to be on the PATH. */
  readonly needs: readonly string[];
  check(place: Place): Promise<void>;
}

const OPENAPI_GENERATOR = '7.25.0';
const OAPI_CODEGEN = 'v2.8.2';
const AXIOS = '1.21.1';

const program = (name: string): string => fileURLToPath(new URL(`./programs/${name}`, import.meta.url));
const binary = (name: string): string => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));

async function openapiGenerator({ folder, contract, tools }: Place, name: string, properties: string): Promise<void> {
  const artifact = `org.openapitools:openapi-generator-cli:${OPENAPI_GENERATOR}`;
  const cwd = folder;
  await bring(['mvn', '-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${tools}`], { cwd });
  const jar = join(tools, `openapi-generator-cli-${OPENAPI_GENERATOR}.jar`);
  const options = ['--global-property', 'apiTests=false,modelTests=false', '--additional-properties', properties];
  await run(['java', '-jar', jar, 'generate', '-i', contract, '-g', name, '-o', 'generated', ...options], { cwd });
}

/** Compiles the program of a TypeScript client with what it imports, and runs it. */
async function typescript({ folder, env }: Place, name: string): Promise<void> {
  cpSync(program(name), join(folder, name));
  const compilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, target: 'es2022', module: 'esnext', types: ['node'] },
    ...{ moduleResolution: 'bundler', allowImportingTsExtensions: true },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [name] }));
  await run([binary('tsc'), '-p', '.'], { cwd: folder });
  await run([binary('tsx'), name], { cwd: folder, env });
}

/** Compiles a Go module and runs the program in its folder `crud`. */
async function go({ env }: Place, module: string, name: string): Promise<void> {
  mkdirSync(join(module, 'crud'));
  cpSync(program(name), join(module, 'crud/main.go'));
  await run(['go', 'mod', 'tidy'], { cwd: module });
  await run(['go', 'vet', './...'], { cwd: module });
  await run(['go', 'run', './crud'], { cwd: module, env });
}

/** Every generator that the contract is tried with. */
export const LANGUAGES: readonly Language[] = [
  {
    name: 'TypeScript (openapi-typescript)',
    needs: [],
    async check(place) {
      await run([binary('openapi-typescript'), place.contract, '-o', 'schema.ts'], { cwd: place.folder });
      await typescript(place, 'fetch.mts');
    },
  },
  {
    name: 'TypeScript (openapi-generator, axios)',
    needs: ['java', 'mvn'],
    async check(place) {
      await openapiGenerator(place, 'typescript-axios', 'supportsES6=true');
      writeFileSync(join(place.folder, 'package.json'), '{"type":"module"}');
      await bring(['npm', 'install', '--ignore-scripts', '--no-audit', `axios@${AXIOS}`], { cwd: place.folder });
      await typescript(place, 'axios.mts');
    },
  },
  {
    name: 'Go (openapi-generator)',
    needs: ['java', 'mvn', 'go'],
    async check(place) {
      const properties = 'packageName=openapi';
      await openapiGenerator(place, 'go', properties);
      const module = join(place.folder, 'generated');
      await run(['go', 'mod', 'edit', '-module', 'example.com/clientele/client'], { cwd: module });
      await go(place, module, 'crud.go');
    },
  },
  {
    name: 'Go (oapi-codegen)',
    needs: ['go'],
    async check(place) {
      const { folder: cwd, tools, contract } = place;
      const source = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen';
      await bring(['go', 'install', `${source}@${OAPI_CODEGEN}`], { cwd, env: { GOBIN: tools } });
      mkdirSync(join(cwd, 'registry'));
      writeFileSync(join(cwd, 'go.mod'), 'module example.com/clientele\n\ngo 1.23\n');
      cpSync(program('oapi-codegen.yaml'), join(cwd, 'oapi-codegen.yaml'));
      await run([join(tools, 'oapi-codegen'), '-config', 'oapi-codegen.yaml', contract], { cwd });
      await go(place, cwd, 'oapi.go');
    },
  },
  {
    name: 'Java (openapi-generator)',
    needs: ['java', 'javac', 'mvn'],
    async check(place) {
      await openapiGenerator(place, 'java', 'library=native,hideGenerationTimestamp=true');
      const cwd = join(place.folder, 'generated');
      cpSync(program('Crud.java'), join(cwd, 'src/main/java/Crud.java'));
      await run(['mvn', '-q', '-B', 'compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath'], { cwd });
      const classes = `target/classes:${readFileSync(join(cwd, 'classpath'), 'utf8').trim()}`;
      await run(['java', '-cp', classes, 'Crud'], { cwd, env: place.env });
    },
  },
  {
    name: 'Python (openapi-generator)',
    needs: ['java', 'mvn', 'python3'],
    async check(place) {
      const { folder: cwd, env } = place;
      await openapiGenerator(place, 'python', 'packageName=openapi_client');
      await bring(['python3', '-m', 'venv', 'venv'], { cwd });
      await run(['venv/bin/pip', 'install', '-q', './generated'], { cwd });
      await run(['venv/bin/python', program('crud.py')], { cwd, env });
    },
  },
];
