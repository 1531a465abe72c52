import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A property whose values `client_values` has of every client: what is not here is searched for in the documents. */
@Entity('client_value_properties')
export class ClientValuePropertyEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  property!: string;

  /** What of the property is kept: values that another version kept by another rule do not count. */
  @Column({ type: 'varchar', length: 128 })
  rule!: string;
}
