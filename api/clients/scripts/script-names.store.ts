import { In, type EntityManager } from 'typeorm';
import { ScriptEntity } from '../../../entities/script.entity.ts';

/** The types of the scripts that there are, by inum. */
export type ScriptTypes = ReadonlyMap<string, string>;

/** What clients need to know of scripts, in a unit of work. */
export interface ScriptNames {
  /** The types of the scripts with these inums; those that there are not are missing. */
  typesOf(inums: readonly string[]): Promise<ScriptTypes>;
}

export const scriptNames = (manager: EntityManager): ScriptNames => ({
  typesOf: async (inums) => {
    if (inums.length === 0) return new Map();
    const rows = await manager.find(ScriptEntity, {
      select: { inum: true, scriptType: true },
      where: { inum: In([...new Set(inums)]) },
    });
    return new Map(rows.map(({ inum, scriptType }) => [inum, scriptType]));
  },
});
