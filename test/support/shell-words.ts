/**
 * The words of a command line that a shell would only take apart: words, quotes, backslashes. Undefined for everything that
 * needs a shell, such as a pipe, a variable or a pattern.
 */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== '') {
    let word = '';
    for (let part = PART.exec(rest); part !== null; part = PART.exec(rest)) {
      const [{ length }, single, double, escaped, plain] = part;
      word += single ?? double?.replace(/\\(["\\])/g, '$1') ?? (escaped === '\n' ? '' : escaped) ?? plain ?? '';
      rest = rest.slice(length);
    }
    const space = /^\s+|^$/.exec(rest);
    if (space === null) return undefined;
    words.push(word);
    rest = rest.slice(space[0].length);
    if (rest.startsWith('\\\n')) rest = rest.slice(2).trimStart();
  }
  return words;
}

/** What can stand in a word: in single quotes, in double ones, after a backslash, or plainly. */
const PART = /^(?:'([^']*)'|"((?:[^"\\$`]|\\["\\])*)"|\\([\s\S])|([^\s'"\\$`|&;<>()*?[\]#~{}!]+))/;
