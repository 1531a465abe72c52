import type { ServerOptions } from 'node:https';

/** For TLS 1.2 those of RFC 9325 section 4.2 and no others: with forward secrecy and authenticated encryption. */
const TLS_1_2 = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];
const TLS_1_3 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** In milliseconds: a connection that says nothing costs a socket. */
const HANDSHAKE_TIMEOUT = 10_000;

/** What a server of ours is ready to speak TLS with. */
export const TLS_OPTIONS = {
  minVersion: 'TLSv1.2',
  ciphers: [...TLS_1_3, ...TLS_1_2].join(':'),
  honorCipherOrder: true,
  handshakeTimeout: HANDSHAKE_TIMEOUT,
} as const satisfies ServerOptions;
