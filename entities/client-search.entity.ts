import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * The text that a client is searched by, under a number that the index of its database can hold: rows of
 * `client_trigrams` on MariaDB, the full text table `client_fts` on SQLite.
 */
@Entity('client_search')
export class ClientSearchEntity {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number;

  @Index('uq_client_search_inum', { unique: true })
  @Column({ type: 'varchar', length: 128 })
  inum!: string;

  /** Display name, description and inum, folded. */
  @Column({ type: 'text' })
  text!: string;
}
