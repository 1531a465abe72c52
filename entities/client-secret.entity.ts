import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One secret of a client. A client has several while an old one overlaps a new one. */
@Entity('client_secrets')
@Index('ix_client_secrets_expires_at', ['expiresAt', 'inum'])
export class ClientSecretEntity {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @Index('ix_client_secrets_inum')
  @Column({ type: 'varchar', length: 128 })
  inum!: string;

  /** Counts the secrets of a client; the highest is the current one. */
  @Column({ type: 'int' })
  sequence!: number;

  /** How `value` is kept: `sha256` (made here), `scrypt` (chosen by a caller), `encrypted` (needed in clear) or `imported` (a hash from elsewhere). */
  @Column({ type: 'varchar', length: 16 })
  kind!: string;

  /** The digest or the ciphertext. */
  @Column({ type: 'text' })
  value!: string;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  /** When the secret stops working, or null when it does not. */
  @Column({ name: 'expires_at', type: 'varchar', length: 24, nullable: true })
  expiresAt!: string | null;

  /** What people know it by. */
  @Column({ type: 'varchar', length: 128, nullable: true })
  label?: string | null;

  /** The client that made it, as in the log; null where nobody knows. */
  @Column({ name: 'created_by', type: 'varchar', length: 512, nullable: true })
  createdBy?: string | null;

  /** Written together with the activity of the client, so at most once a minute. */
  @Column({ name: 'last_used_at', type: 'varchar', length: 24, nullable: true })
  lastUsedAt!: string | null;
}
