import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How many tokens with the same scopes a client has got within a minute. */
@Entity('issued_tokens')
export class IssuedTokensEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** `tokenGeneration` of the client: those of an earlier one are revoked. */
  @PrimaryColumn({ type: 'int' })
  generation!: number;

  /** Minutes since the epoch. */
  @PrimaryColumn({ type: 'int' })
  minute!: number;

  /** SHA-256 of `scopes`; empty for those that are not told apart. */
  @PrimaryColumn({ name: 'scopes_digest', type: 'varchar', length: 64 })
  scopesDigest!: string;

  /** As in the tokens: separated by spaces. Null for those that are not told apart. */
  @Column({ type: 'text', nullable: true })
  scopes!: string | null;

  @Column({ type: 'int' })
  tokens!: number;

  @Column({ name: 'first_at', type: 'varchar', length: 24 })
  firstAt!: string;

  @Column({ name: 'last_at', type: 'varchar', length: 24 })
  lastAt!: string;

  /** When the last of them expires. */
  @Index('ix_issued_tokens_ends_at')
  @Column({ name: 'ends_at', type: 'varchar', length: 24 })
  endsAt!: string;
}
