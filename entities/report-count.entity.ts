import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many clients broke a rule when they were counted the last time. */
@Entity('report_counts')
export class ReportCountEntity {
  /** The id of a rule, or what else is counted. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'int' })
  clients!: number;

  /** Those of them that are not disabled. */
  @Column({ type: 'int' })
  enabled!: number;
}
