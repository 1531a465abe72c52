import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** When a client was last used. Apart from the client, so that its use never rewrites or locks its document. */
@Entity('client_activity')
export class ClientActivityEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** Counts the writes of this row; the second half of the ETag. */
  @Column({ type: 'int' })
  sequence!: number;

  /** As on the wire: to the second, without a zone. */
  @Index('ix_client_activity_last_access_time')
  @Column({ name: 'last_access_time', type: 'varchar', length: 24 })
  lastAccessTime!: string;
}
