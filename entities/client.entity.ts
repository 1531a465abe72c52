import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A client: the document that is served, and beside it the columns that are looked up, sorted or filtered by.
 * Timestamps are ISO 8601 text in UTC in every table, so that both databases compare and return them alike.
 */
@Entity('clients')
@Index('ix_clients_display_name', ['displayNameFolded', 'inum'])
@Index('ix_clients_disabled', ['disabled', 'inum'])
@Index('ix_clients_application_type', ['applicationType', 'inum'])
@Index('ix_clients_software_id', ['softwareId', 'inum'])
@Index('ix_clients_expiration_date', ['expirationDate', 'inum'])
@Index('ix_clients_client_id_issued_at', ['clientIdIssuedAt', 'inum'])
@Index('ix_clients_client_secret_expires_at', ['clientSecretExpiresAt', 'inum'])
@Index('ix_clients_approval_state', ['approvalState', 'inum'])
@Index('ix_clients_approval_at', ['approvalState', 'approvalAt'])
@Index('ix_clients_created_at', ['createdAt', 'inum'])
@Index('ix_clients_updated_at', ['updatedAt', 'inum'])
@Index('ix_clients_source', ['source', 'inum'])
@Index('ix_clients_registered_by', ['registeredBy', 'inum'])
export class ClientEntity {
  /** The id of the client, case-sensitive. */
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** The display name under NFKC and in lower case; where there is none, a text that sorts after all others. */
  @Column({ name: 'display_name_folded', type: 'varchar', length: 512 })
  displayNameFolded!: string;

  @Column({ type: 'boolean' })
  disabled!: boolean;

  @Column({ name: 'application_type', type: 'varchar', length: 16 })
  applicationType!: string;

  /** The first characters of `softwareId`, or null. */
  @Column({ name: 'software_id', type: 'varchar', length: 255, nullable: true })
  softwareId!: string | null;

  /** When the client ends, or null when it does not. */
  @Column({ name: 'expiration_date', type: 'varchar', length: 24, nullable: true })
  expirationDate!: string | null;

  @Column({ name: 'client_id_issued_at', type: 'varchar', length: 24, nullable: true })
  clientIdIssuedAt!: string | null;

  @Column({ name: 'client_secret_expires_at', type: 'varchar', length: 24, nullable: true })
  clientSecretExpiresAt!: string | null;

  /** Whether an administrator has to decide about it, or has decided; null for one that needed nobody. */
  @Column({ name: 'approval_state', type: 'varchar', length: 16, nullable: true })
  approvalState!: string | null;

  /** Since when. */
  @Column({ name: 'approval_at', type: 'varchar', length: 24, nullable: true })
  approvalAt!: string | null;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  @Column({ name: 'updated_at', type: 'varchar', length: 24 })
  updatedAt!: string;

  /** Counts the writes of the document, from 1; the first half of the ETag. */
  @Column({ type: 'int' })
  version!: number;

  /** Counts how often the tokens of the client were revoked: one that is of an earlier time is no good. */
  @Column({ name: 'token_generation', type: 'int', default: 0 })
  tokenGeneration?: number;

  /** How the client came in: `registrationMethod` of the contract. */
  @Column({ type: 'varchar', length: 16 })
  source!: string;

  /** Each contact under NFKC and in lower case, between two U+0001; null where there are none. */
  @Column({ name: 'contacts_folded', type: 'text', nullable: true, select: false })
  contactsFolded?: string | null;

  /** The administrator, the initial access token or the issuer of the statement that let it in, or null. */
  @Column({ name: 'registered_by', type: 'varchar', length: 512, nullable: true })
  registeredBy?: string | null;

  /** The client as JSON text, without its secret and its activity. */
  @Column({ type: 'text' })
  document!: string;
}
