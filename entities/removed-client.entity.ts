import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A client that was removed, as long as it can be restored: written in the transaction that removes it. */
@Entity('removed_clients')
export class RemovedClientEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** Tells it from others that were removed from under its inum. */
  @PrimaryColumn({ type: 'varchar', length: 16 })
  incarnation!: string;

  /** Its last version; 0 where `removed_versions` has that. */
  @Column({ type: 'int', default: 0 })
  version!: number;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  @Index('ix_removed_clients_removed_at')
  @Column({ name: 'removed_at', type: 'varchar', length: 24 })
  removedAt!: string;

  /** Who removed it, and how. */
  @Column({ name: 'actor_kind', type: 'varchar', length: 16 })
  actorKind!: string;

  @Column({ name: 'actor_id', type: 'varchar', length: 512 })
  actorId!: string;

  @Column({ name: 'actor_name', type: 'varchar', length: 512, nullable: true })
  actorName!: string | null;

  @Column({ type: 'varchar', length: 16 })
  door!: string;

  @Column({ type: 'varchar', length: 1_000, nullable: true })
  reason!: string | null;

  /** How it had come, and who or what had let it in. */
  @Column({ type: 'varchar', length: 16 })
  source!: string;

  @Column({ name: 'registered_by', type: 'varchar', length: 512, nullable: true })
  registeredBy?: string | null;

  /** Its document, compressed (RFC 1950). SQLite gives an ArrayBuffer. */
  @Column({ type: 'blob' })
  document!: Buffer | ArrayBuffer;

  /** Its current secret as it was kept, in JSON. */
  @Column({ type: 'text', nullable: true })
  secret!: string | null;
}
