import { statSync } from 'node:fs';

/** Folders whose files start programs or a browser: the longest of all. */
const FIRST = /\/test\/(docs|browser|process|cli)\//;

/**
 * Starts the longest files first, so that none is left over at the end with nobody beside it. Which those are goes by the
 * folder and by the size: how long they took the last time is not known in a fresh clone.
 */
// eslint-disable-next-line no-restricted-syntax -- jest takes the default export
export default class LongestFirst {
  sort(tests) {
    const weight = ({ path }) => statSync(path).size + (FIRST.test(path) ? 1e9 : 0);
    return [...tests].sort((one, other) => weight(other) - weight(one));
  }

  cacheResults() {}
}
