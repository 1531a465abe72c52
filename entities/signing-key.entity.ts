import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that the built-in issuer signs tokens with, shared by all replicas. */
@Entity('signing_keys')
export class SigningKeyEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  kid!: string;

  /** The public half as a JWK. */
  @Column({ name: 'public_jwk', type: 'text' })
  publicJwk!: string;

  /** The private half, encrypted. */
  @Column({ name: 'private_jwk', type: 'text' })
  privateJwk!: string;

  /** From when tokens are signed with it. It is published from its creation on. */
  @Column({ name: 'active_from', type: 'varchar', length: 24 })
  activeFrom!: string;

  @Column({ name: 'created_at', type: 'varchar', length: 24 })
  createdAt!: string;
}
