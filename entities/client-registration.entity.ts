import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** That a client registered itself, and what opens its registration. It goes with the client. */
@Entity('client_registrations')
@Index('ix_client_registrations_initial_token', ['initialTokenId', 'createdAt'])
@Index('ix_client_registrations_statement', ['statementDigest'])
@Index('ix_client_registrations_waiting', ['waitingDigest'])
@Index('ix_client_registrations_reuse', ['reuseDigest', 'createdAt'])
export class ClientRegistrationEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** SHA-256 of the registration access token. */
  @Column({ name: 'token_digest', type: 'varchar', length: 64 })
  tokenDigest!: string;

  /** SHA-256 of the token that replaces it when it is used, or null. */
  @Column({ name: 'next_digest', type: 'varchar', length: 64, nullable: true })
  nextDigest!: string | null;

  /** The initial access token that it registered with, or null. */
  @Column({ name: 'initial_token_id', type: 'varchar', length: 36, nullable: true })
  initialTokenId!: string | null;

  /** The scopes that the initial access token allows beside the default ones, as a JSON array of inums. */
  @Column({ name: 'token_scopes', type: 'text' })
  tokenScopes!: string;

  /** Where the initial access token lets it have users sent back to, as a JSON object of schemes and hosts, or null. */
  @Column({ name: 'token_redirects', type: 'text', nullable: true })
  tokenRedirects!: string | null;

  /** Whether its initial access token wants what it sends signed. */
  @Column({ name: 'must_sign', type: 'boolean', default: false })
  mustSign!: boolean;

  /** The scopes that its software statement grants, as a JSON array of inums. */
  @Column({ name: 'statement_scopes', type: 'text' })
  statementScopes!: string;

  /** SHA-256 of its software statement, which was verified, or null. */
  @Column({ name: 'statement_digest', type: 'varchar', length: 64, nullable: true })
  statementDigest!: string | null;

  /** SHA-256 of the software statement, which was verified, of a change that waits for approval; or null. */
  @Column({ name: 'waiting_digest', type: 'varchar', length: 64, nullable: true })
  waitingDigest!: string | null;
  /** SHA-256 of what it has in common with others of its software, or null where none of them may be this client. */
  @Column({ name: 'reuse_digest', type: 'varchar', length: 64, nullable: true })
  reuseDigest?: string | null;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;
}
