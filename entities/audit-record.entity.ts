import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Who changed what, written in the transaction of the change. It names properties and holds no values. */
@Entity('audit_records')
@Index('ix_audit_records_batch', ['batch', 'id'])
@Index('ix_audit_records_request', ['requestId', 'id'])
export class AuditRecordEntity {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number;

  @Index('ix_audit_records_at')
  @Column({ type: 'varchar', length: 24 })
  at!: string;

  /** The client whose token the caller sent, or the name of a command or a task. */
  @Column({ type: 'varchar', length: 512 })
  caller!: string;

  /** Who that is: a client, a command… */
  @Column({ name: 'actor_kind', type: 'varchar', length: 16, default: 'client' })
  actorKind!: string;

  /** The operation id, or the name of a command. */
  @Column({ type: 'varchar', length: 128 })
  operation!: string;

  /** What `inum` is the id of. */
  @Column({ name: 'resource_kind', type: 'varchar', length: 16, default: 'client' })
  resourceKind!: string;

  @Index('ix_audit_records_inum')
  @Column({ type: 'varchar', length: 128 })
  inum!: string;

  /** The addresses of the properties that changed, as a JSON array. */
  @Column({ type: 'text' })
  changed!: string;

  @Column({ name: 'request_id', type: 'varchar', length: 128 })
  requestId!: string;

  /** Whom the caller's token was about, where that is not the client itself, by the words of its issuer. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  subject!: string | null;

  @Column({ name: 'subject_name', type: 'varchar', length: 255, nullable: true })
  subjectName!: string | null;

  @Column({ name: 'subject_actor', type: 'varchar', length: 255, nullable: true })
  subjectActor!: string | null;

  /** In the words of who did it. */
  @Column({ type: 'varchar', length: 1_000, nullable: true })
  reason!: string | null;

  /** Counts, from 1, when it was first listed in order; 0 for what was there before that was counted, null until then. */
  @Column({ type: 'int', nullable: true, default: 0 })
  batch!: number | null;
}
