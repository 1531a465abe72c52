import { Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * That a client has a value: the texts, numbers and list entries of the document again, those that no column or table
 * has, for the clients with one of them in the order of their ids.
 */
@Entity('client_values', { withoutRowid: true })
@Index('ix_client_values_inum', ['inum'])
export class ClientValueEntity {
  /** The address of the property: `contacts`, `attributes.parLifetime`, `redirectUris.host`. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  property!: string;

  /** The value as text; of a long one the beginning and a digest. */
  @PrimaryColumn({ type: 'varchar', length: 100 })
  value!: string;

  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;
}
