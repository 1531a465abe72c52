import { In, type EntityManager } from 'typeorm';
import { ClaimEntity } from '../../../entities/claim.entity.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import { EntryStore, type EntryKind } from '../entry.store.ts';

/** A claim as it is stored and answered. */
export type ClaimDocument = Schemas['JansAttributeReply'];

/** A claim by its two names: its inum, and its name. */
export interface ClaimName {
  readonly inum: string;
  readonly name: string;
}

const CLAIM: EntryKind<ClaimDocument> = {
  entity: ClaimEntity,
  columnsOf: ({ name }) => ({ name }),
  searchedOf: ({ displayName, description, name, inum, claimName }) => [
    displayName,
    description,
    name,
    inum,
    claimName,
  ],
  exists: 'claim-exists',
  nameOf: ({ name }) => name,
  titleOf: ({ displayName }) => displayName,
};

/** The claims in a unit of work. */
export class ClaimStore extends EntryStore<ClaimDocument> {
  constructor(private readonly manager: EntityManager) {
    super(manager, CLAIM);
  }

  /** The names of the claims with these inums. */
  byInums(inums: readonly string[]): Promise<ClaimName[]> {
    return inums.length === 0 ? Promise.resolve([]) : this.names({ inum: In([...inums]) });
  }

  byNames(names: readonly string[]): Promise<ClaimName[]> {
    return names.length === 0 ? Promise.resolve([]) : this.names({ name: In([...names]) });
  }

  private names(where: object): Promise<ClaimName[]> {
    return this.manager.find(ClaimEntity, { select: { inum: true, name: true }, where });
  }
}
