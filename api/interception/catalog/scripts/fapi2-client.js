// Clients are as the FAPI 2.0 Security Profile has them: confidential, with the code flow, pushed requests, PKCE, tokens
// that are bound to a key, and signatures of three algorithms only.

const METHODS = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'];
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];
const ALGORITHMS = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];
const SIGNED = [
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'request_object_signing_alg',
  'token_endpoint_auth_signing_alg',
  'access_token_signing_alg',
  'authorization_signed_response_alg',
  'introspection_signed_response_alg',
  'backchannel_authentication_request_signing_alg',
];

function createClient(ctx) {
  const { client } = ctx;
  const methods = [client.token_endpoint_auth_method].concat(client.additional_token_endpoint_auth_methods || []);
  for (const method of methods) {
    if (!METHODS.includes(method))
      refuse(ctx, `token_endpoint_auth_method: ${method} is none of ${METHODS.join(', ')}`);
  }
  for (const grant of client.grant_types || []) {
    if (!GRANTS.includes(grant)) refuse(ctx, `grant_types: ${grant} is none of ${GRANTS.join(', ')}`);
  }
  for (const type of client.response_types || []) {
    if (type !== 'code') refuse(ctx, `response_types: ${type} is not code`);
  }
  // Who says nothing of ID tokens has been given RS256 by registration.
  const asked = (ctx.request.body || {}).id_token_signed_response_alg;
  if (!asked) client.id_token_signed_response_alg = ctx.properties.signing_alg || 'PS256';
  for (const name of SIGNED) {
    if (client[name] !== undefined && !ALGORITHMS.includes(client[name])) {
      refuse(ctx, `${name}: ${client[name]} is none of ${ALGORITHMS.join(', ')}`);
    }
  }
  if ((client.grant_types || []).includes('authorization_code')) {
    const isNative = client.application_type === 'native';
    for (const uri of client.redirect_uris || []) {
      if (!isNative && !uri.startsWith('https://')) refuse(ctx, `redirect_uris: ${uri} does not begin with https://`);
    }
    client.require_pkce = true;
    client.require_par = true;
    client.require_pushed_authorization_requests = true;
  }
  // Where the client has no certificate that tokens could be bound to, they are bound by DPoP.
  if (!client.token_endpoint_auth_method.includes('tls_client_auth')) client.dpop_bound_access_tokens = true;
  return true;
}

function updateClient(ctx) {
  return createClient(ctx);
}

function refuse(ctx, description) {
  ctx.refuse('invalid_client_metadata', description);
}
