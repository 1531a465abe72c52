import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian has what is for root where only root looks. */
const SBIN = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/**
 * What the tests and the benchmark call beside Node. `also` are other names that it has, `folders` are looked in after the
 * PATH, and `debian` is the package that has it.
 */
const PROGRAMS = {
  mariadbd: { also: ['mysqld'], folders: SBIN, debian: 'mariadb-server-core' },
  // The script that makes the data folder of a server calls it, and is in another package.
  my_print_defaults: { debian: 'mariadb-client-core' },
  mariadb: { also: ['mysql'], debian: 'mariadb-client-core' },
  'mariadb-dump': { also: ['mysqldump'], debian: 'mariadb-client' },
  chromium: {
    also: ['chromium-browser', 'google-chrome-stable', 'google-chrome', 'Google Chrome', 'Chromium'],
    folders: ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS`),
    debian: 'chromium',
  },
  curl: { debian: 'curl' },
  jq: { debian: 'jq' },
  python3: { debian: 'python3' },
  openssl: { debian: 'openssl' },
  // Not installed by itself: its package starts a server.
  nginx: { folders: SBIN },
  'systemd-analyze': {},
  promtool: {},
  kubectl: {},
  groff: { debian: 'groff-base' },
  zsh: { debian: 'zsh' },
  fish: { debian: 'fish' },
  script: { debian: 'bsdutils' },
  tmux: { debian: 'tmux' },
  ip: { folders: SBIN, debian: 'iproute2' },
};

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a program, or undefined. */
export function findProgram(name) {
  const { also = [], folders = [] } = PROGRAMS[name] ?? {};
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [name, ...also]
    .flatMap((either) => [...path, ...folders].map((folder) => join(folder, either)))
    .find(executable);
}

/** Whether the tests do without a program also where everything has to run: it does not install itself. */
export const isOptional = (name) => Object.hasOwn(PROGRAMS, name) && PROGRAMS[name].debian === undefined;

/** The Debian packages that have these programs. */
export const packagesOf = (names) => [...new Set(names.map((name) => PROGRAMS[name]?.debian).filter(Boolean))];

/**
 * Installs what of these programs is missing, with one apt-get after a printed line, where that is possible: as root on
 * Debian.
 * @returns {string[]} the names of those that are not here afterwards
 */
export function requirePrograms(names) {
  const isMissing = (name) => findProgram(name) === undefined;
  const packages = packagesOf(names.filter(isMissing));
  if (packages.length > 0 && mayInstall()) install(packages);
  return names.filter(isMissing);
}

const mayInstall = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');

function install(packages) {
  const command = ['install', '-y', '--no-install-recommends'];
  console.log(`Installing what is called and not here: apt-get ${[...command, ...packages].join(' ')}`);
  aptGet('update');
  // One package that is not to be had must not keep the others away.
  if (!aptGet(...command, ...packages)) for (const name of packages) aptGet(...command, name);
}

function aptGet(...args) {
  const { status } = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}
