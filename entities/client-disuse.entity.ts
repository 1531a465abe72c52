import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** That nobody uses a client, and what was made of that. It goes with the client. */
@Entity('client_disuse')
@Index('ix_client_disuse_state', ['state', 'at', 'inum'])
export class ClientDisuseEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  /** `reported`, `disabled`, or `kept` by somebody. */
  @Column({ type: 'varchar', length: 16 })
  state!: string;

  /** Since when. */
  @Column({ type: 'varchar', length: 24 })
  at!: string;

  /** The last use that was known when it was reported. */
  @Column({ name: 'used_at', type: 'varchar', length: 24, nullable: true })
  usedAt!: string | null;
}
