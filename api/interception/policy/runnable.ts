import { lookup } from '../../../openapi/lookup.ts';
import type { ScriptRecords, StoredScript } from '../records/script-records.ts';
import type { RunnableScript } from './script-runner.ts';

/** A stored script with its properties in clear, and what of them nobody is shown. */
export function runnableScript(
  records: Pick<ScriptRecords, 'decryptedProperties'>,
  script: StoredScript,
): RunnableScript {
  const properties = records.decryptedProperties(script);
  const { configurationProperties = [] } = script.document;
  const hidden = configurationProperties.flatMap(({ value1, hide }) =>
    hide === true ? (lookup(properties, value1) ?? []) : [],
  );
  return { text: script.text, properties, hidden };
}

/** The same for who brings properties of their own, or another text: these could tell what hidden ones are. */
export function openScript(
  script: StoredScript,
  brought: { readonly script?: string; readonly properties?: Readonly<Record<string, string>> },
): RunnableScript {
  const { script: text, properties = {} } = brought;
  if (text !== undefined) return { text, properties, hidden: [] };
  const { configurationProperties = [] } = script.document;
  const shown = configurationProperties.flatMap(({ value1, value2 = '', hide }) =>
    hide === true ? [] : [[value1, value2] as const],
  );
  return { text: script.text, properties: { ...Object.fromEntries(shown), ...properties }, hidden: [] };
}
