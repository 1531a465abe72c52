import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who has told of uses of clients, and is waited for from then on. */
@Entity('use_reporters')
export class UseReporterEntity {
  /** The client whose token the reports come with. */
  @PrimaryColumn({ type: 'varchar', length: 512 })
  caller!: string;

  /** Since when it has not fallen silent. */
  @Column({ type: 'varchar', length: 24 })
  since!: string;

  @Column({ name: 'heard_at', type: 'varchar', length: 24 })
  heardAt!: string;
}
