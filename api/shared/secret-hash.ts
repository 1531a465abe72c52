import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { semaphore } from './semaphore.ts';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const COST: ScryptOptions = { N: 16_384, r: 8, p: 1 };
const LENGTH = 32;

/** scrypt takes 16 MB and tens of milliseconds: at most two at once, so that a flood of guesses cannot take the process. */
const slots = semaphore(2);
const hash = (secret: string, salt: Buffer): Promise<Buffer> => slots(() => derive(secret, salt, LENGTH, COST));

const DUMMY_SALT = randomBytes(16);

/** Hashes a secret that a person or a program chose. Returns `<salt>.<hash>` in base64url. */
export async function hashChosenSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('base64url')}.${(await hash(secret, salt)).toString('base64url')}`;
}

/** Whether `secret` is the one that `stored`, made by `hashChosenSecret`, stands for. */
export async function matchesChosenSecret(secret: string, stored: string): Promise<boolean> {
  const [salt = '', expected = ''] = stored.split('.');
  const given = await hash(secret, Buffer.from(salt, 'base64url'));
  return equalBytes(given, Buffer.from(expected, 'base64url'));
}

/** Spends the time of one comparison, so that a refusal does not tell whether there was anything to compare. */
export async function spendComparison(): Promise<void> {
  await hash('', DUMMY_SALT);
}

/** Compares two texts of equal length in constant time; texts of different lengths differ. */
export const equalText = (left: string, right: string): boolean => equalBytes(Buffer.from(left), Buffer.from(right));

function equalBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
