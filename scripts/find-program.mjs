import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function search({ names, folders = [] }) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => [...path, ...folders].map((folder) => join(folder, name))).find(executable);
}

function installOnDebian({ what, debianPackage }) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) return;
  console.log(`No ${what} found: installing ${debianPackage} with apt-get.`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], options);
}

/**
 * The path of the first program of these names on the PATH or in these folders, installed first where that is possible
 * (as root on Debian, after a printed line); or undefined.
 * @param {{ what: string, names: string[], folders?: string[], debianPackage: string }} program
 */
export function findProgram(program) {
  const found = search(program);
  if (found !== undefined) return found;
  installOnDebian(program);
  return search(program);
}
