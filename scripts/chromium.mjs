import { findProgram } from './find-program.mjs';

/** The path of a Chromium or Chrome, installed first where that is possible; throws when there is none. */
export function findChromium() {
  const found = findProgram({
    what: 'Chromium',
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'Google Chrome', 'Chromium'],
    folders: ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS`),
    debianPackage: 'chromium',
  });
  if (found !== undefined) return found;
  if (process.env.TEST_CHROMIUM) return process.env.TEST_CHROMIUM;
  throw new Error(
    'no Chromium was found. Install it (Debian: chromium, macOS: brew install --cask chromium), ' +
      'or set TEST_CHROMIUM to the path of a Chromium or Chrome.',
  );
}
