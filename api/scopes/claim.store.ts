import { In, type EntityManager } from 'typeorm';
import { ClaimEntity } from '../../entities/claim.entity.ts';

/** A claim by its two names: its inum, and its name in tokens. */
export interface ClaimName {
  readonly inum: string;
  readonly name: string;
}

export interface NewClaim extends ClaimName {
  readonly createdAt: string;
  /** The claim as JSON text. */
  readonly document: string;
}

export interface ClaimStore {
  byInums(inums: readonly string[]): Promise<ClaimName[]>;
  byNames(names: readonly string[]): Promise<ClaimName[]>;
  insert(claim: NewClaim): Promise<void>;
}

export function claimStore(manager: EntityManager): ClaimStore {
  const claims = manager.getRepository(ClaimEntity);
  const named = async (where: object): Promise<ClaimName[]> =>
    claims.find({ select: { inum: true, name: true }, where });
  return {
    byInums: async (inums) => (inums.length === 0 ? [] : named({ inum: In([...inums]) })),
    byNames: async (names) => (names.length === 0 ? [] : named({ name: In([...names]) })),
    insert: async (claim) => {
      await claims.insert({ ...claim, version: 1 });
    },
  };
}
