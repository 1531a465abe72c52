import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  sign,
  type JsonWebKey,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import { timestamp, type Clock } from '../../shared/clock.ts';
import type { KeyRing, Place } from '../../shared/keys/key-ring.ts';
import { NO_METERS, type Meters } from '../../shared/meters.ts';
import type { Schemas } from '../../shared/contract/operation.ts';
import type { UnitOfWork } from '../../shared/database/unit-of-work.ts';
import type { IssuerStores } from '../issuer.stores.ts';
import { planRotation } from './key-rotation.ts';
import type { SigningKeyStore, StoredSigningKey } from './signing-key.store.ts';

export interface SigningKeysNeeds {
  readonly work: Pick<UnitOfWork<IssuerStores>, 'read' | 'write'>;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly meters?: Meters;
  /** Where pairs of RSA keys of 2,048 bits come from; new ones unless given. */
  readonly newKeyPair?: () => Promise<KeyPairKeyObjectResult>;
}

/** A public signing key as it is published (RFC 7517). */
export type PublicJwk = Schemas['JsonWebKeySet']['keys'][number];

export interface SigningKeys {
  /** Signs claims as an RS256 JWT of this type; `at+jwt` is that of access tokens (RFC 9068). */
  signToken(claims: object, type?: 'at+jwt' | 'JWT'): Promise<string>;
  /** The public half of a key, or undefined when there is no such key. */
  publicKey(kid: string): Promise<KeyObject | undefined>;
  /** The keys to publish, as JWKs. */
  published(): Promise<PublicJwk[]>;
}

interface OpenKey {
  readonly kid: string;
  readonly activeFrom: string;
  readonly jwk: PublicJwk;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** How long the keys are taken as they were read; another replica may have made one since. */
const FRESH = 60_000;
/** How often a key id that is not known makes us look again. */
const COOLDOWN = 30_000;
const LOCK = 'signing-keys';

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);
const makePair = promisify(generateKeyPair);
const madePair = (): Promise<KeyPairKeyObjectResult> => makePair('rsa', { modulusLength: 2048 });

/**
 * The signing keys of the built-in issuer: kept in the database, read at most once a minute, made and rotated by
 * whichever process finds that it is time.
 */
export function signingKeys(needs: SigningKeysNeeds): SigningKeys {
  const { work, ring, clock, meters = NO_METERS } = needs;
  /** `at` is on the scale of `elapsed`. */
  let known: { readonly keys: readonly OpenKey[]; readonly at: number } | undefined;
  let loading: Promise<readonly OpenKey[]> | undefined;

  const load = async (): Promise<readonly OpenKey[]> => {
    const at = clock.elapsed();
    const stored = await work.read((stores) => stores.signingKeys.all());
    const plan = planRotation(stored, clock.now());
    const isSettled = plan.activeFrom === undefined && plan.retired.length === 0;
    const current = isSettled ? stored : await rotate(needs, plan.activeFrom !== undefined);
    const open = new Map(known?.keys.map((key) => [key.kid, key]));
    const keys = current.map((key) => open.get(key.kid) ?? openKey(key, ring));
    known = { keys, at };
    return keys;
  };
  const reload = (): Promise<readonly OpenKey[]> => {
    loading ??= load().finally(() => (loading = undefined));
    return loading;
  };
  const count = meters.cache('signing_keys', () => known?.keys.length ?? 0);
  const younger = (age: number): Promise<readonly OpenKey[]> => {
    const young = known !== undefined && clock.elapsed() - known.at < age ? known.keys : undefined;
    count(young !== undefined);
    return young === undefined ? reload() : Promise.resolve(young);
  };
  const byId = (keys: readonly OpenKey[], kid: string): OpenKey | undefined => keys.find((key) => key.kid === kid);

  return {
    async signToken(claims, typ = 'at+jwt') {
      const now = timestamp(clock.now());
      const keys = await younger(FRESH);
      const key = keys.findLast(({ activeFrom }) => activeFrom <= now) ?? keys[0];
      if (key === undefined) throw new Error('there is no signing key');
      const signed = `${encode({ alg: 'RS256', typ, kid: key.kid })}.${encode(claims)}`;
      const end = meters.signature('sign', typ === 'at+jwt' ? 'access_token' : 'software_statement');
      const signature = await signAsync('sha256', Buffer.from(signed), key.privateKey);
      end();
      return `${signed}.${signature.toString('base64url')}`;
    },
    async publicKey(kid) {
      const key = byId(await younger(FRESH), kid) ?? byId(await younger(COOLDOWN), kid);
      return key?.publicKey;
    },
    published: async () => (await younger(FRESH)).map((key) => key.jwk),
  };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Makes the next key and removes the retired ones, unless another process has done it; returns what is there then. */
async function rotate(needs: SigningKeysNeeds, isKeyDue: boolean): Promise<StoredSigningKey[]> {
  const { work, ring, clock, newKeyPair = madePair } = needs;
  // Outside the transaction: it takes a moment.
  const made = isKeyDue ? await makeKey(ring, await newKeyPair()) : undefined;
  return work.write(async ({ settings, signingKeys: keys }) => {
    await settings.lock(LOCK);
    const plan = planRotation(await keys.all(), clock.now());
    if (plan.activeFrom !== undefined && made !== undefined) {
      await keys.insert({ ...made, activeFrom: timestamp(plan.activeFrom), createdAt: timestamp(clock.now()) });
    }
    await keys.remove(plan.retired);
    return keys.all();
  });
}

async function makeKey(
  ring: KeyRing,
  { publicKey, privateKey }: KeyPairKeyObjectResult,
): Promise<Pick<StoredSigningKey, 'kid' | 'publicJwk' | 'privateJwk'>> {
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: 'RSA', n, e });
  const jwk: PublicJwk = { kty: 'RSA', kid, use: 'sig', alg: 'RS256', n, e };
  return {
    kid,
    publicJwk: JSON.stringify(jwk),
    privateJwk: ring.encrypt(JSON.stringify(privateKey.export({ format: 'jwk' })), placeOf(kid)),
  };
}

const placeOf = (kid: string): Place => ({ purpose: 'signing key', row: kid, column: 'signing_keys.private_jwk' });

function openKey({ kid, activeFrom, publicJwk, privateJwk }: StoredSigningKey, ring: KeyRing): OpenKey {
  const jwk = JSON.parse(publicJwk) as PublicJwk;
  const secret = JSON.parse(ring.decrypt(privateJwk, placeOf(kid))) as JsonWebKey;
  return {
    kid,
    activeFrom,
    jwk,
    publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
    privateKey: createPrivateKey({ key: secret, format: 'jwk' }),
  };
}

/** Encrypts every signing key that is under another key than the first of the ring again. Returns how many it were. */
export async function resealSigningKeys(keys: SigningKeyStore, ring: KeyRing): Promise<number> {
  const outdated = (await keys.all()).filter((key) => ring.isOutdated(key.privateJwk));
  for (const { kid, privateJwk } of outdated) {
    await keys.setPrivate(kid, ring.encrypt(ring.decrypt(privateJwk, placeOf(kid)), placeOf(kid)));
  }
  return outdated.length;
}
