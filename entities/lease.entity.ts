import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What one process at a time may do. The row stays; a free one has no holder. */
@Entity('leases')
export class LeaseEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'varchar', length: 320 })
  holder!: string;

  /** One more each time that it is taken: what a former holder still does is known by it. */
  @Column({ type: 'int' })
  epoch!: number;

  @Column({ type: 'varchar', length: 24 })
  since!: string;

  @Column({ name: 'expires_at', type: 'varchar', length: 24 })
  expiresAt!: string;
}
