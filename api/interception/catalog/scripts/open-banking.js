// Registration for open banking: clients come with a software statement of the directory and the certificate that it has
// given them, and get what their roles are for.

function getSoftwareStatementJwks(ctx) {
  const { jwks_endpoint: address } = ctx.properties;
  return address ? ctx.fetchJson(address).then((keys) => JSON.stringify(keys)) : undefined;
}

function createClient(ctx) {
  const { client, statement, properties } = ctx;
  if (!statement) ctx.refuse('invalid_software_statement', 'a software statement is needed');
  if (!wordsOf(properties.statement_issuers).includes(statement.iss)) {
    ctx.refuse('unapproved_software_statement', 'software statements of this issuer are not accepted here');
  }
  checkRedirects(ctx);
  if (properties.require_certificate !== 'false') checkCertificate(ctx);
  fixMethods(ctx);
  giveScopes(ctx);
  client.software_id = softwareOf(ctx);
  client.org_id = organisationOf(ctx);
  return true;
}

function updateClient(ctx) {
  return createClient(ctx);
}

const softwareOf = ({ statement }) => statement.software_id;
const organisationOf = ({ statement, properties }) => statement[properties.organisation_claim || 'org_id'];

function checkRedirects(ctx) {
  const { client, statement } = ctx;
  const known = statement.software_redirect_uris || statement.redirect_uris || [];
  for (const uri of client.redirect_uris || []) {
    if (!known.includes(uri)) ctx.refuse('invalid_redirect_uri', `${uri} is not in the software statement`);
  }
}

function checkCertificate(ctx) {
  const { certificate, properties } = ctx;
  if (!certificate) ctx.refuse('invalid_client_metadata', 'a client certificate is needed');
  const has = (part, value) => value !== undefined && [].concat(certificate.subject[part] || []).includes(value);
  if (!has(properties.certificate_software || 'CN', softwareOf(ctx))) {
    ctx.refuse('invalid_client_metadata', 'the client certificate is not that of the software of the statement');
  }
  if (!has(properties.certificate_organisation || 'OU', organisationOf(ctx))) {
    ctx.refuse('invalid_client_metadata', 'the client certificate is not that of the organisation of the statement');
  }
}

function fixMethods(ctx) {
  const { client, properties } = ctx;
  const methods = wordsOf(properties.auth_methods || 'private_key_jwt tls_client_auth');
  for (const method of [client.token_endpoint_auth_method].concat(
    client.additional_token_endpoint_auth_methods || [],
  )) {
    if (!methods.includes(method)) {
      ctx.refuse('invalid_client_metadata', `token_endpoint_auth_method: ${method} is none of ${methods.join(', ')}`);
    }
  }
  const algorithm = properties.signing_alg || 'PS256';
  for (const name of ['id_token_signed_response_alg', 'request_object_signing_alg']) client[name] = algorithm;
  if (client.token_endpoint_auth_method === 'private_key_jwt') client.token_endpoint_auth_signing_alg = algorithm;
}

// Of the scopes that the client asks for it gets those of its roles, and openid.
function giveScopes(ctx) {
  const { client, statement, properties, request } = ctx;
  const roles = JSON.parse(properties.roles || '{"AISP":"accounts","PISP":"payments","CBPII":"fundsconfirmations"}');
  const given = (statement.software_roles || []).flatMap((role) =>
    Object.hasOwn(roles, role) ? wordsOf(roles[role]) : [],
  );
  const asked = wordsOf((request.body || client).scope);
  const wanted = asked.length > 0 ? asked.filter((scope) => scope === 'openid' || given.includes(scope)) : given;
  client.scope = Array.from(new Set(['openid'].concat(wanted))).join(' ');
}

function wordsOf(text) {
  return (text || '').split(/[\s,]+/).filter((word) => word !== '');
}
