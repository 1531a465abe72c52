import { generateKeyPairSync, randomBytes, sign, type KeyPairKeyObjectResult } from 'node:crypto';
import { rsaPair } from './rsa-pairs.ts';

export interface Certificate {
  /** In PEM, its own authority. */
  readonly cert: string;
  readonly key: string;
}

/** A self-signed certificate for `localhost`, 127.0.0.1, ::1 and further addresses, made at run time with nothing but Node. */
export function selfSignedCertificate(...addresses: Buffer[]): Certificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return certificateOf(pair, sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)), addresses);
}

/** The same with an RSA key. */
export function rsaCertificate(): Certificate {
  const sha256WithRsa = sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), der(0x05));
  return certificateOf(rsaPair('certificate'), sha256WithRsa, []);
}

function certificateOf(
  { publicKey, privateKey }: KeyPairKeyObjectResult,
  algorithm: Buffer,
  addresses: readonly Buffer[],
): Certificate {
  const commonName = sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from('clientele test')))));
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName,
    sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z'))),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(basicConstraints(), subjectAltNames(addresses))),
  );
  const signature = sign('sha256', tbs, privateKey);
  const certificate = sequence(tbs, algorithm, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...contents: Buffer[]): Buffer => der(0x30, ...contents);
const oid = (...bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));

/** critical, CA: TRUE */
function basicConstraints(): Buffer {
  const isCa = der(0x01, Buffer.from([0xff]));
  return sequence(oid(0x55, 0x1d, 0x13), isCa, der(0x04, sequence(isCa)));
}

function subjectAltNames(addresses: readonly Buffer[]): Buffer {
  const names = [
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.from([...Array<number>(15).fill(0), 1])),
    ...addresses.map((address) => der(0x87, address)),
  ];
  return sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(...names)));
}
