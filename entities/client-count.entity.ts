import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * How many clients there are, and how often they were written: the sums over all shards. Kept in the transaction of each write, since counting the
 * clients themselves takes longer the more there are; in shards, so that writers seldom wait for each other.
 */
@Entity('client_counts')
export class ClientCountEntity {
  @PrimaryColumn({ type: 'int' })
  shard!: number;

  @Column({ type: 'int' })
  clients!: number;

  /** How many writes of clients have counted here: the sum tells whether anything has changed. */
  @Column({ type: 'int', default: 0 })
  writes!: number;
}
