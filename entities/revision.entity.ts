import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a resource was after a write, and who wrote it: written in the transaction of the write. */
@Entity('revisions')
export class RevisionEntity {
  @PrimaryColumn({ type: 'varchar', length: 16 })
  kind!: string;

  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** From 1 for each kind and inum; a resource that is made again under the inum of a removed one goes on counting. */
  @PrimaryColumn({ type: 'int' })
  number!: number;

  /** Tells a resource from another one that was made under its inum. */
  @Column({ type: 'varchar', length: 16 })
  incarnation!: string;

  @Index('ix_revisions_at')
  @Column({ type: 'varchar', length: 24 })
  at!: string;

  @Column({ name: 'actor_kind', type: 'varchar', length: 16 })
  actorKind!: string;

  @Column({ name: 'actor_id', type: 'varchar', length: 512 })
  actorId!: string;

  @Column({ name: 'actor_name', type: 'varchar', length: 512, nullable: true })
  actorName!: string | null;

  /** Whom the caller's token was about, where that is not the client itself, by the words of its issuer. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  subject!: string | null;

  @Column({ name: 'subject_name', type: 'varchar', length: 255, nullable: true })
  subjectName!: string | null;

  @Column({ name: 'subject_actor', type: 'varchar', length: 255, nullable: true })
  subjectActor!: string | null;

  @Column({ type: 'varchar', length: 16 })
  door!: string;

  /** The address of who did it; empty where no request led to it, as is the id of that. */
  @Column({ type: 'varchar', length: 64 })
  source!: string;

  @Column({ name: 'request_id', type: 'varchar', length: 128 })
  requestId!: string;

  @Column({ type: 'varchar', length: 1_000, nullable: true })
  reason!: string | null;

  /** What was restored: the number of a revision or, of a removed one, its incarnation and inum. */
  @Column({ name: 'restored_from', type: 'varchar', length: 160, nullable: true })
  restoredFrom!: string | null;

  /** The resource as JSON text, without secrets, compressed (RFC 1950); null when it was removed. SQLite gives an ArrayBuffer. */
  @Column({ type: 'blob', nullable: true })
  document!: Buffer | ArrayBuffer | null;
}
