import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A claim about users that clients can ask for. */
@Entity('claims')
export class ClaimEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** The name of the claim in tokens, case-sensitive. */
  @Index('uq_claims_name', { unique: true })
  @Column({ type: 'varchar', length: 256 })
  name!: string;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;

  @Column({ type: 'int' })
  version!: number;

  /** The claim as JSON text. */
  @Column({ type: 'text' })
  document!: string;
}
