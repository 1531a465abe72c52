import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A client: the document that is served, and beside it the columns that are looked up, sorted or filtered by.
 * Timestamps are ISO 8601 text in UTC in every table, so that both databases compare and return them alike.
 */
@Entity('clients')
export class ClientEntity {
  /** The id of the client, case-sensitive. */
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** The display name under NFKC and in lower case, for search and sorting; empty when there is none. */
  @Index('ix_clients_display_name')
  @Column({ name: 'display_name_folded', type: 'varchar', length: 512 })
  displayNameFolded!: string;

  @Index('ix_clients_disabled')
  @Column({ type: 'boolean' })
  disabled!: boolean;

  @Index('ix_clients_application_type')
  @Column({ name: 'application_type', type: 'varchar', length: 16 })
  applicationType!: string;

  /** When the client ends, or null when it does not. */
  @Index('ix_clients_expiration_date')
  @Column({ name: 'expiration_date', type: 'varchar', length: 24, nullable: true })
  expirationDate!: string | null;

  @Index('ix_clients_created_at')
  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  @Column({ name: 'updated_at', type: 'varchar', length: 24 })
  updatedAt!: string;

  /** Counts the writes of the document, from 1; the first half of the ETag. */
  @Column({ type: 'int' })
  version!: number;

  /** Which door the client came in by: `admin`, `registration` or `setup`. */
  @Column({ type: 'varchar', length: 16 })
  source!: string;

  /** The client as JSON text, without its secret and its activity. */
  @Column({ type: 'text' })
  document!: string;
}
