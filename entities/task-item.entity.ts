import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One of many things that a task is about, and what has come of it, written in the transaction that does it. */
@Entity('task_items')
@Index('ux_task_items_key', ['taskId', 'key'], { unique: true })
@Index('ix_task_items_state', ['taskId', 'state', 'position'])
export class TaskItemEntity {
  @PrimaryColumn({ name: 'task_id', type: 'varchar', length: 64 })
  taskId!: string;

  /** Counted from 1. */
  @PrimaryColumn({ type: 'int' })
  position!: number;

  /** What tells it from the others of its task, such as the inum of a client. */
  @Column({ name: 'item_key', type: 'varchar', length: 128 })
  key!: string;

  /** `waiting`, or in the words of its kind of task how it ended. */
  @Column({ type: 'varchar', length: 16 })
  state!: string;

  /** JSON. */
  @Column({ type: 'text', nullable: true })
  result!: string | null;
}
