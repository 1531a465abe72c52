const FIRST_TAG = 'OAuth - OpenID Connect - Clients';
const SCHEME = 'oauth2';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** In milliseconds: a token that ends sooner is replaced before it is used. */
const MARGIN = 10_000;

const root = new URL('..', location.href).href.replace(/\/$/, '');

/** Fills forms with their example; Swagger UI fills what has none of its own with the word "string". */
function fillForms(contract) {
  for (const { requestBody } of Object.values(contract.paths).flatMap((item) => Object.values(item))) {
    const media = requestBody?.content['application/x-www-form-urlencoded'];
    if (media === undefined) continue;
    const schema = contract.components.schemas[media.schema.$ref?.split('/').at(-1)] ?? media.schema;
    const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
      return [name, { ...property, example: media.example?.[name] ?? '' }];
    });
    media.schema = { ...schema, properties: Object.fromEntries(properties) };
  }
}

/** The document as this page needs it: at its own address, the only one that its policy lets it call. */
function adapted(contract, hasTokenEndpoint) {
  const { [SCHEME]: scheme } = contract.components.securitySchemes;
  const flow = scheme.flows.clientCredentials;
  flow.tokenUrl = root + flow.tokenUrl.slice(contract.servers[0].url.length);
  if (!hasTokenEndpoint) {
    const description = 'An access token of a trusted issuer. Any one of the scopes that an operation lists is enough.';
    contract.components.securitySchemes[SCHEME] = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description };
  }
  fillForms(contract);
  return { ...contract, servers: [{ url: root }] };
}

const formEncoded = (text) => new URLSearchParams({ v: text }).toString().slice(2);

/** HTTP Basic as RFC 6749 section 2.3.1 has it; Swagger UI leaves out the form encoding. */
const basic = ({ clientId, clientSecret }) => `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`)}`;

/** Shows commands with a variable where the credential was, so that they can be copied, shared and photographed. */
const withoutCredentials = (command, variable) =>
  command
    .replace(
      /(['"])Authorization: (Bearer|DPoP) [^'"]*\1/g,
      (_all, _quote, how) => `"Authorization: ${how} ${variable}"`,
    )
    .replace(/(['"])DPoP: [^'"]*\1/g, () => '"DPoP: …"')
    .replace(/\b(client_secret|client_assertion|token)=[^&'"\s]+/g, '$1=…');

const SHELLS = { bash: '$TOKEN', powershell: '$env:TOKEN', cmd: '%TOKEN%' };

/** What is changed of Swagger UI. Tokens and credentials are in the memory of the page, and nowhere else. */
function clientele() {
  let expires = Infinity;
  const authorizeOauth2 = (keep) => (granted) => {
    expires = Date.now() + granted.token.expires_in * 1000;
    return keep(granted);
  };
  const authorizeRequest = (send) => (request) =>
    send({ ...request, headers: { ...request.headers, Authorization: basic(request.auth) } });
  // Groups are open while something is looked for, so that what is found can be seen.
  const isFiltered = (state) => typeof state.get('filter') === 'string' && state.get('filter') !== '';
  const isShown = (selector) => (state, thing, fallback) =>
    (thing[0] === 'operations-tag' && isFiltered(state)) || selector(thing, fallback);
  // Everything is what the button of the page shows; the tokens of registration belong to the operations that take them.
  const showDefinitions = (show) => (definitions) =>
    show(definitions?.size > 1 ? definitions.filter((definition) => definition.has(SCHEME)) : definitions);
  return {
    statePlugins: {
      auth: { wrapActions: { authorizeOauth2, authorizeRequest, showDefinitions } },
      layout: { wrapSelectors: { isShown } },
    },
    afterLoad() {
      for (const [shell, variable] of Object.entries(SHELLS)) {
        const name = `requestSnippetGenerator_curl_${shell}`;
        const generate = this.fn[name];
        this.fn[name] = (request) => withoutCredentials(generate(request), variable);
      }
    },
    rootInjects: { tokenEnds: () => expires },
  };
}

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
const bytesOf = (text) => new TextEncoder().encode(text);
const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * Makes proofs for clients whose tokens are bound to a key (RFC 9449). The key cannot leave the page, and ends with it.
 * Addresses begin with `base`, where the service is for everybody, whatever this page is opened by.
 */
function prover(base) {
  let keys;
  let nonce;
  let notedAt = 0;
  const hasKey = () => keys !== undefined;
  const note = ({ headers }) => {
    const told = headers?.['dpop-nonce'] ?? headers?.get?.('dpop-nonce');
    if (told) [nonce, notedAt] = [told, Date.now()];
  };
  async function prove({ method, url }, token) {
    keys ??= await crypto.subtle.generateKey(ES256, false, ['sign', 'verify']);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
    const hash = token && base64url(await crypto.subtle.digest('SHA-256', bytesOf(token)));
    const claims = {
      jti: crypto.randomUUID(),
      iat: Math.floor(Date.now() / 1000),
      htm: method.toUpperCase(),
      htu: base + url.slice(root.length).replace(/[?#].*$/, ''),
      ...(hash && { ath: hash }),
      // One that is old would be refused where none is needed.
      ...(nonce && Date.now() - notedAt < 120_000 && { nonce }),
    };
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
    const text = [header, claims].map((part) => base64url(bytesOf(JSON.stringify(part)))).join('.');
    return `${text}.${base64url(await crypto.subtle.sign(ES256, keys.privateKey, bytesOf(text)))}`;
  }
  return { hasKey, note, prove };
}

/** A token request again, with a proof, where the client is one that has bound tokens only. */
async function askedAgain(reply, request, proofs) {
  const isWanted = (text) => /"error":"(invalid_dpop_proof|use_dpop_nonce)"/.test(text);
  if (request === undefined || reply.status !== 400 || !isWanted(reply.text)) return reply;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { url, method, headers, body } = request;
    const proved = { ...headers, DPoP: await proofs.prove({ method, url }) };
    const again = await fetch(url, { method, body, headers: proved, credentials: 'omit' });
    const text = await again.text();
    proofs.note(again);
    if (again.ok || !isWanted(text)) {
      const { ok, status, statusText } = again;
      return Object.assign(reply, { ok, status, statusText, text, data: text, obj: JSON.parse(text) });
    }
  }
  return reply;
}

/** What is sent, and what is answered, where tokens may be bound to a key. */
function interceptors(uiOf, tokenUrl, proofs) {
  let asked;
  return {
    async requestInterceptor(request) {
      // Without credentials of the browser, which would ask for some itself when the token endpoint refuses ours.
      const fresh = await withFreshToken(uiOf(), Object.assign(request, { credentials: 'omit' }), proofs);
      if (fresh.url === tokenUrl) asked = { ...fresh };
      const [, token] = /^DPoP (.+)$/.exec(fresh.headers?.Authorization ?? '') ?? [];
      if (token !== undefined) fresh.headers.DPoP = await proofs.prove({ method: 'GET', ...fresh }, token);
      return fresh;
    },
    responseInterceptor(reply) {
      proofs.note(reply);
      return reply.url === tokenUrl ? askedAgain(reply, asked, proofs) : reply;
    },
  };
}

/** Gives a request a new token when the one that it has is at its end. */
async function withFreshToken(ui, request, proofs) {
  const auth = ui.authSelectors.authorized().get(SCHEME)?.toJS();
  if (auth?.clientSecret === undefined) return request;
  // The tokens of registration come from elsewhere.
  const { access_token: present, token_type: how } = auth.token;
  if (request.headers?.Authorization !== `${how} ${present}`) return request;
  if (ui.tokenEnds() - Date.now() > MARGIN) return request;
  const ask = async () => {
    const url = auth.schema.tokenUrl;
    const proof = proofs.hasKey() && { DPoP: await proofs.prove({ method: 'POST', url }) };
    const headers = { Authorization: basic(auth), ...proof };
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: auth.scopes.join(' ') });
    const answer = await fetch(url, { method: 'POST', credentials: 'omit', headers, body });
    proofs.note(answer);
    return answer;
  };
  const first = await ask();
  // The clock of this machine may be wrong, and the nonce that it needs then is there now.
  const reply = first.status === 400 && proofs.hasKey() ? await ask() : first;
  // The operation then answers 401 and says why.
  if (!reply.ok) return request;
  const token = await reply.json();
  ui.authActions.authorizeOauth2({ auth, token });
  request.headers.Authorization = `${token.token_type} ${token.access_token}`;
  return request;
}

const isRemoval = (operation) => Number(operation.get('method') === 'delete');

/** So that examples can be tried from the first to the last: what they are about is removed at the end. */
const inOrderOfUse = (a, b) =>
  isRemoval(a) - isRemoval(b) ||
  a.get('path').localeCompare(b.get('path')) ||
  METHODS.indexOf(a.get('method')) - METHODS.indexOf(b.get('method'));

/** Enter in a field for credentials is what it is in a form. */
function authorizeOnEnter({ key, target }) {
  if (key !== 'Enter' || !target.matches('.dialog-ux input:not([type=checkbox])')) return;
  target.closest('.auth-container').querySelector('.modal-btn.authorize')?.click();
}

async function main() {
  const hasTokenEndpoint = document.documentElement.dataset.tokenEndpoint === 'on';
  const reply = await fetch('../openapi.json', { credentials: 'omit' });
  const contract = await reply.json();
  const base = contract.servers[0].url;
  const spec = adapted(contract, hasTokenEndpoint);
  const tokenUrl = spec.components.securitySchemes[SCHEME].flows?.clientCredentials.tokenUrl;
  const ui = SwaggerUIBundle({
    spec,
    dom_id: '#swagger-ui',
    layout: 'BaseLayout',
    plugins: [clientele],
    deepLinking: true,
    docExpansion: 'none',
    operationsSorter: inOrderOfUse,
    filter: true,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    requestSnippetsEnabled: true,
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    validatorUrl: 'none',
    ...interceptors(() => ui, tokenUrl, prover(base)),
    onComplete: () => {
      // Dispatched by hand, since the action also writes the group into the address.
      const payload = { thing: ['operations-tag', FIRST_TAG], shown: true };
      if (location.hash === '') ui.getStore().dispatch({ type: 'layout_show', payload });
    },
  });
  ui.initOAuth({
    scopes: hasTokenEndpoint ? Object.keys(spec.components.securitySchemes[SCHEME].flows.clientCredentials.scopes) : [],
  });
}

document.addEventListener('keydown', authorizeOnEnter);
void main();
