import { newClient } from '../operations.ts';

/** Something that is asked of the service. */
export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What questions are made of. */
export interface Stock {
  readonly clients: number;
  readonly inums: readonly string[];
  /** A cursor that leads to nine tenths of all clients. */
  readonly deep: string;
  readonly basic: string;
  readonly pick: <T>(list: readonly T[]) => T;
  /** Another number with each call. */
  readonly next: () => number;
}

export interface Question {
  readonly name: string;
  /** In milliseconds, for the slowest; left out where nothing was aimed at. */
  readonly target?: number;
  readonly ask: (stock: Stock) => Request;
  /** Whether 503 is an answer: it had its time. */
  readonly mayStop?: true;
}

const CLIENTS = '/jans-config-api/api/v1/openid/clients';
const list = (parameters: Record<string, string | number>): Request => {
  const texts = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]);
  return { path: `${CLIENTS}?${new URLSearchParams(texts).toString()}` };
};
const filter = (fieldValuePair: string, more: Record<string, string> = {}): Request =>
  list({ fieldValuePair, ...more });

/** Words of many names, each of them in one of twenty to thirty. */
const COMMON = [
  'portal',
  'mobile',
  'billing',
  'reports',
  'gateway',
  'console',
  'support',
  'wallet',
  'archive',
  'kiosk',
];
const DAYS = Array.from({ length: 9 }, (_unused, at) => `203${at}-0${at + 1}-15T00:00:00`);

const [PAGE, SEARCH, SORTED, BUDGET] = [25, 25, 250, 2_300];

const reading: readonly Question[] = [
  { name: 'GET by id', target: 10, ask: ({ inums, pick }) => ({ path: `${CLIENTS}/${pick(inums)}` }) },
  { name: 'list 50', target: PAGE, ask: () => list({}) },
  { name: 'cursor at nine tenths', target: PAGE, ask: ({ deep }) => list({ cursor: deep }) },
  ...[0.01, 0.1, 0.5, 0.9].map((part): Question => {
    const place = ({ clients }: Stock): number => Math.floor(clients * part);
    return { name: `startIndex at ${part * 100} %`, target: 150, ask: (stock) => list({ startIndex: place(stock) }) };
  }),
  { name: 'sortBy=displayName', target: PAGE, ask: () => list({ sortBy: 'displayName' }) },
  {
    name: 'sortBy=displayName, descending',
    target: PAGE,
    ask: () => list({ sortBy: 'displayName', sortOrder: 'descending' }),
  },
  {
    name: 'sortBy=displayName, startIndex at 90 %',
    target: 150,
    ask: ({ clients }) => list({ sortBy: 'displayName', startIndex: Math.floor(clients * 0.9) }),
  },
  ...['expirationDate', 'clientIdIssuedAt', 'softwareId'].flatMap((sortBy): Question[] => [
    { name: `sortBy=${sortBy}`, target: PAGE, ask: () => list({ sortBy }) },
    { name: `sortBy=${sortBy}, descending`, target: PAGE, ask: () => list({ sortBy, sortOrder: 'descending' }) },
  ]),
  {
    name: 'sortBy=accessTokenLifetime',
    target: BUDGET,
    mayStop: true,
    ask: () => list({ sortBy: 'accessTokenLifetime' }),
  },
];

const searching: readonly Question[] = [
  {
    name: 'search, rare (a number)',
    target: SEARCH,
    ask: ({ clients, next }) => list({ pattern: String(Math.floor(clients / 2) + next()) }),
  },
  // Another term each time, so that no total is remembered.
  {
    name: 'search, common, first time',
    target: SORTED,
    ask: ({ next, pick }) => list({ pattern: `${pick(COMMON)} ${next() % 10}` }),
  },
  { name: 'search, common, repeated', target: SEARCH, ask: () => list({ pattern: 'portal' }) },
  { name: 'search, no match, rare parts', target: SEARCH, ask: ({ next }) => list({ pattern: `qxqz${next()}` }) },
  {
    name: 'search, no match, common parts',
    target: SEARCH,
    ask: ({ pick }) => list({ pattern: pick(['acme acme', 'of of of', 'portal portal']) }),
  },
  {
    name: 'search, one or two letters',
    target: SEARCH,
    ask: ({ pick }) => list({ pattern: pick(['a', 'ac', 'po', 'z']) }),
  },
  {
    name: 'search, common, sortBy=displayName',
    target: SORTED,
    ask: ({ pick }) => list({ pattern: pick(COMMON), sortBy: 'displayName' }),
  },
  {
    name: 'search acme, sortBy=displayName, descending',
    target: SORTED,
    ask: () => list({ pattern: 'acme', sortBy: 'displayName', sortOrder: 'descending' }),
  },
  {
    name: 'search, common, startIndex at 1 %',
    target: SORTED,
    ask: ({ clients, pick }) => list({ pattern: pick(COMMON), startIndex: Math.floor(clients / 100) }),
  },
];

const filtering: readonly Question[] = [
  ...[
    'disabled=true',
    'applicationType=native',
    'scopes=email',
    'grantTypes=authorization_code',
    'subjectType=pairwise',
  ].map((pair): Question => ({ name: `filter ${pair}`, target: PAGE, ask: () => filter(pair) })),
  { name: 'filter softwareId=…', target: PAGE, ask: ({ next }) => filter(`softwareId=software-${next() % 2_000}`) },
  { name: 'filter expirationDate=…', target: PAGE, ask: ({ pick }) => filter(`expirationDate=${pick(DAYS)}`) },
  { name: 'filter contacts=…', target: PAGE, ask: ({ next }) => filter(`contacts=owner-${next()}@example.com`) },
  { name: 'filter clientName=…', target: PAGE, ask: ({ next }) => filter(`clientName=Acme portal ${next()}`) },
  {
    name: 'filter redirectUris.host=…',
    target: PAGE,
    ask: ({ next }) => filter(`redirectUris.host=portal-${next() % 5_000}.example.com`),
  },
  { name: 'filter accessTokenLifetime=301', target: PAGE, ask: () => filter('accessTokenLifetime=301') },
  { name: 'filter customAttributes.tier=gold', target: PAGE, ask: () => filter('customAttributes.tier=gold') },
  {
    name: 'filter accessTokenLifetime>300',
    target: BUDGET,
    mayStop: true,
    ask: () => filter('accessTokenLifetime>300'),
  },
];

const json = { 'content-type': 'application/json' };
const writing: readonly Question[] = [
  {
    name: 'POST',
    ask: ({ next }) => ({ method: 'POST', path: CLIENTS, headers: json, body: newClient(`Scale ${next()}`) }),
  },
  {
    name: 'PATCH',
    ask: ({ inums, pick, next }) => ({
      method: 'PATCH',
      path: `${CLIENTS}/${pick(inums)}`,
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ description: `Change number ${next()}` }),
    }),
  },
  {
    name: 'token',
    ask: ({ basic }) => ({
      method: 'POST',
      path: '/jans-auth/restv1/token',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    }),
  },
];

const judging: readonly Question[] = ['', '?rule=public-client-uses-pkce', '?rule=no-password-grant'].map((query) => ({
  name: `report${query}`,
  target: PAGE,
  ask: () => ({ path: `${CLIENTS}/report${query}` }),
}));

/** What is asked one after the other. */
export const QUESTIONS: readonly Question[] = [...reading, ...searching, ...filtering, ...judging, ...writing];

const named = (name: string): Question => QUESTIONS.find((question) => question.name === name) as Question;

/** What is asked at a rate, and how often out of a hundred. */
export const MIX: readonly (Question & { readonly share: number })[] = [
  { ...named('GET by id'), share: 38 },
  { ...named('list 50'), share: 8 },
  { ...named('search, rare (a number)'), share: 5 },
  { ...named('search, common, first time'), name: 'search, common', share: 5 },
  { ...named('filter contacts=…'), share: 2 },
  { ...named('filter grantTypes=authorization_code'), share: 2 },
  { ...named('POST'), share: 10 },
  { ...named('PATCH'), share: 20 },
  { ...named('token'), share: 10 },
];

/** What reads everything, and finds nothing. */
export const WORST: readonly ((stock: Stock) => Request)[] = [
  ({ next }) => filter(`description<A${next()},accessTokenLifetime>300`),
  ({ next }) => filter(`accessTokenLifetime>${400 + next()}`, { sortBy: 'tokenEndpointAuthMethod' }),
  ({ next }) => list({ pattern: `a,e,i,o,u,r,s,t,n,qx${next()}`, sortBy: 'accessTokenLifetime' }),
  ({ clients }) => list({ pattern: 'a', sortBy: 'displayName', startIndex: Math.floor(clients / 2) }),
];
