import { Entity, Index, PrimaryColumn } from 'typeorm';

/** That a client has a scope: the scopes of the document again, for joins from either side. */
@Entity('client_scopes')
@Index('ix_client_scopes_scope', ['scopeInum', 'inum'])
export class ClientScopeEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  @PrimaryColumn({ name: 'scope_inum', type: 'varchar', length: 128 })
  scopeInum!: string;
}
