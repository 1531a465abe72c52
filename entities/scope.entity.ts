import { Column, Entity, Index } from 'typeorm';
import { RegistryEntity } from './registry.entity.ts';

/** A scope that clients can have. */
@Entity('scopes')
@Index('ix_scopes_creator_id', ['creatorId', 'inum'])
@Index('ix_scopes_registration', ['registration', 'scopeId'])
export class ScopeEntity extends RegistryEntity {
  /** The scope as it stands in tokens and requests, case-sensitive. */
  @Index('uq_scopes_scope_id', { unique: true })
  @Column({ name: 'scope_id', type: 'varchar', length: 512 })
  scopeId!: string;

  @Column({ name: 'scope_type', type: 'varchar', length: 16 })
  scopeType!: string;

  /** When it ends, as on the wire, or null when it does not. */
  @Column({ name: 'expiration_date', type: 'varchar', length: 24, nullable: true })
  expirationDate!: string | null;

  /** Who made it, or null. */
  @Column({ name: 'creator_id', type: 'varchar', length: 512, nullable: true })
  creatorId!: string | null;

  /** How clients that register themselves get it: `registration` of the contract. */
  @Column({ type: 'varchar', length: 16, default: 'never' })
  registration!: string;
}
