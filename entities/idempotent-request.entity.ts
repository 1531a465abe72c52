import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A request with an idempotency key: under way, or done and its reply kept. The row does not tell the key. */
@Entity('idempotent_requests')
export class IdempotentRequestEntity {
  /** SHA-256 of the operation, who calls it, and the key. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  /** Names the attempt that may keep its reply here. */
  @Column({ type: 'varchar', length: 36 })
  attempt!: string;

  @Index('ix_idempotent_requests_expires_at')
  @Column({ name: 'expires_at', type: 'varchar', length: 24 })
  expiresAt!: string;

  /** The reply, encrypted under a key that needs the idempotency key; null while the request is under way. */
  @Column({ type: 'text', nullable: true })
  reply!: string | null;
}
