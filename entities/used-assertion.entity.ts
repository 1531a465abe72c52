import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A client assertion, or a DPoP proof, that was accepted. The key makes a second use fail, also on another replica. */
@Entity('used_assertions')
export class UsedAssertionEntity {
  /** SHA-256 of the client, or the key of the proof, and the `jti`. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  digest!: string;

  @Index('ix_used_assertions_expires_at')
  @Column({ name: 'expires_at', type: 'varchar', length: 24 })
  expiresAt!: string;
}
