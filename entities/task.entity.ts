import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Long work, or work that comes again; what it has done so far survives the process that does it. */
@Entity('tasks')
@Index('ix_tasks_due', ['state', 'dueAt'])
export class TaskEntity {
  /** The name of its kind where that comes again, else a UUID. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  kind!: string;

  @Column({ type: 'varchar', length: 16 })
  state!: string;

  /** JSON, as the two that follow. */
  @Column({ type: 'text' })
  parameters!: string;

  /** What the next step goes on from; absent before the first one. */
  @Column({ type: 'text', nullable: true })
  checkpoint!: string | null;

  @Column({ type: 'text', nullable: true })
  progress!: string | null;

  /** How often in a row it has failed, and what was said the last time. */
  @Column({ type: 'int' })
  failures!: number;

  @Column({ type: 'varchar', length: 512, nullable: true })
  failure!: string | null;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  @Column({ name: 'due_at', type: 'varchar', length: 24 })
  dueAt!: string;

  /** When its last step ended, and the whole of it. */
  @Column({ name: 'stepped_at', type: 'varchar', length: 24 })
  steppedAt!: string;

  @Column({ name: 'ended_at', type: 'varchar', length: 24, nullable: true })
  endedAt!: string | null;
}
