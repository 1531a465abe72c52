import { lookup } from '../../../openapi/lookup.ts';
import { usageFailure } from '../../failure.ts';
import { didYouMean } from '../../suggestion.ts';
import { GLOBAL_OPTIONS, type Command, type Option } from '../../command.ts';
import { COMPLETE_IDS } from './complete-ids.ts';
import { examplesFor } from '../examples.ts';

const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `completion`: a script that makes a shell complete the commands. `all` is asked when it runs, since it holds this. */
export function completionCommand(all: () => readonly Command[]): Command {
  return {
    words: ['completion'],
    summary: 'prints the completion for a shell',
    details: 'In ~/.bashrc: eval "$(clientele completion bash)". In ~/.zshrc, after compinit, the same with zsh.',
    args: [{ name: 'shell', summary: 'bash, zsh or fish', choices: Object.keys(SHELLS) }],
    options: [],
    examples: examplesFor('completion'),
    run: async ({ printer }, input) => {
      const shell = input.arg(0);
      const script = lookup(SHELLS, shell);
      if (script === undefined) {
        throw usageFailure(`there is no completion for ${shell}${didYouMean(shell, Object.keys(SHELLS))}`);
      }
      await printer.text(script(all()));
    },
  };
}

const optionsOf = ({ options }: Command): readonly Option[] => [...options, ...GLOBAL_OPTIONS];

/** Every way to write an option. */
const spellings = ({ name, short, negatable }: Option): string[] => [
  `--${name}`,
  ...(negatable === true ? [`--no-${name}`] : []),
  ...(short === undefined ? [] : [`-${short}`]),
];

/** The first words, each with the second ones that it takes. */
function wordTree(commands: readonly Command[]): Map<string, Command[]> {
  const tree = new Map<string, Command[]>();
  for (const command of commands) {
    const [first = ''] = command.words;
    tree.set(first, [...(tree.get(first) ?? []), ...(command.words.length > 1 ? [command] : [])]);
  }
  return tree;
}

/** How a shell is told what to offer. */
interface Offers {
  readonly files: string;
  readonly words: (list: readonly string[]) => string;
  /** What the service has of a noun. */
  readonly ids: (noun: string) => string;
}

/** What is offered where an argument stands. Where nothing is known, that is nothing, and never a file. */
function forArgument({ words: [noun = ''], args }: Command, { files, words, ids }: Offers): string {
  const [first] = args;
  if (first?.is === 'path') return files;
  if (first?.is === 'id') return ids(noun);
  return first?.choices === undefined ? 'return' : words(first.choices);
}

// The same for bash and zsh: what may stand at a place, by the command and the word before.
function places(commands: readonly Command[], offers: Offers): string {
  const { files, words } = offers;
  const tree = wordTree(commands);
  const values = commands.flatMap((command) =>
    optionsOf(command).flatMap((option) => {
      const patterns = spellings(option).map((spelling) => `'${command.words.join(' ')} ${spelling}'`);
      if (option.value === undefined) return [];
      const what = option.takesPath === true ? files : option.choices === undefined ? 'return' : words(option.choices);
      return [`    ${patterns.join('|')}) ${what}; return ;;`];
    }),
  );
  const verbs = [...tree].flatMap(([noun, list]) =>
    list.length === 0 ? [] : [`    '${noun}') ${words(list.map((command) => command.words[1] ?? ''))}; return ;;`],
  );
  const options = commands.map((command) => {
    const list = optionsOf(command).flatMap(spellings);
    return `    '${command.words.join(' ')}') if [[ $word == -* ]]; then ${words(list)}; else ${forArgument(command, offers)}; fi ;;`;
  });
  return [
    '  case "$command $before" in',
    ...values,
    '  esac',
    '  case "$command" in',
    `    '') ${words([...tree.keys(), '--help', '--version'])} ;;`,
    ...verbs,
    ...options,
    '  esac',
  ].join('\n');
}

const nounsOf = (commands: readonly Command[]): string =>
  [...wordTree(commands)].flatMap(([noun, verbs]) => (verbs.length > 0 ? [noun] : [])).join('|');

function bashCompletion(commands: readonly Command[]): string {
  const words = (list: readonly string[]): string => `COMPREPLY=($(compgen -W '${list.join(' ')}' -- "$word"))`;
  const ids = (noun: string): string =>
    `COMPREPLY=($(clientele ${COMPLETE_IDS} ${noun} "$word" "\${COMP_WORDS[@]}" 2> /dev/null < /dev/null))`;
  return `# Completion of clientele for bash, printed by: clientele completion bash
_clientele() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -* ]] && break
    command="\${command:+$command }\${COMP_WORDS[index]}"
    [[ $command =~ ^(${nounsOf(commands)})$ ]] || break
  done
${places(commands, { files: 'COMPREPLY=($(compgen -f -- "$word"))', words, ids })}
}
complete -o filenames -F _clientele clientele
`;
}

function zshCompletion(commands: readonly Command[]): string {
  const words = (list: readonly string[]): string => `compadd -- ${list.map((item) => `'${item}'`).join(' ')}`;
  const ids = (noun: string): string =>
    `compadd -- \${(f)"$(clientele ${COMPLETE_IDS} ${noun} "$word" "\${(@)words}" 2> /dev/null < /dev/null)"}`;
  return `#compdef clientele
# Completion of clientele for zsh, printed by: clientele completion zsh
_clientele() {
  local word=\${words[CURRENT]} before=\${words[CURRENT-1]} command='' index
  for ((index = 2; index < CURRENT; index++)); do
    [[ \${words[index]} == -* ]] && break
    command="\${command:+$command }\${words[index]}"
    [[ $command =~ '^(${nounsOf(commands)})$' ]] || break
  done
${places(commands, { files: '_files', words, ids })}
}
compdef _clientele clientele
`;
}

function fishCompletion(commands: readonly Command[]): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = [...wordTree(commands)].flatMap(([first, verbs]) => {
    const [single] = commands.filter(({ words }) => words.length === 1 && words[0] === first);
    const about = single?.summary ?? `commands about ${first}`;
    const seen = `__fish_seen_subcommand_from ${first}`;
    const names = verbs.map(({ words }) => words[1] ?? '').join(' ');
    return [
      `complete -c clientele -f -n __fish_use_subcommand -a ${first} -d ${quote(about)}`,
      ...verbs.map(
        ({ words, summary }) =>
          `complete -c clientele -f -n ${quote(`${seen}; and not __fish_seen_subcommand_from ${names}`)} -a ${words[1] ?? ''} -d ${quote(summary)}`,
      ),
    ];
  });
  const options = commands.flatMap((command) => {
    const condition = quote(command.words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and '));
    const argument = fishArgument(command, quote);
    return [
      ...(argument === undefined ? [] : [`complete -c clientele -n ${condition} ${argument}`]),
      ...optionsOf(command).flatMap((option) => fishOptions(option, condition, quote)),
    ];
  });
  return `# Completion of clientele for fish, printed by: clientele completion fish\n${['complete -c clientele -f', ...lines, ...options].join('\n')}\n`;
}

function fishArgument(
  { words: [noun = ''], args: [first] }: Command,
  quote: (text: string) => string,
): string | undefined {
  if (first?.is === 'path') return '-F';
  if (first?.choices !== undefined) return `-f -a ${quote(first.choices.join(' '))}`;
  if (first?.is !== 'id') return undefined;
  return `-f -a ${quote(`(clientele ${COMPLETE_IDS} ${noun} (commandline -ct) (commandline -opc) 2> /dev/null < /dev/null)`)}`;
}

function fishOptions(option: Option, condition: string, quote: (text: string) => string): string[] {
  const { name, short, value, negatable, choices, takesPath, summary } = option;
  const short_ = short === undefined ? '' : ` -s ${short}`;
  const takes = value === undefined ? '' : takesPath === true ? ' -r -F' : ' -x';
  const words = choices === undefined ? '' : ` -a ${quote(choices.join(' '))}`;
  const line = `complete -c clientele -n ${condition}${short_} -l ${name}${takes}${words} -d ${quote(summary)}`;
  return negatable === true ? [line, `complete -c clientele -n ${condition} -l no-${name}`] : [line];
}
