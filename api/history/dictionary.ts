/**
 * What documents of clients have in common, the most common last: with it a packed one takes a quarter of the bytes (RFC 1950
 * section 2.2). It is never changed: what was packed with it cannot be unpacked without.
 */
export const DICTIONARY = Buffer.from(
  [
    '"logoUri":"https://www.","clientUri":"https://www.","policyUri":"https://www.","tosUri":"https://www.",',
    '"contacts":["admin@"],"jwksUri":"https://www./.well-known/jwks.json","softwareId":"",',
    '"softwareVersion":"1.0","postLogoutRedirectUris":["https://localhost:http://127.0.0.1:"],',
    '"grantTypes":["client_credentials","implicit","password"],"responseTypes":["id_token","token"],',
    '"tokenEndpointAuthMethod":"private_key_jwt","none","client_secret_post",',
    '"idTokenSignedResponseAlg":"RS256","accessTokenLifetime":3600,"refreshTokenLifetime":,',
    '"expirationDate":"2026-01-01T00:00:00","clientIdIssuedAt":"2026-01-01T00:00:00",',
    '"claims":["inum=,ou=attributes,o=jans"],"applicationType":"native","{"inum":"","disabled":false,',
    '"clientName":"","displayName":"","description":"","tokenEndpointAuthMethod":"client_secret_basic",',
    '"subjectType":"public","grantTypes":["authorization_code","refresh_token"],"responseTypes":["code"],',
    '"trustedClient":false,"applicationType":"web","redirectUris":["https://","https://"],"scopes":["inum="],',
    '"accessTokenAsJwt":false,"includeClaimsInIdToken":false,"frontChannelLogoutSessionRequired":false,',
    '"backchannelUserCodeParameter":false,"rptAsJwt":false,"persistClientAuthorizations":false,',
    '"deletable":false,"dn":"inum=,ou=clients,o=jans","baseDn":"inum=,ou=clients,o=jans",',
    '"authenticationMethod":"client_secret_basic","allAuthenticationMethods":["client_secret_basic"],',
    '"attributes":{"additionalTokenEndpointAuthMethods":[],"runIntrospectionScriptBeforeJwtCreation":false,',
    '"additionalAudience":[],"dpopBoundAccessToken":false,"backchannelLogoutSessionRequired":false,',
    '"parLifetime":600,"requirePar":false,"requirePkce":false,"requireAuthTime":false,',
    '"jansDefaultPromptLogin":false,"allowSpontaneousScopes":false,"spontaneousScopes":[],',
    '"minimumAcrLevel":-1,"minimumAcrLevelAutoresolve":false,"authorizationDetailsTypes":[],',
    '"keepClientAuthorizationAfterExpiration":false}}',
  ].join(''),
);
