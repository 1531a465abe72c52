import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last version of a client that was removed: one that is made again under its id goes on from there. */
@Entity('removed_versions')
export class RemovedVersionEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  @Column({ type: 'int' })
  version!: number;
}
