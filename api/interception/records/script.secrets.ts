import type { Schemas } from '../../shared/contract/operation.ts';
import type { KeyRing } from '../../shared/keys/key-ring.ts';
import type { Fault } from '../../shared/problem.ts';
import type { ScriptDocument } from './script.store.ts';

export type ConfigurationProperty = Schemas['SimpleExtendedCustomProperty'];

/** What is answered in place of a hidden value. */
const MASK = '********';

/** Keeps the values of hidden properties, each encrypted for the script and the name that it has. */
export interface ScriptSecrets {
  /** The properties as they are stored. The mask, or no value, stands for the hidden value that there was. */
  sealed(inum: string, written: readonly ConfigurationProperty[], previous: readonly ConfigurationProperty[]): Sealing;
  /** The value of each property in clear, by its name. */
  opened(script: ScriptDocument): Record<string, string>;
  /** The script encrypted under the first key of the ring, or undefined where it is already. */
  resealed(script: ScriptDocument): ScriptDocument | undefined;
}

export interface Sealing {
  readonly properties: ConfigurationProperty[];
  readonly faults: readonly Fault[];
}

const isHidden = ({ hide }: ConfigurationProperty): boolean => hide === true;

const place = (inum: string, name: string) => ({ purpose: 'script properties', row: inum, column: name });

export function scriptSecrets(ring: KeyRing): ScriptSecrets {
  return {
    sealed: (inum, written, previous) => {
      const hidden = new Map(previous.filter(isHidden).map((property) => [property.value1, property.value2]));
      const faults: Fault[] = [];
      const properties = written.map((property, index) => {
        const { value1: name, value2: value } = property;
        const isKept = value === undefined || value === MASK;
        const before = hidden.get(name);
        if (isKept && hidden.has(name)) {
          if (!isHidden(property)) faults.push({ pointer: pointerTo(index), detail: UNHIDDEN, rule: 'hidden-value' });
          return { ...property, ...(before !== undefined && { value2: before }) };
        }
        if (!isHidden(property) || value === undefined) return property;
        if (isKept) faults.push({ pointer: pointerTo(index), detail: NOTHING, rule: 'hidden-value' });
        // Encrypted again it would look like another value.
        const isSame = before !== undefined && ring.decrypt(before, place(inum, name)) === value;
        return { ...property, value2: isSame ? before : ring.encrypt(value, place(inum, name)) };
      });
      return { properties, faults };
    },
    opened: ({ inum, configurationProperties = [] }) =>
      Object.fromEntries(
        configurationProperties.map((property) => {
          const { value1: name, value2: value = '' } = property;
          return [name, isHidden(property) && value !== '' ? ring.decrypt(value, place(inum, name)) : value];
        }),
      ),
    resealed: (script) => {
      const { inum, configurationProperties = [] } = script;
      const isOutdated = (property: ConfigurationProperty): property is ConfigurationProperty & { value2: string } =>
        isHidden(property) && property.value2 !== undefined && ring.isOutdated(property.value2);
      if (!configurationProperties.some(isOutdated)) return undefined;
      const properties = configurationProperties.map((property) => {
        if (!isOutdated(property)) return property;
        const at = place(inum, property.value1);
        return { ...property, value2: ring.encrypt(ring.decrypt(property.value2, at), at) };
      });
      return { ...script, configurationProperties: properties };
    },
  };
}

const pointerTo = (index: number): string => `/configurationProperties/${index}/value2`;

const UNHIDDEN = 'is hidden: it is shown only when the value is written again';
const NOTHING = `${MASK} stands for a hidden value, and there is none`;

/** A script with the mask in place of hidden values. */
export function masked(script: ScriptDocument): ScriptDocument {
  const { configurationProperties: properties } = script;
  if (properties === undefined || !properties.some(isHidden)) return script;
  return {
    ...script,
    configurationProperties: properties.map((property) =>
      isHidden(property) && property.value2 !== undefined ? { ...property, value2: MASK } : property,
    ),
  };
}
