import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A fact about the installation, such as that its first start is done. Rows also serve as locks. */
@Entity('settings')
export class SettingEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'varchar', length: 512 })
  value!: string;
}
