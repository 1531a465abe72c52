import { Column, Entity, Index } from 'typeorm';
import { RegistryEntity } from './registry.entity.ts';

/** A claim about users that clients can ask for. */
@Entity('claims')
export class ClaimEntity extends RegistryEntity {
  /** The name of the claim, case-sensitive. */
  @Index('uq_claims_name', { unique: true })
  @Column({ type: 'varchar', length: 256 })
  name!: string;
}
