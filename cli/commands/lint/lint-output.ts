import { labelled } from '../../output/findings.ts';
import type { Shape } from '../../output/printer.ts';
import type { Entry } from '../../resource/entry.ts';
import type { Terminal } from '../../terminal.ts';

/** The rules of a report, as a table. */
export const RULES_SHAPE: Shape = {
  id: 'rule',
  columns: ['rule', 'severity', 'clients', 'enabled', 'reference'],
  known: ['rule', 'severity', 'reference', 'properties', 'detail', 'remedy', 'impact', 'clients', 'enabled'],
};

/** The clients that break a rule, as a table. */
export const FOUND_SHAPE: Shape = {
  id: 'inum',
  name: 'clientName',
  columns: ['clientName', 'inum', 'disabled', 'lastAccessTime', 'where'],
  known: ['inum', 'clientName', 'disabled', 'lastAccessTime', 'where', 'findings'],
};

/** What is found in files, as a table. */
export const FILES_SHAPE: Shape = {
  id: 'file',
  columns: ['file', 'severity', 'rule', 'pointer', 'reference'],
  known: ['file', 'severity', 'rule', 'pointer', 'detail', 'reference', 'remedy', 'impact'],
};

/** Whether a rule of a report is broken. */
export const isFinding = ({ clients }: Entry): boolean => Number(clients) > 0;

const number = (value: unknown): string => Number(value).toLocaleString('en');

/** What the report comes to, and when it was right. */
export function headline({ title, clients, failing, failingEnabled, asOf }: Entry): string {
  const fails = `${number(failing)} of ${number(clients)} clients fail, ${number(failingEnabled)} of them enabled`;
  return `${String(title)}\n${fails}. As of ${String(asOf).replace('T', ' ').slice(0, 16)} UTC.\n`;
}

/** Each rule with what it says, how it is mended, and what breaks where it is enforced. */
export function blocksOf(rules: readonly Entry[], { isTty, columns }: Pick<Terminal, 'isTty' | 'columns'>): string {
  const width = isTty ? columns : 80;
  return rules
    .map(({ severity, rule, reference, properties, detail, remedy, impact, clients, enabled }) => {
      const [property] = properties as readonly string[];
      const count = `${number(clients)} ${clients === 1 ? 'client' : 'clients'}, ${number(enabled)} enabled`;
      const lines = [
        labelled(String(severity).padEnd(7), `${String(rule)}: ${count}`, width),
        labelled('       ', `${String(property)} ${String(detail)} (${String(reference)})`, width),
        labelled('  mend ', String(remedy), width),
        labelled('breaks ', String(impact), width),
      ];
      return `${lines.join('\n')}\n`;
    })
    .join('\n');
}
