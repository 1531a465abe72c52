import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A scope that clients can have. */
@Entity('scopes')
export class ScopeEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** The scope as it stands in tokens and requests, case-sensitive. */
  @Index('uq_scopes_scope_id', { unique: true })
  @Column({ name: 'scope_id', type: 'varchar', length: 512 })
  scopeId!: string;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  @Column({ type: 'int' })
  version!: number;

  /** The scope as JSON text. */
  @Column({ type: 'text' })
  document!: string;
}
