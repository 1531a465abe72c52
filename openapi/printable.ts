// Names from outside are shown in logs, in the history of a client and in terminals, where controls, line ends and marks
// that turn the direction of writing would make them look like something else. The patterns of the contract are the first.

/** A text that is nothing but what it looks like, on one line. */
// eslint-disable-next-line no-control-regex -- these are what it is about
export const PRINTABLE = /^[^\x00-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]*$/;

// eslint-disable-next-line no-control-regex -- these are what it is about
const STEERING = /[\x00-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** The text with what does not print made visible, as JSON escapes it. Of lines and tabs `keep` may leave some. */
export const madePrintable = (text: string, keep = ''): string =>
  text.replace(STEERING, (character) =>
    keep.includes(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
