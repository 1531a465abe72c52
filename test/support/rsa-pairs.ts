import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';

/** Enough that no service and its replicas, which keep three at most, meet one of theirs again. */
const SIGNING_PAIRS = 16;
const made = new Map<string, KeyPairKeyObjectResult>();
let drawn = 0;

/** An RSA pair of 2,048 bits, another for each name. Making one takes as long as a hundred requests, so that they are kept. */
export function rsaPair(name: string): KeyPairKeyObjectResult {
  const pair = made.get(name) ?? generateKeyPairSync('rsa', { modulusLength: 2_048 });
  made.set(name, pair);
  return pair;
}

/** The pair that a service signs with next. */
export const nextSigningPair = (): KeyPairKeyObjectResult => rsaPair(`signing ${drawn++ % SIGNING_PAIRS}`);
