import { Column, Entity, Index } from 'typeorm';
import { RegistryEntity } from './registry.entity.ts';

/** A script: one that runs here when clients are registered, or one that is kept for the authorization server. */
@Entity('scripts')
@Index('ix_scripts_script_type', ['scriptType', 'inum'])
export class ScriptEntity extends RegistryEntity {
  /** The name, case-sensitive. */
  @Index('uq_scripts_name', { unique: true })
  @Column({ type: 'varchar', length: 60 })
  name!: string;

  @Column({ name: 'script_type', type: 'varchar', length: 64 })
  scriptType!: string;

  /** 1 when it runs, or would where it is kept for. */
  @Column({ type: 'int' })
  enabled!: number;

  /** Its last failure since it was written, as JSON text, or null. */
  @Column({ type: 'text', nullable: true })
  failure!: string | null;
}
