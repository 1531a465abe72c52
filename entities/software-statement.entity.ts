import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A software statement that this service has issued. */
@Entity('software_statements')
export class SoftwareStatementEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  jti!: string;

  @Index('ix_software_statements_org_id')
  @Column({ name: 'org_id', type: 'varchar', length: 256 })
  orgId!: string;

  /** The client that had it issued. */
  @Index('ix_software_statements_creator')
  @Column({ type: 'varchar', length: 512 })
  creator!: string;

  /** `ACTIVE`, `USED` or `REVOKED`; that it has expired shows in `expiresAt`. */
  @Column({ type: 'varchar', length: 16 })
  state!: string;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  @Index('ix_software_statements_expires_at')
  @Column({ name: 'expires_at', type: 'varchar', length: 24 })
  expiresAt!: string;

  /** What it says, as JSON text. */
  @Column({ type: 'text' })
  document!: string;
}
