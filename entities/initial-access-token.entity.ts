import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A token that an administrator hands out, and that clients register with. */
@Entity('initial_access_tokens')
export class InitialAccessTokenEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  /** SHA-256 of the token. */
  @Index('uq_initial_access_tokens_digest', { unique: true })
  @Column({ type: 'varchar', length: 64 })
  digest!: string;

  @Column({ type: 'varchar', length: 256 })
  label!: string;

  @Column({ type: 'int' })
  uses!: number;

  @Column({ name: 'uses_left', type: 'int' })
  usesLeft!: number;

  /** When it ends, or null when it does not. */
  @Column({ name: 'expires_at', type: 'varchar', length: 24, nullable: true })
  expiresAt!: string | null;

  /** The scopes that it allows beside the default ones, as a JSON array of inums. */
  @Column({ type: 'text' })
  scopes!: string;

  /** Whether its clients wait for approval, and where they may have users sent back to, as a JSON object, or null. */
  @Column({ type: 'text', nullable: true })
  conditions!: string | null;

  @Index('ix_initial_access_tokens_created_at')
  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  /** The client that made it. */
  @Column({ name: 'created_by', type: 'varchar', length: 512 })
  createdBy!: string;

  @Column({ name: 'last_used_at', type: 'varchar', length: 24, nullable: true })
  lastUsedAt!: string | null;
}
