import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A token that was revoked before it expired. */
@Entity('revoked_tokens')
export class RevokedTokenEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  jti!: string;

  @Index('ix_revoked_tokens_expires_at')
  @Column({ name: 'expires_at', type: 'varchar', length: 24 })
  expiresAt!: string;
}
