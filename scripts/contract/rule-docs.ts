import { sentenceOf } from '../../api/clients/profiles/judgement.ts';
import { PROFILES as SECURITY_PROFILES } from '../../api/clients/profiles/profiles.ts';
import type { Door, Rule } from '../../api/clients/rules/rule.ts';

const REFUSED: Readonly<Record<Door, string>> = { admin: 'administrators', registration: 'registration' };
const PROFILES: Readonly<Record<NonNullable<Rule['profile']>, string>> = { fapi2: 'FAPI 2.0' };

/** The page `docs/rules.md`: the rules that refuse a client, and the advice. */
export function ruleDocs(rules: readonly Rule[]): string {
  const refusing = rules.filter(({ doors }) => doors.length > 0);
  const advising = rules.filter(({ doors }) => doors.length === 0);
  return [
    '# Rules for clients',
    'What a client has to be, beyond the types and limits of its properties. This page is generated from the table of rules.',
    'A client that breaks a rule is refused with 400, and `errors` names every rule that it breaks by its id. ' +
      'What an administrator may do and a client that registers itself may not is advice to administrators: ' +
      '`POST …/openid/clients/validate` lists it under `warnings`.',
    'A patch is refused only for rules about members that it changes.',
    '## Rules',
    table(
      ['Rule', 'Properties', 'What they must be', 'Refused for', 'From'],
      refusing.map((rule) => [...cellsOf(rule), rule.doors.map((door) => REFUSED[door]).join(', '), rule.reference]),
    ),
    '## Advice',
    'Never a reason to refuse a client. What only a security profile asks for is marked with it.',
    table(
      ['Advice', 'Properties', 'What they should be', 'Profile', 'From'],
      advising.map((rule) => [...cellsOf(rule), rule.profile ? PROFILES[rule.profile] : '', rule.reference]),
    ),
    '## Security profiles',
    'What `GET …/openid/clients/report` and `clientele lint` judge by: `error` is what the profile demands, `warning` what it ' +
      'recommends. A record shows no more than this; a client without findings can still be an app that does otherwise.',
    ...Object.entries(SECURITY_PROFILES).flatMap(([name, { title, requirements }]) => [
      `### ${title}`,
      `\`${name}\``,
      table(
        ['Rule', 'Severity', 'What the property must be', 'How to mend it', 'What breaks when it is enforced', 'From'],
        requirements.map((requirement) => {
          const { check, severity, reference } = requirement;
          const { rule, remedy, impact } = check;
          const sentence = `${code(rule.properties[0])} ${sentenceOf(requirement)}`;
          return [code(rule.id), severity, sentence, remedy, impact, reference];
        }),
      ),
    ]),
  ].join('\n\n');
}

const cellsOf = ({ id, properties, sentence }: Rule): string[] => [code(id), properties.map(code).join(', '), sentence];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  );
  return `${lines.join('\n')}\n`;
}

const code = (text: string): string => `\`${text}\``;
