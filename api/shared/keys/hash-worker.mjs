import { Buffer } from 'node:buffer';
import { parentPort, workerData } from 'node:worker_threads';
import { argon2Verify, bcryptVerify } from 'hash-wasm';

/** bcrypt looks at so many bytes of a secret. */
const MOST_BYTES = 72;

const { kind, hash, secret } = workerData;
const bytes = Buffer.from(secret);
const isRight =
  kind === 'bcrypt'
    ? await bcryptVerify({ hash, password: bytes.subarray(0, MOST_BYTES) })
    : await argon2Verify({ hash, password: bytes });
parentPort.postMessage(isRight);
