import { Column, PrimaryColumn } from 'typeorm';

/** What scopes, claims and scripts have in common: the document that is served, and beside it what it is searched and sorted by. */
export abstract class RegistryEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  /** Counts the writes of the document, from 1; the first half of the ETag. */
  @Column({ type: 'int' })
  version!: number;

  /** The display name under NFKC and in lower case. */
  @Column({ name: 'display_name_folded', type: 'varchar', length: 512 })
  displayNameFolded!: string;

  /** What `pattern` searches, folded. */
  @Column({ name: 'search_text', type: 'text' })
  searchText!: string;

  /** The resource as JSON text. */
  @Column({ type: 'text' })
  document!: string;
}
