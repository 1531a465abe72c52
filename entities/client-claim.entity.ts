import { Entity, Index, PrimaryColumn } from 'typeorm';

/** That a client asks for a claim: the claims of the document again, for joins from either side. */
@Entity('client_claims')
@Index('ix_client_claims_claim_inum', ['claimInum', 'inum'])
export class ClientClaimEntity {
  @PrimaryColumn({ type: 'varchar', length: 128 })
  inum!: string;

  @PrimaryColumn({ name: 'claim_inum', type: 'varchar', length: 128 })
  claimInum!: string;
}
