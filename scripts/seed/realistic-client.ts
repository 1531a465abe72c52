import type { ClientInput } from '../../api/clients/document/client.document.ts';

/** A source of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const OWNERS = [
  'Acme',
  'Borealis',
  'Café Müller',
  'Ångström Labs',
  'Zürich Bahn',
  'İstanbul Kargo',
  'Ελλάδα Online',
  'Москва Банк',
  '東京商店',
  '北京云',
  '서울 은행',
  'दिल्ली सेवा',
  'بنك القاهرة',
  'חיפה דיגיטל',
  'São Paulo Saúde',
  'Oslo Kommune',
  'Globex',
  'Initech',
  'Umbrella Health',
  'Northwind',
  'Contoso Retail',
  'Stark Energy',
  'Wayne Logistics',
  'Tyrell',
];
const KINDS = [
  'portal',
  'mobile',
  'billing',
  'reports',
  'gateway',
  'console',
  'checkout',
  'analytics',
  'support',
  'intranet',
  'sync',
  'newsletter',
  'kiosk',
  'identity',
  'inventory',
  'telemetry',
  'chat',
  'wallet',
  'scheduler',
  'archive',
];
const STAGES = ['', '', '', ' staging', ' test', ' (old)'];

/** A client such as registries have: most of them for the web, some native, a few services, names in many scripts. */
export function realisticClient(random: () => number, number: number): ClientInput {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const owner = pick(OWNERS);
  const kind = pick(KINDS);
  // A few hosts have many clients, most have one.
  const host = `${kind}-${Math.floor(random() ** 4 * 5_000)}.example.com`;
  const native = chance(0.15);
  const service = !native && chance(0.25);
  const grants = service ? ['client_credentials'] : ['authorization_code', ...(chance(0.6) ? ['refresh_token'] : [])];
  return {
    clientName: `${owner} ${kind} ${number}${pick(STAGES)}`,
    ...(chance(0.7) && { description: `The ${kind} of ${owner}, number ${number}` }),
    applicationType: native ? 'native' : 'web',
    subjectType: chance(0.2) ? 'pairwise' : 'public',
    tokenEndpointAuthMethod: native ? 'none' : chance(0.85) ? 'client_secret_basic' : 'client_secret_post',
    grantTypes: grants as ClientInput['grantTypes'],
    responseTypes: service ? [] : ['code'],
    redirectUris: service ? [] : native ? [`com.example.${kind}:/callback`] : [`https://${host}/callback`],
    scopes: service ? [] : ['openid', ...(chance(0.8) ? ['profile'] : []), ...(chance(0.5) ? ['email'] : [])],
    ...(chance(0.3) && { softwareId: `software-${Math.floor(random() ** 2 * 2_000)}` }),
    ...(chance(0.05) && { disabled: true }),
    ...(chance(0.1) && {
      expirationDate: `20${30 + Math.floor(random() * 9)}-0${1 + Math.floor(random() * 9)}-15T00:00:00`,
    }),
    ...(chance(0.4) && { contacts: [`owner-${number}@example.com`], accessTokenLifetime: 300 }),
    attributes: { ...(chance(0.5) && { requirePkce: true }), ...(chance(0.1) && { requirePar: true }) },
  };
}
