// Generated from openapi/openid-client.yaml by `npm run generate`. Do not edit.
import type { ClientProperty, Property } from './property.ts';

/** Every property of a client and of its `attributes`. */
export const CLIENT_PROPERTIES = [
  {
    "path": "inum",
    "name": "inum",
    "type": "string",
    "section": "basic",
    "label": "Client id",
    "control": "text",
    "setBy": "admin",
    "db": "inum",
    "dcr": {
      "name": "client_id",
      "as": "text",
      "replyOnly": true
    },
    "description": "The id of the client, which it sends as `client_id` in OAuth requests (RFC 6749 section 2.2). A caller may choose it on creation, where one that is taken is refused with 409; otherwise the service makes one. It never changes."
  },
  {
    "path": "disabled",
    "name": "disabled",
    "type": "boolean",
    "section": "basic",
    "label": "Disabled",
    "control": "checkbox",
    "setBy": "admin",
    "db": "jansDisabled",
    "default": false,
    "description": "Takes the client out of use without removing it: the token endpoint refuses it as it refuses an unknown client, and this API refuses the tokens that it already has. Absent means that the client is active."
  },
  {
    "path": "clientName",
    "name": "clientName",
    "type": "string",
    "section": "basic",
    "label": "Client name",
    "control": "text",
    "setBy": "registration",
    "db": "displayName",
    "dcr": {
      "name": "client_name",
      "as": "localized"
    },
    "description": "The name that users read on sign-in and consent pages (RFC 7591 section 2). `displayName` and the `\"\"` language of `clientNameLocalized` hold the same value. A client without a name can only be shown by its id."
  },
  {
    "path": "displayName",
    "name": "displayName",
    "type": "string",
    "section": "basic",
    "label": "Display name",
    "control": "text",
    "setBy": "registration",
    "db": "displayName",
    "aliasOf": "clientName",
    "description": "Another name of `clientName`, with the same value in every reply. A write may give either of the two. Where a client is created with two different ones the later in the document counts, unless the request is strict; to change both to different values is refused."
  },
  {
    "path": "clientSecret",
    "name": "clientSecret",
    "type": "string",
    "section": "basic",
    "label": "Client secret",
    "control": "secret",
    "setBy": "admin",
    "db": "jansClntSecret",
    "dcr": {
      "name": "client_secret",
      "as": "text",
      "replyOnly": true
    },
    "description": "The secret that the client proves itself with: 8 to 256 printable ASCII characters, no space. A client whose authentication methods need one gets a random secret when this is left out on creation: of 256 bits, or of 64 characters where it is the key of an algorithm. Leaving it out of an update keeps the present one, and sending that one again changes nothing. It is shown in the reply that sets it, and later only where the deployment keeps secrets recoverable. Where the client states an algorithm such as `HS512`, the secret has at least as many bytes as the hash (RFC 7518 section 3.2); where it states none, only those are taken that the secret is long enough for."
  },
  {
    "path": "clientSecretHash",
    "name": "clientSecretHash",
    "type": "string",
    "section": "basic",
    "label": "Hash of the client secret",
    "control": "secret",
    "setBy": "admin",
    "description": "In place of `clientSecret`, its hash as another system keeps it, so that the client goes on with the secret that it has: bcrypt up to cost 13, PBKDF2 (`$pbkdf2-sha256$i=…$salt$hash`) up to 1,000,000 rounds, scrypt and Argon2 in their PHC form. It is never shown, and replaced by a digest of ours when the client has authenticated once. A client that needs the secret itself, as for `client_secret_jwt`, cannot have it."
  },
  {
    "path": "description",
    "name": "description",
    "type": "string",
    "section": "basic",
    "label": "Description",
    "control": "multiline",
    "setBy": "admin",
    "db": "description",
    "description": "Notes for administrators: what the client is for and who runs it. Searches with `pattern` look here as well; users and the client itself never see it."
  },
  {
    "path": "tokenEndpointAuthMethod",
    "name": "tokenEndpointAuthMethod",
    "type": "string",
    "section": "basic",
    "label": "Authentication method",
    "control": "dropdown",
    "setBy": "registration",
    "db": "jansTknEndpointAuthMethod",
    "dcr": {
      "name": "token_endpoint_auth_method",
      "as": "text"
    },
    "values": [
      "client_secret_basic",
      "client_secret_post",
      "client_secret_jwt",
      "private_key_jwt",
      "access_token",
      "tls_client_auth",
      "self_signed_tls_client_auth",
      "none",
      "spiffe_jwt"
    ],
    "default": "client_secret_basic",
    "description": "How the client authenticates at the token endpoint and the other endpoints that it calls directly (OpenID Connect Core section 9, RFC 8705). `none` makes it a public client, which has no secret and relies on PKCE. Absent is stored as `client_secret_basic`; more methods can be accepted through `attributes.additionalTokenEndpointAuthMethods`. The built-in authorization server takes `client_secret_basic`, `client_secret_post`, `client_secret_jwt` and `private_key_jwt`; the others are for the deployment's."
  },
  {
    "path": "subjectType",
    "name": "subjectType",
    "type": "string",
    "section": "basic",
    "label": "Subject type",
    "control": "radio",
    "setBy": "registration",
    "db": "jansSubjectTyp",
    "dcr": {
      "name": "subject_type",
      "as": "text"
    },
    "values": [
      "public",
      "pairwise"
    ],
    "default": "public",
    "description": "Whether all clients see the same `sub` claim for a user (`public`), or each sector its own, so that clients cannot compare their users (`pairwise`; OpenID Connect Core section 8). Absent is stored as `public`."
  },
  {
    "path": "sectorIdentifierUri",
    "name": "sectorIdentifierUri",
    "type": "string",
    "section": "basic",
    "label": "Sector identifier URI",
    "control": "text",
    "setBy": "registration",
    "db": "jansSectorIdentifierURI",
    "dcr": {
      "name": "sector_identifier_uri",
      "as": "text"
    },
    "description": "The https address of a JSON array that names every redirect URI of the client. Pairwise subjects are then computed from the host of this address (OpenID Connect Core section 8.1); without it from the host of the redirect URIs, which must be one and the same."
  },
  {
    "path": "grantTypes",
    "name": "grantTypes",
    "type": "string-list",
    "section": "basic",
    "label": "Grant types",
    "control": "checklist",
    "setBy": "registration",
    "db": "jansGrantTyp",
    "dcr": {
      "name": "grant_types",
      "as": "list"
    },
    "values": [
      "none",
      "authorization_code",
      "implicit",
      "password",
      "client_credentials",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:uma-ticket",
      "urn:ietf:params:oauth:grant-type:token-exchange",
      "urn:openid:params:grant-type:ciba",
      "urn:ietf:params:oauth:grant-type:device_code",
      "urn:ietf:params:oauth:grant-type:jwt-bearer"
    ],
    "default": [],
    "description": "The grants that the token endpoint accepts from the client (RFC 7591 section 2); it refuses every other one. `authorization_code` and `implicit` need redirect URIs and fitting response types. Absent is stored as an empty list, with which the client gets no tokens."
  },
  {
    "path": "responseTypes",
    "name": "responseTypes",
    "type": "string-list",
    "section": "basic",
    "label": "Response types",
    "control": "checklist",
    "setBy": "registration",
    "db": "jansRespTyp",
    "dcr": {
      "name": "response_types",
      "as": "list"
    },
    "values": [
      "code",
      "token",
      "id_token",
      "code token",
      "code id_token",
      "id_token token",
      "code id_token token"
    ],
    "description": "What the client may ask the authorization endpoint for (RFC 6749 section 3.1.1); a combination is an entry of its own. `code` goes with the grant type `authorization_code`, `token` and `id_token` with `implicit`, a combination with those of its parts. Absent means that the client sends no authorization requests."
  },
  {
    "path": "trustedClient",
    "name": "trustedClient",
    "type": "boolean",
    "section": "basic",
    "label": "Skip the consent page",
    "control": "checkbox",
    "setBy": "admin",
    "db": "jansTrustedClnt",
    "default": false,
    "description": "Lets the authorization server grant the requested scopes without asking the user, where the server allows trusted clients at all. It is meant for clients of the same operator; false or absent asks the user."
  },
  {
    "path": "applicationType",
    "name": "applicationType",
    "type": "string",
    "section": "basic",
    "label": "Application type",
    "control": "radio",
    "setBy": "registration",
    "db": "jansAppTyp",
    "dcr": {
      "name": "application_type",
      "as": "text"
    },
    "values": [
      "web",
      "native"
    ],
    "default": "web",
    "description": "Decides which redirect URIs are acceptable: a `web` client is called back over https, a `native` one runs on the device of the user and may use a private-use scheme or a loopback address (OpenID Connect Dynamic Client Registration section 2, RFC 8252 section 7). Absent is stored as `web`."
  },
  {
    "path": "redirectUris",
    "name": "redirectUris",
    "type": "string-list",
    "section": "basic",
    "label": "Redirect URIs",
    "control": "list",
    "setBy": "registration",
    "db": "jansRedirectURI",
    "dcr": {
      "name": "redirect_uris",
      "as": "list"
    },
    "description": "Where the authorization server may send the user back to with its answer. The `redirect_uri` of a request must equal one of them character by character, except for the port of a native client's loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3). A client with the grant type `authorization_code` or `implicit`, or with a response type, must have one; for every other client an empty list and none are the same."
  },
  {
    "path": "scopes",
    "name": "scopes",
    "type": "string-list",
    "section": "basic",
    "label": "Scopes",
    "control": "scopes",
    "setBy": "registration",
    "db": "jansScope",
    "dcr": {
      "name": "scope",
      "as": "scope-string",
      "formerly": [
        "scopes"
      ]
    },
    "refs": "scope",
    "description": "The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none."
  },
  {
    "path": "claims",
    "name": "claims",
    "type": "string-list",
    "section": "basic",
    "label": "Claims",
    "control": "claims",
    "setBy": "registration",
    "db": "jansClaim",
    "dcr": {
      "name": "claims",
      "as": "scope-string"
    },
    "refs": "claim",
    "description": "The claims that the client may ask for one by one with the `claims` parameter (OpenID Connect Core section 5.5), besides those that come with its scopes. Each is written as a DN or as the name of the claim, must exist, and is answered as a DN."
  },
  {
    "path": "accessTokenAsJwt",
    "name": "accessTokenAsJwt",
    "type": "boolean",
    "section": "tokens",
    "label": "Access tokens are JWTs",
    "control": "checkbox",
    "setBy": "registration",
    "db": "jansAccessTknAsJwt",
    "dcr": {
      "name": "access_token_as_jwt",
      "as": "boolean"
    },
    "default": false,
    "description": "Whether access tokens are JWTs that an API verifies by itself (RFC 9068), or references that it has to introspect (RFC 7662), which is what false or absent means. The built-in authorization server issues JWTs in either case."
  },
  {
    "path": "includeClaimsInIdToken",
    "name": "includeClaimsInIdToken",
    "type": "boolean",
    "section": "tokens",
    "label": "Claims in the ID token",
    "control": "checkbox",
    "setBy": "admin",
    "db": "jansInclClaimsInIdTkn",
    "default": false,
    "description": "Puts the claims of the granted scopes into the ID token as well. Otherwise a client that also gets an access token reads them from the UserInfo endpoint (OpenID Connect Core section 5.4)."
  },
  {
    "path": "idTokenTokenBindingCnf",
    "name": "idTokenTokenBindingCnf",
    "type": "string",
    "section": "tokens",
    "label": "Token binding member of cnf",
    "control": "text",
    "setBy": "registration",
    "db": "tknBndCnf",
    "dcr": {
      "name": "id_token_token_binding_cnf",
      "as": "text"
    },
    "description": "The member of the `cnf` claim in which ID tokens carry the hash of the Token Binding id, as a rule `tbh` (OpenID Connect Token Bound Authentication). Absent means that ID tokens are not bound."
  },
  {
    "path": "accessTokenLifetime",
    "name": "accessTokenLifetime",
    "type": "integer",
    "section": "tokens",
    "label": "Access token lifetime (seconds)",
    "control": "number",
    "setBy": "registration",
    "db": "jansAccessTknLife",
    "dcr": {
      "name": "access_token_lifetime",
      "as": "integer"
    },
    "description": "How many seconds access tokens of the client are valid. Absent or 0 leaves it to the authorization server; the built-in one never issues them for more than 3600 seconds."
  },
  {
    "path": "refreshTokenLifetime",
    "name": "refreshTokenLifetime",
    "type": "integer",
    "section": "tokens",
    "label": "Refresh token lifetime (seconds)",
    "control": "number",
    "setBy": "admin",
    "db": "jansRefreshTknLife",
    "description": "How many seconds refresh tokens of the client are valid. Absent leaves it to the authorization server."
  },
  {
    "path": "defaultMaxAge",
    "name": "defaultMaxAge",
    "type": "integer",
    "section": "tokens",
    "label": "Default maximum authentication age (seconds)",
    "control": "number",
    "setBy": "registration",
    "db": "jansDefMaxAge",
    "dcr": {
      "name": "default_max_age",
      "as": "integer"
    },
    "description": "How many seconds ago the user may have signed in when a request has no `max_age` of its own; after that the user signs in again (OpenID Connect Dynamic Client Registration section 2). Absent means no limit."
  },
  {
    "path": "frontChannelLogoutUri",
    "name": "frontChannelLogoutUri",
    "type": "string",
    "section": "logout",
    "label": "Front-channel logout URI",
    "control": "text",
    "setBy": "registration",
    "db": "jansLogoutURI",
    "formerly": [
      "logoutUri"
    ],
    "dcr": {
      "name": "frontchannel_logout_uri",
      "as": "text"
    },
    "description": "A page of the client that the authorization server loads in an iframe when the user signs out, so that the client ends its own session (OpenID Connect Front-Channel Logout section 2). It uses https and the host of a redirect URI; absent means that the browser does not tell the client."
  },
  {
    "path": "frontChannelLogoutSessionRequired",
    "name": "frontChannelLogoutSessionRequired",
    "type": "boolean",
    "section": "logout",
    "label": "Front-channel logout names the session",
    "control": "checkbox",
    "setBy": "registration",
    "db": "jansLogoutSessRequired",
    "dcr": {
      "name": "frontchannel_logout_session_required",
      "as": "boolean"
    },
    "default": false,
    "description": "Adds `iss` and `sid` to the front-channel logout URI, so that the client can tell which session ends (OpenID Connect Front-Channel Logout section 2)."
  },
  {
    "path": "postLogoutRedirectUris",
    "name": "postLogoutRedirectUris",
    "type": "string-list",
    "section": "logout",
    "label": "Post-logout redirect URIs",
    "control": "list",
    "setBy": "registration",
    "db": "jansPostLogoutRedirectURI",
    "dcr": {
      "name": "post_logout_redirect_uris",
      "as": "list"
    },
    "description": "Where the user may be sent after a logout that the client has asked for; `post_logout_redirect_uri` of that request must equal one of them (OpenID Connect RP-Initiated Logout section 3). Absent means that the user stays at the authorization server."
  },
  {
    "path": "clientUri",
    "name": "clientUri",
    "type": "string",
    "section": "software",
    "label": "Home page",
    "control": "text",
    "setBy": "registration",
    "db": "jansClntURI",
    "dcr": {
      "name": "client_uri",
      "as": "localized"
    },
    "description": "The home page of the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link."
  },
  {
    "path": "policyUri",
    "name": "policyUri",
    "type": "string",
    "section": "software",
    "label": "Privacy policy",
    "control": "text",
    "setBy": "registration",
    "db": "jansPolicyURI",
    "dcr": {
      "name": "policy_uri",
      "as": "localized"
    },
    "description": "A page that says how the client treats the data of its users, linked from the consent page (RFC 7591 section 2). Absent means that there is no link."
  },
  {
    "path": "logoUri",
    "name": "logoUri",
    "type": "string",
    "section": "software",
    "label": "Logo",
    "control": "text",
    "setBy": "registration",
    "db": "jansLogoURI",
    "dcr": {
      "name": "logo_uri",
      "as": "localized"
    },
    "description": "The address of an image that stands beside the name of the client on sign-in and consent pages (RFC 7591 section 2). Absent means that the name stands alone."
  },
  {
    "path": "tosUri",
    "name": "tosUri",
    "type": "string",
    "section": "software",
    "label": "Terms of service",
    "control": "text",
    "setBy": "registration",
    "db": "jansTosURI",
    "dcr": {
      "name": "tos_uri",
      "as": "localized"
    },
    "description": "The terms that users accept when they use the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link."
  },
  {
    "path": "contacts",
    "name": "contacts",
    "type": "string-list",
    "section": "software",
    "label": "Contacts",
    "control": "list",
    "setBy": "registration",
    "db": "jansContact",
    "dcr": {
      "name": "contacts",
      "as": "list"
    },
    "description": "How to reach the people responsible for the client, as a rule e-mail addresses (RFC 7591 section 2). Administrators use them; an authorization server may show them to users."
  },
  {
    "path": "authorizedOrigins",
    "name": "authorizedOrigins",
    "type": "string-list",
    "section": "software",
    "label": "Authorized origins",
    "control": "list",
    "setBy": "registration",
    "db": "jansAuthorizedOrigins",
    "dcr": {
      "name": "authorized_origins",
      "as": "list"
    },
    "description": "The web origins (scheme, host and port) whose scripts may call the authorization server from a browser as this client (CORS). Absent means that the client adds none to those that the server allows anyway."
  },
  {
    "path": "softwareId",
    "name": "softwareId",
    "type": "string",
    "section": "software",
    "label": "Software id",
    "control": "text",
    "setBy": "registration",
    "db": "jansSoftId",
    "dcr": {
      "name": "software_id",
      "as": "text"
    },
    "description": "Identifies the software that the client is an instance of: the same for all its instances and versions (RFC 7591 section 2). It is a claim of the registrant unless a software statement confirms it."
  },
  {
    "path": "softwareVersion",
    "name": "softwareVersion",
    "type": "string",
    "section": "software",
    "label": "Software version",
    "control": "text",
    "setBy": "registration",
    "db": "jansSoftVer",
    "dcr": {
      "name": "software_version",
      "as": "text"
    },
    "description": "The version of the software that `softwareId` names; it changes with every release (RFC 7591 section 2)."
  },
  {
    "path": "softwareStatement",
    "name": "softwareStatement",
    "type": "string",
    "section": "software",
    "label": "Software statement",
    "control": "multiline",
    "setBy": "registration",
    "db": "jansSoftStatement",
    "dcr": {
      "name": "software_statement",
      "as": "text"
    },
    "description": "A signed JWT in which a third party vouches for the metadata of the software (RFC 7591 section 2.3). Its claims win over the plain members of a registration request; it is kept and returned exactly as it was received."
  },
  {
    "path": "backchannelTokenDeliveryMode",
    "name": "backchannelTokenDeliveryMode",
    "type": "string",
    "section": "ciba-par-uma",
    "label": "CIBA delivery mode",
    "control": "dropdown",
    "setBy": "registration",
    "db": "jansBackchannelTknDeliveryMode",
    "dcr": {
      "name": "backchannel_token_delivery_mode",
      "as": "text"
    },
    "values": [
      "poll",
      "ping",
      "push"
    ],
    "description": "How the client learns the outcome of a CIBA request: it asks again and again (`poll`), it is told to fetch the tokens (`ping`), or they are sent to it (`push`); see OpenID Connect CIBA Core section 5. Absent means that the client does not use CIBA."
  },
  {
    "path": "backchannelClientNotificationEndpoint",
    "name": "backchannelClientNotificationEndpoint",
    "type": "string",
    "section": "ciba-par-uma",
    "label": "CIBA notification endpoint",
    "control": "text",
    "setBy": "registration",
    "db": "jansBackchannelClntNotificationEndpoint",
    "dcr": {
      "name": "backchannel_client_notification_endpoint",
      "as": "text"
    },
    "description": "The https endpoint of the client that the authorization server calls in the modes `ping` and `push`, which cannot work without it (OpenID Connect CIBA Core section 4). It is not used in the mode `poll`."
  },
  {
    "path": "backchannelAuthenticationRequestSigningAlg",
    "name": "backchannelAuthenticationRequestSigningAlg",
    "type": "string",
    "section": "ciba-par-uma",
    "label": "CIBA request signing algorithm",
    "control": "dropdown",
    "setBy": "registration",
    "db": "jansBackchannelAuthnReqSigAlg",
    "dcr": {
      "name": "backchannel_authentication_request_signing_alg",
      "as": "text"
    },
    "values": [
      "RS256",
      "RS384",
      "RS512",
      "ES256",
      "ES384",
      "ES512",
      "PS256",
      "PS384",
      "PS512"
    ],
    "description": "The JWS algorithm that the client signs its CIBA requests with (OpenID Connect CIBA Core sections 4 and 7.1.1). Absent means that it sends them unsigned."
  },
  {
    "path": "backchannelUserCodeParameter",
    "name": "backchannelUserCodeParameter",
    "type": "boolean",
    "section": "ciba-par-uma",
    "label": "CIBA requests have a user code",
    "control": "checkbox",
    "setBy": "registration",
    "db": "jansBackchannelUsrCodeParameter",
    "dcr": {
      "name": "backchannel_user_code_parameter",
      "as": "boolean"
    },
    "default": false,
    "description": "Whether the client can send `user_code`, a code known only to the user that keeps strangers from setting off authentication requests (OpenID Connect CIBA Core section 4). It takes effect where the authorization server supports it."
  },
  {
    "path": "rptAsJwt",
    "name": "rptAsJwt",
    "type": "boolean",
    "section": "ciba-par-uma",
    "label": "Requesting party tokens are JWTs",
    "control": "checkbox",
    "setBy": "registration",
    "db": "jansRptAsJwt",
    "dcr": {
      "name": "rpt_as_jwt",
      "as": "boolean"
    },
    "default": false,
    "description": "Whether the requesting party tokens of UMA 2.0 are JWTs that a resource server verifies by itself. False or absent means references that it has to introspect."
  },
  {
    "path": "claimRedirectUris",
    "name": "claimRedirectUris",
    "type": "string-list",
    "section": "ciba-par-uma",
    "label": "Claims redirect URIs",
    "control": "list",
    "setBy": "registration",
    "db": "jansClaimRedirectURI",
    "dcr": {
      "name": "claims_redirect_uri",
      "as": "list"
    },
    "description": "Where a requesting party may be sent back to after UMA has gathered claims; `claims_redirect_uri` of the request must equal one of them (UMA 2.0 Grant section 3.3.2). The rules for `redirectUris` hold here too; absent means that claims cannot be gathered interactively."
  },
  {
    "path": "jwksUri",
    "name": "jwksUri",
    "type": "string",
    "section": "encryption-signing",
    "label": "Key set URI",
    "control": "text",
    "setBy": "registration",
    "db": "jansJwksURI",
    "dcr": {
      "name": "jwks_uri",
      "as": "text"
    },
    "description": "The https address of the client's public keys, a JWK Set (RFC 7517). Its signatures (client assertions, request objects) are verified with them, and what is encrypted for it is encrypted to them. Keys can be changed there without a change to the client, which is why it is preferred to `jwks`; a client has one or the other."
  },
  {
    "path": "jwks",
    "name": "jwks",
    "type": "string",
    "section": "encryption-signing",
    "label": "Key set",
    "control": "json",
    "setBy": "registration",
    "db": "jansJwks",
    "dcr": {
      "name": "jwks",
      "as": "json"
    },
    "description": "The client's public keys by value, for a client that cannot publish them: a string that holds the JSON text of a JWK Set (RFC 7517 section 5), not an object. Dynamic registration takes and returns an object. Private and symmetric keys have no place in it."
  },
  {
    "path": "idTokenSignedResponseAlg",
    "name": "idTokenSignedResponseAlg",
    "type": "string",
    "section": "encryption-signing",
    "label": "ID token signing algorithm",
    "control": "text",
    "setBy": "registration",
    "db": "jansIdTknSignedRespAlg",
    "dcr": {
      "name": "id_token_signed_response_alg",
      "as": "text"
    },
    "description": "The JWS algorithm (RFC 7518 section 3) that ID tokens for the client are signed with, such as `RS256` or `ES256`; `HS256` and the like use the client secret as key. Absent leaves it to the authorization server, as a rule `RS256` (OpenID Connect Dynamic Client Registration section 2)."
  },
  {
    "path": "idTokenEncryptedResponseAlg",
    "name": "idTokenEncryptedResponseAlg",
    "type": "string",
    "section": "encryption-signing",
    "label": "ID token key encryption",
    "control": "text",
    "setBy": "registration",
    "db": "jansIdTknEncRespAlg",
    "dcr": {
      "name": "id_token_encrypted_response_alg",
      "as": "text"
    },
    "description": "The JWE algorithm (RFC 7518 section 4) that encrypts the content key of ID tokens for the client, such as `RSA-OAEP`; the token is signed first. It needs a key of the client. Absent means that ID tokens are not encrypted."
  },
  {
    "path": "idTokenEncryptedResponseEnc",
    "name": "idTokenEncryptedResponseEnc",
    "type": "string",
    "section": "encryption-signing",
    "label": "ID token content encryption",
    "control": "text",
    "setBy": "registration",
    "db": "jansIdTknEncRespEnc",
    "dcr": {
      "name": "id_token_encrypted_response_enc",
      "as": "text"
    },
    "description": "The JWE algorithm (RFC 7518 section 5) that encrypts the content of ID tokens, such as `A256GCM`. It is used only together with `idTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2)."
  },
  {
    "path": "accessTokenSigningAlg",
    "name": "accessTokenSigningAlg",
    "type": "string",
    "section": "encryption-signing",
    "label": "Access token signing algorithm",
    "control": "text",
    "setBy": "registration",
    "db": "jansAccessTknSigAlg",
    "dcr": {
      "name": "access_token_signing_alg",
      "as": "text"
    },
    "description": "The JWS algorithm that access tokens are signed with when they are JWTs, such as `RS256`. Absent leaves it to the authorization server; the built-in one signs with `RS256` in either case."
  },
  {
    "path": "userInfoSignedResponseAlg",
    "name": "userInfoSignedResponseAlg",
    "type": "string",
    "section": "encryption-signing",
    "label": "UserInfo signing algorithm",
    "control": "text",
    "setBy": "registration",
    "db": "jansSignedRespAlg",
    "dcr": {
      "name": "userinfo_signed_response_alg",
      "as": "text"
    },
    "description": "The JWS algorithm that UserInfo replies to the client are signed with; they are JWTs then (OpenID Connect Core section 5.3.2). Absent means plain JSON."
  },
  {
    "path": "userInfoEncryptedResponseAlg",
    "name": "userInfoEncryptedResponseAlg",
    "type": "string",
    "section": "encryption-signing",
    "label": "UserInfo key encryption",
    "control": "text",
    "setBy": "registration",
    "db": "jansUsrInfEncRespAlg",
    "dcr": {
      "name": "userinfo_encrypted_response_alg",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content key of UserInfo replies to a key of the client, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent means that they are not encrypted."
  },
  {
    "path": "userInfoEncryptedResponseEnc",
    "name": "userInfoEncryptedResponseEnc",
    "type": "string",
    "section": "encryption-signing",
    "label": "UserInfo content encryption",
    "control": "text",
    "setBy": "registration",
    "db": "jansUsrInfEncRespEnc",
    "dcr": {
      "name": "userinfo_encrypted_response_enc",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content of UserInfo replies, such as `A256GCM`. It is used only together with `userInfoEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2)."
  },
  {
    "path": "requestObjectSigningAlg",
    "name": "requestObjectSigningAlg",
    "type": "string",
    "section": "encryption-signing",
    "label": "Request object signing algorithm",
    "control": "text",
    "setBy": "registration",
    "db": "jansReqObjSigAlg",
    "dcr": {
      "name": "request_object_signing_alg",
      "as": "text"
    },
    "description": "The JWS algorithm that the client signs its request objects with (OpenID Connect Core section 6.1, RFC 9101); the authorization server refuses those signed with another one. Absent allows every algorithm that the server supports."
  },
  {
    "path": "requestObjectEncryptionAlg",
    "name": "requestObjectEncryptionAlg",
    "type": "string",
    "section": "encryption-signing",
    "label": "Request object key encryption",
    "control": "text",
    "setBy": "registration",
    "db": "jansReqObjEncAlg",
    "dcr": {
      "name": "request_object_encryption_alg",
      "as": "text"
    },
    "description": "The JWE algorithm with which the client encrypts the content key of its request objects to a key of the authorization server, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent says nothing: the client may encrypt them or not."
  },
  {
    "path": "requestObjectEncryptionEnc",
    "name": "requestObjectEncryptionEnc",
    "type": "string",
    "section": "encryption-signing",
    "label": "Request object content encryption",
    "control": "text",
    "setBy": "registration",
    "db": "jansReqObjEncEnc",
    "dcr": {
      "name": "request_object_encryption_enc",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content of request objects, such as `A256GCM`. It is used only together with `requestObjectEncryptionAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2)."
  },
  {
    "path": "tokenEndpointAuthSigningAlg",
    "name": "tokenEndpointAuthSigningAlg",
    "type": "string",
    "section": "encryption-signing",
    "label": "Client assertion signing algorithm",
    "control": "text",
    "setBy": "registration",
    "db": "jansTknEndpointAuthSigAlg",
    "dcr": {
      "name": "token_endpoint_auth_signing_alg",
      "as": "text"
    },
    "description": "The JWS algorithm of the assertions that the client authenticates with under `private_key_jwt` or `client_secret_jwt`; assertions signed with another one are refused, and `none` never counts (OpenID Connect Dynamic Client Registration section 2). Absent allows every algorithm that the server supports for the method."
  },
  {
    "path": "persistClientAuthorizations",
    "name": "persistClientAuthorizations",
    "type": "boolean",
    "section": "advanced",
    "label": "Remember consent",
    "control": "checkbox",
    "setBy": "admin",
    "db": "jansPersistClntAuthzs",
    "default": false,
    "description": "Keeps what the user has consented to, so that the consent page comes back only for scopes that are new. Otherwise the user is asked each time."
  },
  {
    "path": "initiateLoginUri",
    "name": "initiateLoginUri",
    "type": "string",
    "section": "advanced",
    "label": "Initiate login URI",
    "control": "text",
    "setBy": "registration",
    "db": "jansInitiateLoginURI",
    "dcr": {
      "name": "initiate_login_uri",
      "as": "text"
    },
    "description": "An https address of the client that another site sends the user to in order to start a sign-in; the client answers with an authorization request (OpenID Connect Core section 4). Absent means that only the client itself starts one."
  },
  {
    "path": "requestUris",
    "name": "requestUris",
    "type": "string-list",
    "section": "advanced",
    "label": "Request URIs",
    "control": "list",
    "setBy": "registration",
    "db": "jansReqURI",
    "dcr": {
      "name": "request_uris",
      "as": "list"
    },
    "description": "Addresses of request objects that the client uses by reference (OpenID Connect Core section 6.2, RFC 9101 section 5.2). Where the authorization server demands registration, `request_uri` must be one of them; a fragment can hold the SHA-256 digest of the file."
  },
  {
    "path": "defaultAcrValues",
    "name": "defaultAcrValues",
    "type": "string-list",
    "section": "advanced",
    "label": "Default ACR values",
    "control": "list",
    "setBy": "registration",
    "db": "jansDefAcrValues",
    "dcr": {
      "name": "default_acr_values",
      "as": "list"
    },
    "description": "The authentication context classes that are asked for when a request names none, the preferred one first (OpenID Connect Dynamic Client Registration section 2). Absent leaves the choice to the authorization server."
  },
  {
    "path": "expirationDate",
    "name": "expirationDate",
    "type": "date-time",
    "section": "advanced",
    "label": "Expiration date",
    "control": "date-time",
    "setBy": "admin",
    "db": "exp",
    "formerly": [
      "exp"
    ],
    "description": "When the client ends (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). From then on it is refused like an unknown client, and once it has ended and nobody has changed it for a day, it is removed; dynamic registration sets the date from `lifetime`. Absent means that the client does not end."
  },
  {
    "path": "deletable",
    "name": "deletable",
    "type": "boolean",
    "section": "advanced",
    "label": "Deletable",
    "control": "readonly",
    "setBy": "server",
    "db": "del",
    "description": "Whether the client may be removed once it has ended: true exactly when `expirationDate` is set. Derived by the server; a value on input is ignored."
  },
  {
    "path": "clientNameLocalized",
    "name": "clientNameLocalized",
    "type": "localized",
    "section": "localization",
    "label": "Client name by language",
    "control": "localized",
    "setBy": "registration",
    "db": "displayNameLocalized",
    "aliasOf": "clientName",
    "description": "The name of the client in several languages, chosen by the `ui_locales` of a request or the language of the browser. Its `\"\"` language is `clientName`. Dynamic registration writes the others as `client_name#de` (RFC 7591 section 2.2)."
  },
  {
    "path": "logoUriLocalized",
    "name": "logoUriLocalized",
    "type": "localized",
    "section": "localization",
    "label": "Logo by language",
    "control": "localized",
    "setBy": "registration",
    "db": "jansLogoURILocalized",
    "aliasOf": "logoUri",
    "description": "The logo in several languages, for one that contains text. Its `\"\"` language is `logoUri`. Dynamic registration writes the others as `logo_uri#de` (RFC 7591 section 2.2)."
  },
  {
    "path": "clientUriLocalized",
    "name": "clientUriLocalized",
    "type": "localized",
    "section": "localization",
    "label": "Home page by language",
    "control": "localized",
    "setBy": "registration",
    "db": "jansClntURILocalized",
    "aliasOf": "clientUri",
    "description": "The home page in several languages. Its `\"\"` language is `clientUri`. Dynamic registration writes the others as `client_uri#de` (RFC 7591 section 2.2)."
  },
  {
    "path": "policyUriLocalized",
    "name": "policyUriLocalized",
    "type": "localized",
    "section": "localization",
    "label": "Privacy policy by language",
    "control": "localized",
    "setBy": "registration",
    "db": "jansPolicyURILocalized",
    "aliasOf": "policyUri",
    "description": "The privacy policy in several languages. Its `\"\"` language is `policyUri`. Dynamic registration writes the others as `policy_uri#de` (RFC 7591 section 2.2)."
  },
  {
    "path": "tosUriLocalized",
    "name": "tosUriLocalized",
    "type": "localized",
    "section": "localization",
    "label": "Terms of service by language",
    "control": "localized",
    "setBy": "registration",
    "db": "jansTosURILocalized",
    "aliasOf": "tosUri",
    "description": "The terms of service in several languages. Its `\"\"` language is `tosUri`. Dynamic registration writes the others as `tos_uri#de` (RFC 7591 section 2.2)."
  },
  {
    "path": "dn",
    "name": "dn",
    "type": "string",
    "section": "system",
    "label": "DN",
    "control": "readonly",
    "setBy": "server",
    "db": "dn",
    "description": "The directory name of the client, `inum=<inum>,ou=clients,o=jans`, by which Janssen's tools refer to it. Derived from `inum`; a value on input is ignored."
  },
  {
    "path": "baseDn",
    "name": "baseDn",
    "type": "string",
    "section": "system",
    "label": "Base DN",
    "control": "readonly",
    "setBy": "server",
    "aliasOf": "dn",
    "description": "Another name of `dn`, always with the same value. A value on input is ignored."
  },
  {
    "path": "organization",
    "name": "organization",
    "type": "string",
    "section": "system",
    "label": "Organization",
    "control": "text",
    "setBy": "registration",
    "db": "o",
    "dcr": {
      "name": "org_id",
      "as": "text"
    },
    "description": "The organization that the client belongs to, by name or by id. Software statements and scripts may rely on it; no OAuth flow does."
  },
  {
    "path": "groups",
    "name": "groups",
    "type": "string-list",
    "section": "system",
    "label": "Groups",
    "control": "list",
    "setBy": "admin",
    "db": "jansGrp",
    "dcr": {
      "name": "groups",
      "as": "list"
    },
    "description": "Groups or roles of the client, which scripts and policies of a deployment decide by. They have no meaning of their own in OAuth."
  },
  {
    "path": "registrationFingerprint",
    "name": "registrationFingerprint",
    "type": "string",
    "section": "system",
    "label": "Registration fingerprint",
    "control": "readonly",
    "setBy": "server",
    "description": "Tells registrations of the same software from others: SHA-256, in hexadecimal, of the software id, the issuer of the software statement, the redirect URIs with the ports of loopback addresses left out, and the id of the initial access token. Only clients that registered themselves have it. Nothing is refused because of it."
  },
  {
    "path": "registrationWarnings",
    "name": "registrationWarnings",
    "type": "string-list",
    "section": "system",
    "label": "Registration warnings",
    "control": "readonly",
    "setBy": "server",
    "description": "What an administrator should look at in a client that registered itself, as ids of rules: `same-name-on-other-host` when another client has its name and redirects to other hosts, `pages-on-own-host` when its pages or its logo are not on a host of its redirect URIs (RFC 7591 section 5)."
  },
  {
    "path": "approval",
    "name": "approval",
    "type": "attributes",
    "section": "system",
    "label": "Approval",
    "control": "readonly",
    "setBy": "server",
    "description": "Of a client that registered itself and waits for an administrator, or waited: what was decided. `approve` and `reject` write it, and a value on input is ignored."
  },
  {
    "path": "clientIdIssuedAt",
    "name": "clientIdIssuedAt",
    "type": "date-time",
    "section": "system",
    "label": "Client id issued at",
    "control": "date-time",
    "setBy": "admin",
    "db": "jansClntIdIssuedAt",
    "dcr": {
      "name": "client_id_issued_at",
      "as": "epoch",
      "replyOnly": true
    },
    "description": "When the client was registered (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Dynamic registration sets it and returns epoch seconds (RFC 7591 section 3.2.1); an administrator may give it, for example for a client that comes from another system."
  },
  {
    "path": "clientSecretExpiresAt",
    "name": "clientSecretExpiresAt",
    "type": "date-time",
    "section": "system",
    "label": "Client secret expires at",
    "control": "date-time",
    "setBy": "admin",
    "db": "jansClntSecretExpAt",
    "dcr": {
      "name": "client_secret_expires_at",
      "as": "epoch",
      "replyOnly": true
    },
    "description": "When the secret stops working (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); the client itself stays. Absent means that the secret does not expire, for which dynamic registration returns 0 (RFC 7591 section 3.2.1)."
  },
  {
    "path": "registrationAccessToken",
    "name": "registrationAccessToken",
    "type": "string",
    "section": "system",
    "label": "Registration access token",
    "control": "readonly",
    "setBy": "server",
    "db": "jansRegistrationAccessTkn",
    "dcr": {
      "name": "registration_access_token",
      "as": "text",
      "replyOnly": true
    },
    "description": "The token with which a client that registered itself reads, changes and removes its own registration (RFC 7592 section 3). Dynamic registration makes it and shows it in its own replies only; a value on input is ignored."
  },
  {
    "path": "authenticationMethod",
    "name": "authenticationMethod",
    "type": "string",
    "section": "system",
    "label": "Effective authentication method",
    "control": "readonly",
    "setBy": "server",
    "description": "The main authentication method, the value of `tokenEndpointAuthMethod`. Derived by the server; a value on input is ignored."
  },
  {
    "path": "allAuthenticationMethods",
    "name": "allAuthenticationMethods",
    "type": "string-list",
    "section": "system",
    "label": "All authentication methods",
    "control": "readonly",
    "setBy": "server",
    "description": "Every authentication method that is accepted from the client: `authenticationMethod`, then `attributes.additionalTokenEndpointAuthMethods`. Derived by the server; a value on input is ignored."
  },
  {
    "path": "createdAt",
    "name": "createdAt",
    "type": "date-time",
    "section": "system",
    "label": "Created",
    "control": "readonly",
    "setBy": "server",
    "description": "When the client was made here (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. One that was moved from another server may have an earlier `clientIdIssuedAt`."
  },
  {
    "path": "updatedAt",
    "name": "updatedAt",
    "type": "date-time",
    "section": "system",
    "label": "Updated",
    "control": "readonly",
    "setBy": "server",
    "description": "When the client or its secret was changed last, by whomever (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). A use is no change. Written by the server; a value on input is ignored."
  },
  {
    "path": "registrationMethod",
    "name": "registrationMethod",
    "type": "string",
    "section": "system",
    "label": "Registered",
    "control": "readonly",
    "setBy": "server",
    "values": [
      "admin",
      "open",
      "initial-token",
      "statement",
      "registration",
      "setup",
      "seed"
    ],
    "description": "How the client came in: an administrator made it (`admin`), also by an import; it registered itself with nothing (`open`), with an initial access token (`initial-token`, also where it had a statement as well) or with a software statement (`statement`); it registered itself before this was kept, and how is not known (`registration`); the service made it for its first administrator (`setup`) or to be tried out (`seed`). Written by the server; a value on input is ignored."
  },
  {
    "path": "registeredBy",
    "name": "registeredBy",
    "type": "string",
    "section": "system",
    "label": "Registered by",
    "control": "readonly",
    "setBy": "server",
    "description": "Who or what let the client in: the administrator, as `caller` in its history; the id of the initial access token; the issuer of the software statement. Absent where nobody did, and where it is not known any more. Written by the server; a value on input is ignored."
  },
  {
    "path": "lastAccessTime",
    "name": "lastAccessTime",
    "type": "date-time",
    "section": "system",
    "label": "Last access",
    "control": "readonly",
    "setBy": "server",
    "db": "jansLastAccessTime",
    "description": "When the client was last used, accurate to about a minute (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. Absent means never."
  },
  {
    "path": "lastLogonTime",
    "name": "lastLogonTime",
    "type": "date-time",
    "section": "system",
    "label": "Last authentication",
    "control": "readonly",
    "setBy": "server",
    "db": "jansLastLogonTime",
    "description": "When the client last authenticated with success, accurate to about a minute (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. Absent means never."
  },
  {
    "path": "ttl",
    "name": "ttl",
    "type": "integer",
    "section": "system",
    "label": "Time to live (seconds)",
    "control": "readonly",
    "setBy": "server",
    "description": "The lifetime in seconds that Janssen's database derives from the expiry of a client. It is here for compatibility and ignored on input; `expirationDate` is what counts."
  },
  {
    "path": "customAttributes",
    "name": "customAttributes",
    "type": "custom-attributes",
    "section": "system",
    "label": "Custom attributes",
    "control": "json",
    "setBy": "admin",
    "description": "Values for which a client has no property: named attributes that a deployment's own scripts and services read. They can be searched with `customAttributes.name=value` and change no OAuth flow by themselves."
  },
  {
    "path": "customObjectClasses",
    "name": "customObjectClasses",
    "type": "string-list",
    "section": "system",
    "label": "Custom object classes",
    "control": "list",
    "setBy": "admin",
    "db": "objectClass",
    "description": "The object classes of the client's entry, where Janssen stores clients in an LDAP directory. They have no effect otherwise."
  },
  {
    "path": "attributes",
    "name": "attributes",
    "type": "attributes",
    "section": "system",
    "label": "Attributes",
    "control": "attributes",
    "setBy": "registration",
    "db": "jansAttrs",
    "default": {},
    "description": "The further settings of the client, one object inside it as in Janssen. A PUT replaces it as a whole; absent is stored as an empty object."
  },
  {
    "path": "approval.state",
    "name": "state",
    "parent": "approval",
    "type": "string",
    "section": "system",
    "label": "Approval",
    "control": "readonly",
    "setBy": "server",
    "dcr": {
      "name": "status",
      "as": "text",
      "replyOnly": true
    },
    "values": [
      "waiting",
      "approved",
      "rejected",
      "pending_change"
    ],
    "description": "`waiting` until an administrator decides, `rejected` when one has said no: such a client is disabled, and only approving it changes that. `pending_change` when a client that is in use asks for a change that waits; it goes on as it is meanwhile. Dynamic registration answers it as `status`."
  },
  {
    "path": "approval.reason",
    "name": "reason",
    "parent": "approval",
    "type": "string",
    "section": "system",
    "label": "Reason of the decision",
    "control": "readonly",
    "setBy": "server",
    "description": "Why it was decided so, in the words of who decided."
  },
  {
    "path": "approval.by",
    "name": "by",
    "parent": "approval",
    "type": "string",
    "section": "system",
    "label": "Decided by",
    "control": "readonly",
    "setBy": "server",
    "description": "The client whose token it was decided with; absent while nobody has."
  },
  {
    "path": "approval.at",
    "name": "at",
    "parent": "approval",
    "type": "date-time",
    "section": "system",
    "label": "Decided at, or waiting since",
    "control": "readonly",
    "setBy": "server",
    "description": "Since when the state is what it is (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone)."
  },
  {
    "path": "approval.change",
    "name": "change",
    "parent": "approval",
    "type": "map",
    "section": "system",
    "label": "Change that waits",
    "control": "readonly",
    "setBy": "server",
    "description": "The change that waits, as a merge patch (RFC 7396) of this client."
  },
  {
    "path": "attributes.additionalTokenEndpointAuthMethods",
    "name": "additionalTokenEndpointAuthMethods",
    "parent": "attributes",
    "type": "string-list",
    "section": "basic",
    "label": "Additional authentication methods",
    "control": "list",
    "setBy": "registration",
    "dcr": {
      "name": "additional_token_endpoint_auth_methods",
      "as": "list"
    },
    "default": [],
    "description": "Authentication methods that are accepted from the client besides `tokenEndpointAuthMethod`, for example while it moves from a secret to a key. The values are those of that property. Absent means that only the one method is accepted."
  },
  {
    "path": "attributes.jansSubAttr",
    "name": "jansSubAttr",
    "parent": "attributes",
    "type": "string",
    "section": "basic",
    "label": "Attribute used as subject",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "public_subject_identifier_attribute",
      "as": "text"
    },
    "description": "The user attribute whose value becomes the `sub` claim for this client, where the authorization server allows a choice and `subjectType` is `public`. Absent means the identifier that the server uses for all clients."
  },
  {
    "path": "attributes.redirectUrisRegex",
    "name": "redirectUrisRegex",
    "parent": "attributes",
    "type": "string",
    "section": "basic",
    "label": "Redirect URI pattern",
    "control": "text",
    "setBy": "admin",
    "dcr": {
      "name": "redirect_uris_regex",
      "as": "text"
    },
    "description": "A regular expression that the `redirect_uri` of a request may match instead of being listed in `redirectUris`, where the authorization server allows it. Exact URIs are safer (RFC 9700 section 2.1); absent means that only these count."
  },
  {
    "path": "attributes.runIntrospectionScriptBeforeJwtCreation",
    "name": "runIntrospectionScriptBeforeJwtCreation",
    "parent": "attributes",
    "type": "boolean",
    "section": "tokens",
    "label": "Run introspection scripts for JWT access tokens",
    "control": "checkbox",
    "setBy": "registration",
    "formerly": [
      "attributes.runIntrospectionScriptBeforeAccessTokenAsJwtCreationAndIncludeClaims"
    ],
    "dcr": {
      "name": "run_introspection_script_before_jwt_creation",
      "as": "boolean",
      "formerly": [
        "run_introspection_script_before_access_token_as_jwt_creation_and_include_claims"
      ]
    },
    "default": false,
    "description": "Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected."
  },
  {
    "path": "attributes.additionalAudience",
    "name": "additionalAudience",
    "parent": "attributes",
    "type": "string-list",
    "section": "tokens",
    "label": "Additional audiences",
    "control": "list",
    "setBy": "admin",
    "dcr": {
      "name": "additional_audience",
      "as": "list"
    },
    "default": [],
    "description": "Values that are added to the `aud` claim of the client's tokens, so that the APIs which they name accept them. Absent adds none. The built-in authorization server issues tokens for one of them at a time, to a client that names it in `resource` (RFC 8707); such a token does not open this API."
  },
  {
    "path": "attributes.idTokenLifetime",
    "name": "idTokenLifetime",
    "parent": "attributes",
    "type": "integer",
    "section": "tokens",
    "label": "ID token lifetime (seconds)",
    "control": "number",
    "setBy": "registration",
    "dcr": {
      "name": "id_token_lifetime",
      "as": "integer"
    },
    "description": "How many seconds ID tokens for the client are valid. Absent leaves it to the authorization server."
  },
  {
    "path": "attributes.txTokenLifetime",
    "name": "txTokenLifetime",
    "parent": "attributes",
    "type": "integer",
    "section": "tokens",
    "label": "Transaction token lifetime (seconds)",
    "control": "number",
    "setBy": "registration",
    "dcr": {
      "name": "tx_token_lifetime",
      "as": "integer"
    },
    "description": "How many seconds transaction tokens for the client are valid; they carry the context of one call through the services behind an API and are short-lived. Absent leaves it to the authorization server."
  },
  {
    "path": "attributes.dpopBoundAccessToken",
    "name": "dpopBoundAccessToken",
    "parent": "attributes",
    "type": "boolean",
    "section": "tokens",
    "label": "DPoP-bound access tokens",
    "control": "checkbox",
    "setBy": "registration",
    "dcr": {
      "name": "dpop_bound_access_tokens",
      "as": "boolean"
    },
    "default": false,
    "description": "Makes the client prove possession of a key with DPoP in every token request, and binds its access tokens to that key, so that a stolen token is of no use (RFC 9449 section 5.2). Otherwise DPoP is the client's choice. The built-in authorization server keeps to it as well."
  },
  {
    "path": "attributes.allowOfflineAccessWithoutConsent",
    "name": "allowOfflineAccessWithoutConsent",
    "parent": "attributes",
    "type": "boolean",
    "section": "tokens",
    "label": "Offline access without consent",
    "control": "checkbox",
    "setBy": "admin",
    "description": "Whether `offline_access` yields a refresh token even though the user was not asked, which OpenID Connect Core section 11 normally demands. Absent means the setting of the authorization server."
  },
  {
    "path": "attributes.backchannelLogoutUri",
    "name": "backchannelLogoutUri",
    "parent": "attributes",
    "type": "string-list",
    "section": "logout",
    "label": "Back-channel logout URI",
    "control": "list",
    "setBy": "registration",
    "dcr": {
      "name": "backchannel_logout_uri",
      "as": "single"
    },
    "description": "The https endpoint of the client to which the authorization server posts a logout token when a session ends (OpenID Connect Back-Channel Logout section 2). It is a list for compatibility, as a rule with one entry, on the host of a redirect URI; dynamic registration takes and returns a single URI."
  },
  {
    "path": "attributes.backchannelLogoutSessionRequired",
    "name": "backchannelLogoutSessionRequired",
    "parent": "attributes",
    "type": "boolean",
    "section": "logout",
    "label": "Back-channel logout names the session",
    "control": "checkbox",
    "setBy": "registration",
    "dcr": {
      "name": "backchannel_logout_session_required",
      "as": "boolean"
    },
    "default": false,
    "description": "Makes every logout token carry `sid`, so that the client can end one session and not all of the user's (OpenID Connect Back-Channel Logout section 2)."
  },
  {
    "path": "attributes.evidence",
    "name": "evidence",
    "parent": "attributes",
    "type": "string",
    "section": "software",
    "label": "Attestation evidence",
    "control": "multiline",
    "setBy": "registration",
    "dcr": {
      "name": "evidence",
      "as": "text"
    },
    "description": "The attestation that the client presented at registration, a JWT that says what software runs on which device and is still to be appraised. Registration scripts decide by it; absent means that none was presented."
  },
  {
    "path": "attributes.parLifetime",
    "name": "parLifetime",
    "parent": "attributes",
    "type": "integer",
    "section": "ciba-par-uma",
    "label": "Pushed request lifetime (seconds)",
    "control": "number",
    "setBy": "registration",
    "dcr": {
      "name": "par_lifetime",
      "as": "integer"
    },
    "default": 600,
    "description": "How many seconds the `request_uri` of a pushed authorization request can be used (RFC 9126 section 2.2). Absent or 0 means 600."
  },
  {
    "path": "attributes.requirePar",
    "name": "requirePar",
    "parent": "attributes",
    "type": "boolean",
    "section": "ciba-par-uma",
    "label": "Pushed authorization requests required",
    "control": "checkbox",
    "setBy": "registration",
    "dcr": {
      "name": "require_par",
      "as": "boolean",
      "also": [
        "require_pushed_authorization_requests"
      ]
    },
    "default": false,
    "description": "Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser."
  },
  {
    "path": "attributes.rptClaimsScripts",
    "name": "rptClaimsScripts",
    "parent": "attributes",
    "type": "string-list",
    "section": "ciba-par-uma",
    "label": "RPT claims scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "rpt_claims_script_dns",
      "as": "list"
    },
    "refs": "script:uma_rpt_claims",
    "description": "Scripts that change the claims of the UMA requesting party tokens of the client, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.introspectionSignedResponseAlg",
    "name": "introspectionSignedResponseAlg",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Introspection signing algorithm",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "introspection_signed_response_alg",
      "as": "text"
    },
    "description": "The JWS algorithm that introspection replies to the client are signed with, such as `RS256` (RFC 9701 section 6). The client is the API that asks here; absent means that it gets plain JSON, which the built-in authorization server answers in either case."
  },
  {
    "path": "attributes.introspectionEncryptedResponseAlg",
    "name": "introspectionEncryptedResponseAlg",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Introspection key encryption",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "introspection_encrypted_response_alg",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content key of introspection replies to the client with one of its public keys, such as `RSA-OAEP` (RFC 9701 section 6). Absent means that they are not encrypted; the built-in authorization server never does that."
  },
  {
    "path": "attributes.introspectionEncryptedResponseEnc",
    "name": "introspectionEncryptedResponseEnc",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Introspection content encryption",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "introspection_encrypted_response_enc",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content of introspection replies to the client, such as `A256GCM`. It is used only together with `introspectionEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used."
  },
  {
    "path": "attributes.txTokenSignedResponseAlg",
    "name": "txTokenSignedResponseAlg",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Transaction token signing algorithm",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "tx_token_signed_response_alg",
      "as": "text"
    },
    "description": "The JWS algorithm that transaction tokens for the client are signed with, such as `RS256` (OAuth Transaction Tokens). Absent leaves it to the authorization server."
  },
  {
    "path": "attributes.txTokenEncryptedResponseAlg",
    "name": "txTokenEncryptedResponseAlg",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Transaction token key encryption",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "tx_token_encrypted_response_alg",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content key of transaction tokens for the client with one of its public keys, such as `RSA-OAEP` (OAuth Transaction Tokens). Absent means that they are not encrypted."
  },
  {
    "path": "attributes.txTokenEncryptedResponseEnc",
    "name": "txTokenEncryptedResponseEnc",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Transaction token content encryption",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "tx_token_encrypted_response_enc",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content of transaction tokens for the client, such as `A256GCM`. It is used only together with `txTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used."
  },
  {
    "path": "attributes.jansAuthSignedRespAlg",
    "name": "jansAuthSignedRespAlg",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Authorization response signing algorithm",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "authorization_signed_response_alg",
      "as": "text"
    },
    "description": "The JWS algorithm that authorization responses to the client are signed with, such as `RS256` (JARM section 3). They are JWTs when the request has one of the `jwt` response modes; `none` is not possible, and absent leaves it to the authorization server."
  },
  {
    "path": "attributes.jansAuthEncRespAlg",
    "name": "jansAuthEncRespAlg",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Authorization response key encryption",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "authorization_encrypted_response_alg",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content key of authorization responses to the client with one of its public keys, such as `RSA-OAEP` (JARM section 3). Absent means that they are not encrypted."
  },
  {
    "path": "attributes.jansAuthEncRespEnc",
    "name": "jansAuthEncRespEnc",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Authorization response content encryption",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "authorization_encrypted_response_enc",
      "as": "text"
    },
    "description": "The JWE algorithm that encrypts the content of authorization responses to the client, such as `A256GCM`. It is used only together with `jansAuthEncRespAlg`; when that stands alone, `A128CBC-HS256` is used."
  },
  {
    "path": "attributes.logoutStatusJwtSignedResponseAlg",
    "name": "logoutStatusJwtSignedResponseAlg",
    "parent": "attributes",
    "type": "string",
    "section": "encryption-signing",
    "label": "Logout status JWT signing algorithm",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "logout_status_jwt_signed_response_alg",
      "as": "text"
    },
    "description": "The JWS algorithm that logout status JWTs are signed with, such as `RS256`; a client asks for one with `logout_status_jwt=true` and learns from a status list whether the user is still signed in. Absent leaves it to the authorization server."
  },
  {
    "path": "attributes.requirePkce",
    "name": "requirePkce",
    "parent": "attributes",
    "type": "boolean",
    "section": "advanced",
    "label": "PKCE required",
    "control": "checkbox",
    "setBy": "registration",
    "dcr": {
      "name": "require_pkce",
      "as": "boolean"
    },
    "default": false,
    "description": "Refuses authorization requests of the client that have no `code_challenge` (RFC 7636, RFC 9700 section 2.1.1). False or absent means that only the setting of the authorization server counts."
  },
  {
    "path": "attributes.requireAuthTime",
    "name": "requireAuthTime",
    "parent": "attributes",
    "type": "boolean",
    "section": "advanced",
    "label": "Authentication time required",
    "control": "checkbox",
    "setBy": "registration",
    "formerly": [
      "requireAuthTime"
    ],
    "dcr": {
      "name": "require_auth_time",
      "as": "boolean"
    },
    "default": false,
    "description": "Makes the authorization server put the time of the authentication into every ID token of the client, as the claim `auth_time` (OpenID Connect Dynamic Client Registration section 2). Janssen accepts it and keeps it nowhere."
  },
  {
    "path": "attributes.jansDefaultPromptLogin",
    "name": "jansDefaultPromptLogin",
    "parent": "attributes",
    "type": "boolean",
    "section": "advanced",
    "label": "Always show the sign-in page",
    "control": "checkbox",
    "setBy": "registration",
    "dcr": {
      "name": "default_prompt_login",
      "as": "boolean"
    },
    "default": false,
    "description": "Treats every authorization request of the client as if it had `prompt=login`: the user signs in again even while a session is there (OpenID Connect Core section 3.1.2.1)."
  },
  {
    "path": "attributes.allowSpontaneousScopes",
    "name": "allowSpontaneousScopes",
    "parent": "attributes",
    "type": "boolean",
    "section": "advanced",
    "label": "Spontaneous scopes allowed",
    "control": "checkbox",
    "setBy": "admin",
    "dcr": {
      "name": "allow_spontaneous_scopes",
      "as": "boolean"
    },
    "default": false,
    "description": "Lets the client ask for scopes that nobody has registered: those that match `spontaneousScopes` are created when a token is requested, where the authorization server allows it. Otherwise unknown scopes are not granted; the built-in authorization server never grants them."
  },
  {
    "path": "attributes.spontaneousScopes",
    "name": "spontaneousScopes",
    "parent": "attributes",
    "type": "string-list",
    "section": "advanced",
    "label": "Spontaneous scope patterns",
    "control": "list",
    "setBy": "admin",
    "dcr": {
      "name": "spontaneous_scopes",
      "as": "list"
    },
    "default": [],
    "description": "Regular expressions for the scopes that may come into being spontaneously. They count only with `allowSpontaneousScopes`; absent means that none may."
  },
  {
    "path": "attributes.jansAuthorizedAcr",
    "name": "jansAuthorizedAcr",
    "parent": "attributes",
    "type": "string-list",
    "section": "advanced",
    "label": "Authorized ACR values",
    "control": "list",
    "setBy": "registration",
    "dcr": {
      "name": "authorized_acr_values",
      "as": "list"
    },
    "description": "The only authentication context classes that the client may ask for; a request for another one is refused. Absent allows all that the authorization server has."
  },
  {
    "path": "attributes.minimumAcrLevel",
    "name": "minimumAcrLevel",
    "parent": "attributes",
    "type": "integer",
    "section": "advanced",
    "label": "Minimum ACR level",
    "control": "number",
    "setBy": "registration",
    "dcr": {
      "name": "minimum_acr_level",
      "as": "integer"
    },
    "default": -1,
    "description": "The lowest level of authentication that is good enough for the client, as the authorization server numbers its methods. `minimumAcrLevelAutoresolve` says what happens to a request below it; absent or -1 means no minimum."
  },
  {
    "path": "attributes.minimumAcrLevelAutoresolve",
    "name": "minimumAcrLevelAutoresolve",
    "parent": "attributes",
    "type": "boolean",
    "section": "advanced",
    "label": "Raise the ACR level automatically",
    "control": "checkbox",
    "setBy": "registration",
    "dcr": {
      "name": "minimum_acr_level_autoresolve",
      "as": "boolean"
    },
    "default": false,
    "description": "What happens to a request whose level is below `minimumAcrLevel`: with true the authorization server takes a method that reaches it, with false or absent it refuses the request."
  },
  {
    "path": "attributes.minimumAcrPriorityList",
    "name": "minimumAcrPriorityList",
    "parent": "attributes",
    "type": "string-list",
    "section": "advanced",
    "label": "ACR values by priority",
    "control": "list",
    "setBy": "registration",
    "dcr": {
      "name": "minimum_acr_priority_list",
      "as": "list"
    },
    "description": "The order in which methods are tried when the authorization server raises the level by itself, the preferred one first. It counts only with `minimumAcrLevelAutoresolve`; absent leaves the order to the server."
  },
  {
    "path": "attributes.authorizationDetailsTypes",
    "name": "authorizationDetailsTypes",
    "parent": "attributes",
    "type": "string-list",
    "section": "advanced",
    "label": "Authorization details types",
    "control": "list",
    "setBy": "registration",
    "dcr": {
      "name": "authorization_details_types",
      "as": "list"
    },
    "default": [],
    "description": "The types that the client may use in `authorization_details`, with which a request asks for finer rights than a scope can name (RFC 9396 section 10). Absent means none. The built-in authorization server ignores `authorization_details`."
  },
  {
    "path": "attributes.tlsClientAuthSubjectDn",
    "name": "tlsClientAuthSubjectDn",
    "parent": "attributes",
    "type": "string",
    "section": "advanced",
    "label": "Certificate subject DN",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "tls_client_auth_subject_dn",
      "as": "text"
    },
    "description": "The subject that the client's certificate must have when it authenticates with `tls_client_auth`, as a string of RFC 4514 (RFC 8705 section 2.1.2). That method needs it; other methods do not read it."
  },
  {
    "path": "attributes.spiffeId",
    "name": "spiffeId",
    "parent": "attributes",
    "type": "string",
    "section": "advanced",
    "label": "SPIFFE id",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "spiffe_id",
      "as": "text"
    },
    "description": "The identity of the workload that the client runs as: `spiffe_jwt` accepts only a JWT-SVID for it. A trailing `/*` takes in every workload below the path."
  },
  {
    "path": "attributes.spiffeBundleEndpoint",
    "name": "spiffeBundleEndpoint",
    "parent": "attributes",
    "type": "string",
    "section": "advanced",
    "label": "SPIFFE bundle endpoint",
    "control": "text",
    "setBy": "registration",
    "dcr": {
      "name": "spiffe_bundle_endpoint",
      "as": "text"
    },
    "description": "The https address of the trust bundle, the keys that SVIDs of the client are verified with. Absent means the bundle that the authorization server has for the trust domain of `spiffeId`."
  },
  {
    "path": "attributes.keepClientAuthorizationAfterExpiration",
    "name": "keepClientAuthorizationAfterExpiration",
    "parent": "attributes",
    "type": "boolean",
    "section": "advanced",
    "label": "Keep consent after expiration",
    "control": "checkbox",
    "setBy": "registration",
    "dcr": {
      "name": "keep_client_authorization_after_expiration",
      "as": "boolean"
    },
    "default": false,
    "description": "Keeps the consent that users have given when the client ends, for records or for a client that is to come back. Otherwise it may be removed together with the client."
  },
  {
    "path": "attributes.spontaneousScopeScriptDns",
    "name": "spontaneousScopeScriptDns",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Spontaneous scope scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "spontaneous_scope_script_dns",
      "as": "list"
    },
    "refs": "script:spontaneous_scope",
    "description": "Scripts that change which spontaneous scopes a request of the client results in, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.updateTokenScriptDns",
    "name": "updateTokenScriptDns",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Update token scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "update_token_script_dns",
      "as": "list"
    },
    "refs": "script:update_token",
    "description": "Scripts that change the claims and lifetimes of ID tokens, access tokens and refresh tokens of the client before they are issued, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.postAuthnScripts",
    "name": "postAuthnScripts",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Post-authentication scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "post_authn_script_dns",
      "as": "list"
    },
    "refs": "script:post_authn",
    "description": "Scripts that run after the user has signed in and may demand another sign-in or another consent for the client, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.introspectionScripts",
    "name": "introspectionScripts",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Introspection scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "introspection_script_dns",
      "as": "list"
    },
    "refs": "script:introspection",
    "description": "Scripts that change the reply when a token of the client is introspected, as DNs; with `runIntrospectionScriptBeforeJwtCreation` they also change JWT access tokens. With an empty or absent list none runs."
  },
  {
    "path": "attributes.ropcScripts",
    "name": "ropcScripts",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Password grant scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "ropc_script_dns",
      "as": "list"
    },
    "refs": "script:resource_owner_password_credentials",
    "description": "Scripts that check the user of a password grant of the client, as DNs; all of them must succeed. With an empty or absent list none runs."
  },
  {
    "path": "attributes.consentGatheringScripts",
    "name": "consentGatheringScripts",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Consent gathering scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "consent_gathering_script_dns",
      "as": "list"
    },
    "refs": "script:consent_gathering",
    "description": "Scripts that lead the user through consent pages of their own in place of the usual one, as DNs; the one with the highest level runs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.tokenExchangeScripts",
    "name": "tokenExchangeScripts",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Token exchange scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "token_exchange_script_dns",
      "as": "list"
    },
    "refs": "script:token_exchange",
    "description": "Scripts that check token exchanges of the client (RFC 8693) and change the reply, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.logoutStatusJwtScriptDns",
    "name": "logoutStatusJwtScriptDns",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Logout status JWT scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "logout_status_jwt_script_dns",
      "as": "list"
    },
    "refs": "script:logout_status_jwt",
    "description": "Scripts that change the claims and the lifetime of logout status JWTs of the client, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.parScriptDns",
    "name": "parScriptDns",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Pushed authorization request scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "par_script_dns",
      "as": "list"
    },
    "refs": "script:par",
    "description": "Scripts that check requests which the client pushes (RFC 9126) and change the reply, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.txTokenScriptDns",
    "name": "txTokenScriptDns",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Transaction token scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "tx_token_script_dns",
      "as": "list"
    },
    "refs": "script:tx_token",
    "description": "Scripts that change the claims and the lifetime of transaction tokens of the client, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.idJagScripts",
    "name": "idJagScripts",
    "parent": "attributes",
    "type": "string-list",
    "section": "scripts",
    "label": "Identity assertion grant scripts",
    "control": "scripts",
    "setBy": "admin",
    "dcr": {
      "name": "id_jag_script_dns",
      "as": "list"
    },
    "refs": "script:token_exchange",
    "description": "Scripts that change the identity assertion grants (ID-JAG) which the client obtains by token exchange for use at another authorization server, as DNs. With an empty or absent list none runs."
  },
  {
    "path": "attributes.requestedLifetime",
    "name": "requestedLifetime",
    "parent": "attributes",
    "type": "integer",
    "section": "system",
    "label": "Requested lifetime (seconds)",
    "control": "number",
    "setBy": "registration",
    "dcr": {
      "name": "lifetime",
      "as": "integer"
    },
    "description": "The lifetime in seconds that was asked for when the client registered itself. The registration computes `expirationDate` from it, once; absent means that the registrant left it to the server."
  },
  {
    "path": "attributes.cimdClient",
    "name": "cimdClient",
    "parent": "attributes",
    "type": "boolean",
    "section": "system",
    "label": "From a client id metadata document",
    "control": "readonly",
    "setBy": "server",
    "description": "Whether the client was made from a client id metadata document: the client id in the request was a URL, and the metadata were read from there. Written by the server; a value on input is ignored."
  },
  {
    "path": "attributes.cimdOriginalClientId",
    "name": "cimdOriginalClientId",
    "parent": "attributes",
    "type": "string",
    "section": "system",
    "label": "Metadata document URL",
    "control": "readonly",
    "setBy": "server",
    "description": "The URL that such a client sends as `client_id`, the address of its metadata document; `inum` is derived from it. Written by the server; a value on input is ignored."
  },
  {
    "path": "attributes.cimdExpiresAt",
    "name": "cimdExpiresAt",
    "parent": "attributes",
    "type": "date-time",
    "section": "system",
    "label": "Metadata document expires at",
    "control": "readonly",
    "setBy": "server",
    "description": "Until when the copy of the metadata document is used (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); after that it is fetched again. Written by the server; a value on input is ignored."
  }
] as const satisfies readonly ClientProperty[];

/** Address of a property: `clientName`, `attributes.requirePar`. */
export type ClientPropertyPath = (typeof CLIENT_PROPERTIES)[number]['path'];

/** Names that tools send besides. They are dropped and never unknown in a document. */
export const CLIENT_NOISE: readonly string[] = ["tokenBindingSupported","action_message","expirable","softwareSection","cibaSection"];

/** Every property of a scope. */
export const SCOPE_PROPERTIES: readonly Property[] = [
  {
    "path": "dn",
    "name": "dn",
    "type": "string",
    "setBy": "server",
    "description": "The name of the scope in the directory, by which clients refer to it."
  },
  {
    "path": "inum",
    "name": "inum",
    "type": "string",
    "setBy": "admin",
    "db": "inum",
    "description": "The id of the record, made by the service. It never changes."
  },
  {
    "path": "id",
    "name": "id",
    "type": "string",
    "setBy": "admin",
    "db": "jansId",
    "description": "The scope as it stands in requests and tokens (RFC 6749 section 3.3): printable ASCII without spaces, quotes and backslashes. Case counts. No two scopes have the same."
  },
  {
    "path": "displayName",
    "name": "displayName",
    "type": "string",
    "setBy": "admin",
    "db": "displayName",
    "description": "The name that administrators read. Absent is stored as the `id`."
  },
  {
    "path": "description",
    "name": "description",
    "type": "string",
    "setBy": "admin",
    "db": "description",
    "description": "What the scope allows, as users read it on consent pages."
  },
  {
    "path": "iconUrl",
    "name": "iconUrl",
    "type": "string",
    "setBy": "admin",
    "db": "jansIconUrl",
    "description": "The address of a picture for consent pages."
  },
  {
    "path": "scopeType",
    "name": "scopeType",
    "type": "string",
    "setBy": "admin",
    "db": "jansScopeTyp",
    "values": [
      "openid",
      "dynamic",
      "uma",
      "spontaneous",
      "oauth"
    ],
    "default": "oauth",
    "description": "What kind of scope it is: `openid` releases claims about users, `dynamic` claims that scripts compute, `uma` belongs to User-Managed Access, `spontaneous` was made for one client by a pattern, `oauth` is any other."
  },
  {
    "path": "claims",
    "name": "claims",
    "type": "string-list",
    "setBy": "admin",
    "db": "jansClaim",
    "description": "The claims that the scope releases (OpenID Connect Core section 5.4), written by name or as directory names and answered as directory names."
  },
  {
    "path": "defaultScope",
    "name": "defaultScope",
    "type": "boolean",
    "setBy": "admin",
    "db": "jansDefScope",
    "default": false,
    "description": "Whether clients that register themselves and ask for no scope get this one: true exactly where `registration` is `default`. Of the two the one that is changed counts."
  },
  {
    "path": "registration",
    "name": "registration",
    "type": "string",
    "setBy": "admin",
    "values": [
      "default",
      "on-request",
      "never"
    ],
    "default": "never",
    "description": "How clients that register themselves get the scope: without asking for any (`default`), when they ask for it (`on-request`), or not at all."
  },
  {
    "path": "groupClaims",
    "name": "groupClaims",
    "type": "boolean",
    "setBy": "admin",
    "db": "jansGrpClaims",
    "default": false,
    "description": "Whether the claims come as one object named after the scope."
  },
  {
    "path": "dynamicScopeScripts",
    "name": "dynamicScopeScripts",
    "type": "string-list",
    "setBy": "admin",
    "db": "jansScrDn",
    "description": "The scripts that compute the claims of a `dynamic` scope, as directory names."
  },
  {
    "path": "umaAuthorizationPolicies",
    "name": "umaAuthorizationPolicies",
    "type": "string-list",
    "setBy": "admin",
    "db": "jansUmaPolicyScrDn",
    "description": "The scripts that decide about a `uma` scope, as directory names."
  },
  {
    "path": "attributes",
    "name": "attributes",
    "type": "attributes",
    "setBy": "admin",
    "description": "Further settings."
  },
  {
    "path": "creatorId",
    "name": "creatorId",
    "type": "string",
    "setBy": "server",
    "db": "creatorId",
    "description": "Who made the scope, the client that called. Ignored on input."
  },
  {
    "path": "creatorType",
    "name": "creatorType",
    "type": "string",
    "setBy": "server",
    "db": "creatorTyp",
    "values": [
      "none",
      "client",
      "user",
      "auto"
    ],
    "description": "What `creatorId` names."
  },
  {
    "path": "creatorAttributes",
    "name": "creatorAttributes",
    "type": "map",
    "setBy": "admin",
    "db": "creatorAttrs",
    "description": "Notes about the maker, by name."
  },
  {
    "path": "creationDate",
    "name": "creationDate",
    "type": "date-time",
    "setBy": "server",
    "db": "creationDate",
    "description": "When the scope was made, in UTC without a zone."
  },
  {
    "path": "expirationDate",
    "name": "expirationDate",
    "type": "date-time",
    "setBy": "admin",
    "db": "exp",
    "description": "When the scope ends: tokens that are issued from then on do not have it. In UTC without a zone; a fraction, `Z` or an offset is taken on input."
  },
  {
    "path": "deletable",
    "name": "deletable",
    "type": "boolean",
    "setBy": "server",
    "db": "del",
    "description": "Whether the scope has an `expirationDate`."
  },
  {
    "path": "umaType",
    "name": "umaType",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether `scopeType` is `uma`."
  },
  {
    "path": "baseDn",
    "name": "baseDn",
    "type": "string",
    "setBy": "server",
    "description": "The same as `dn`."
  },
  {
    "path": "attributes.spontaneousClientScopes",
    "name": "spontaneousClientScopes",
    "parent": "attributes",
    "type": "string-list",
    "setBy": "admin",
    "description": "The patterns by which spontaneous scopes were made from this one."
  },
  {
    "path": "attributes.showInConfigurationEndpoint",
    "name": "showInConfigurationEndpoint",
    "parent": "attributes",
    "type": "boolean",
    "setBy": "admin",
    "description": "Whether the authorization server lists the scope in its metadata."
  }
];
/** Names that are dropped from a scope. */
export const SCOPE_NOISE: readonly string[] = ["clients","moreClients","action_message"];

/** Every property of a claim. */
export const CLAIM_PROPERTIES: readonly Property[] = [
  {
    "path": "dn",
    "name": "dn",
    "type": "string",
    "setBy": "server",
    "description": "The name of the claim in the directory, by which clients and scopes refer to it."
  },
  {
    "path": "selected",
    "name": "selected",
    "type": "boolean",
    "setBy": "server",
    "description": "Always false. A mark of Janssen's forms."
  },
  {
    "path": "inum",
    "name": "inum",
    "type": "string",
    "setBy": "admin",
    "db": "inum",
    "description": "The id of the record, made by the service. It never changes."
  },
  {
    "path": "name",
    "name": "name",
    "type": "string",
    "setBy": "admin",
    "db": "jansAttrName",
    "description": "The name of the claim: printable ASCII without spaces, quotes and backslashes. Case counts. No two claims have the same, and clients and scopes can refer to the claim by it."
  },
  {
    "path": "displayName",
    "name": "displayName",
    "type": "string",
    "setBy": "admin",
    "db": "displayName",
    "description": "The name that people read. Absent is stored as the `name`."
  },
  {
    "path": "description",
    "name": "description",
    "type": "string",
    "setBy": "admin",
    "db": "description",
    "description": "What the claim says about a user."
  },
  {
    "path": "claimName",
    "name": "claimName",
    "type": "string",
    "setBy": "admin",
    "db": "jansClaimName",
    "description": "The name of the claim in ID tokens and at the userinfo endpoint. Absent means `name`."
  },
  {
    "path": "status",
    "name": "status",
    "type": "string",
    "setBy": "admin",
    "db": "jansStatus",
    "values": [
      "active",
      "inactive",
      "expired",
      "register"
    ],
    "default": "active",
    "description": "Whether the claim is in use."
  },
  {
    "path": "dataType",
    "name": "dataType",
    "type": "string",
    "setBy": "admin",
    "db": "jansAttrTyp",
    "values": [
      "string",
      "numeric",
      "boolean",
      "binary",
      "certificate",
      "generalizedTime",
      "json"
    ],
    "default": "string",
    "description": "What kind of value the claim has."
  },
  {
    "path": "oxMultiValuedAttribute",
    "name": "oxMultiValuedAttribute",
    "type": "boolean",
    "setBy": "admin",
    "db": "jansMultivaluedAttr",
    "formerly": [
      "jansMultivaluedAttr"
    ],
    "default": false,
    "description": "Whether a user can have several values."
  },
  {
    "path": "required",
    "name": "required",
    "type": "boolean",
    "setBy": "admin",
    "default": false,
    "description": "Whether every user has to have a value."
  },
  {
    "path": "viewType",
    "name": "viewType",
    "type": "string-list",
    "setBy": "admin",
    "db": "jansAttrViewTyp",
    "values": [
      "admin",
      "owner",
      "manager",
      "user",
      "whitePages"
    ],
    "description": "Who may see the value."
  },
  {
    "path": "editType",
    "name": "editType",
    "type": "string-list",
    "setBy": "admin",
    "db": "jansAttrEditTyp",
    "values": [
      "admin",
      "owner",
      "manager",
      "user",
      "whitePages"
    ],
    "description": "Who may change the value."
  },
  {
    "path": "usageType",
    "name": "usageType",
    "type": "string-list",
    "setBy": "admin",
    "db": "jansAttrUsgTyp",
    "values": [
      "openid"
    ],
    "description": "Which protocol the claim is for."
  },
  {
    "path": "attributeValidation",
    "name": "attributeValidation",
    "type": "attributes",
    "setBy": "admin",
    "db": "jansValidation",
    "description": "What a value has to be."
  },
  {
    "path": "jansHideOnDiscovery",
    "name": "jansHideOnDiscovery",
    "type": "boolean",
    "setBy": "admin",
    "db": "jansHideOnDiscovery",
    "default": false,
    "description": "Whether the authorization server leaves the claim out of its metadata."
  },
  {
    "path": "scimCustomAttr",
    "name": "scimCustomAttr",
    "type": "boolean",
    "setBy": "admin",
    "db": "jansScimCustomAttr",
    "default": false,
    "description": "Whether the claim is an attribute of the SCIM extension."
  },
  {
    "path": "origin",
    "name": "origin",
    "type": "string",
    "setBy": "admin",
    "db": "jansAttrOrigin",
    "description": "The table or class that holds the values."
  },
  {
    "path": "sourceAttribute",
    "name": "sourceAttribute",
    "type": "string",
    "setBy": "admin",
    "db": "jansSourceAttr",
    "description": "The attribute that the value is taken from."
  },
  {
    "path": "nameIdType",
    "name": "nameIdType",
    "type": "string",
    "setBy": "admin",
    "db": "jansNameIdTyp",
    "description": "The format of the name identifier in SAML."
  },
  {
    "path": "saml1Uri",
    "name": "saml1Uri",
    "type": "string",
    "setBy": "admin",
    "db": "jansSAML1URI",
    "description": "The name of the attribute in SAML 1."
  },
  {
    "path": "saml2Uri",
    "name": "saml2Uri",
    "type": "string",
    "setBy": "admin",
    "db": "jansSAML2URI",
    "description": "The name of the attribute in SAML 2."
  },
  {
    "path": "urn",
    "name": "urn",
    "type": "string",
    "setBy": "admin",
    "db": "urn",
    "description": "The URN of the attribute."
  },
  {
    "path": "seeAlso",
    "name": "seeAlso",
    "type": "string",
    "setBy": "admin",
    "db": "seeAlso",
    "description": "Where more is said about it."
  },
  {
    "path": "tooltip",
    "name": "tooltip",
    "type": "string",
    "setBy": "admin",
    "db": "jansTooltip",
    "description": "A hint for forms."
  },
  {
    "path": "custom",
    "name": "custom",
    "type": "boolean",
    "setBy": "server",
    "description": "Always false. A mark of Janssen's forms."
  },
  {
    "path": "adminCanView",
    "name": "adminCanView",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether `viewType` has `admin`."
  },
  {
    "path": "adminCanEdit",
    "name": "adminCanEdit",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether `editType` has `admin`."
  },
  {
    "path": "adminCanAccess",
    "name": "adminCanAccess",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether administrators may see or change the value."
  },
  {
    "path": "userCanView",
    "name": "userCanView",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether `viewType` has `user`."
  },
  {
    "path": "userCanEdit",
    "name": "userCanEdit",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether `editType` has `user`."
  },
  {
    "path": "userCanAccess",
    "name": "userCanAccess",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether users may see or change the value."
  },
  {
    "path": "whitePagesCanView",
    "name": "whitePagesCanView",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether `viewType` has `whitePages`."
  },
  {
    "path": "baseDn",
    "name": "baseDn",
    "type": "string",
    "setBy": "server",
    "description": "The same as `dn`."
  },
  {
    "path": "attributeValidation.minLength",
    "name": "minLength",
    "parent": "attributeValidation",
    "type": "integer",
    "setBy": "admin",
    "description": "The least number of characters."
  },
  {
    "path": "attributeValidation.maxLength",
    "name": "maxLength",
    "parent": "attributeValidation",
    "type": "integer",
    "setBy": "admin",
    "description": "The greatest number of characters."
  },
  {
    "path": "attributeValidation.regexp",
    "name": "regexp",
    "parent": "attributeValidation",
    "type": "string",
    "setBy": "admin",
    "description": "A regular expression that a value matches."
  }
];
/** Names that are dropped from a claim. */
export const CLAIM_NOISE: readonly string[] = ["action_message"];

/** Every property of a script. */
export const SCRIPT_PROPERTIES: readonly Property[] = [
  {
    "path": "dn",
    "name": "dn",
    "type": "string",
    "setBy": "server",
    "description": "The name of the script in the directory, by which clients refer to it."
  },
  {
    "path": "inum",
    "name": "inum",
    "type": "string",
    "setBy": "admin",
    "db": "inum",
    "description": "The id of the record, chosen by who creates the script or made by the service. It never changes."
  },
  {
    "path": "name",
    "name": "name",
    "type": "string",
    "setBy": "admin",
    "db": "displayName",
    "description": "The name of the script: letters, digits, spaces and `_ - : / .`. No two scripts have the same."
  },
  {
    "path": "aliases",
    "name": "aliases",
    "type": "string-list",
    "setBy": "admin",
    "db": "jansAlias",
    "description": "Further names."
  },
  {
    "path": "description",
    "name": "description",
    "type": "string",
    "setBy": "admin",
    "db": "description",
    "description": "What the script is for."
  },
  {
    "path": "script",
    "name": "script",
    "type": "string",
    "setBy": "admin",
    "db": "jansScr",
    "description": "The text of the script. JavaScript is read when it is written, and what cannot be is refused with its line and column; nothing runs then."
  },
  {
    "path": "scriptType",
    "name": "scriptType",
    "type": "string",
    "setBy": "admin",
    "db": "jansScrTyp",
    "values": [
      "person_authentication",
      "authorization_challenge",
      "introspection",
      "resource_owner_password_credentials",
      "application_session",
      "link_interception",
      "client_registration",
      "id_generator",
      "uma_rpt_policy",
      "uma_rpt_claims",
      "uma_claims_gathering",
      "access_evaluation",
      "access_evaluation_discovery",
      "token_exchange",
      "consent_gathering",
      "dynamic_scope",
      "spontaneous_scope",
      "end_session",
      "post_authn",
      "client_authn",
      "select_account",
      "create_user",
      "scim",
      "ciba_end_user_notification",
      "revoke_token",
      "persistence_extension",
      "idp",
      "discovery",
      "cookie",
      "health_check",
      "authz_detail",
      "update_token",
      "tx_token",
      "logout_status_jwt",
      "par",
      "config_api_auth",
      "modify_ssa_response",
      "fido2_extension",
      "lock_extension",
      "identity_assertion"
    ],
    "description": "What the script takes part in."
  },
  {
    "path": "programmingLanguage",
    "name": "programmingLanguage",
    "type": "string",
    "setBy": "admin",
    "db": "jansProgLng",
    "values": [
      "javascript",
      "python",
      "java"
    ],
    "description": "The language of the script. Only `javascript` runs here."
  },
  {
    "path": "moduleProperties",
    "name": "moduleProperties",
    "type": "custom-attributes",
    "setBy": "admin",
    "db": "jansModuleProperty",
    "description": "Settings for the service that runs the script, such as `usage_type`."
  },
  {
    "path": "configurationProperties",
    "name": "configurationProperties",
    "type": "custom-attributes",
    "setBy": "admin",
    "db": "jansConfProperty",
    "description": "What the script is configured with, each under a name of its own. The value of a hidden one is encrypted where it is kept and answered as `********`; that, or no value, keeps it when it is sent back."
  },
  {
    "path": "level",
    "name": "level",
    "type": "integer",
    "setBy": "admin",
    "db": "jansLevel",
    "default": 0,
    "description": "The place among the scripts of its type. Where only one of them may answer, it is the one with the highest."
  },
  {
    "path": "revision",
    "name": "revision",
    "type": "integer",
    "setBy": "server",
    "db": "jansRevision",
    "description": "The number of the revision that this is, counted up by each write."
  },
  {
    "path": "enabled",
    "name": "enabled",
    "type": "boolean",
    "setBy": "admin",
    "db": "jansEnabled",
    "default": false,
    "description": "Whether the script runs."
  },
  {
    "path": "storedOnly",
    "name": "storedOnly",
    "type": "boolean",
    "setBy": "server",
    "description": "Whether the script is kept, but never runs here: it is of another language than `javascript` or of another type than `client_registration`."
  },
  {
    "path": "scriptError",
    "name": "scriptError",
    "type": "attributes",
    "setBy": "server",
    "db": "jansScrError",
    "description": "The last failure of the script. A write of the script clears it."
  },
  {
    "path": "modified",
    "name": "modified",
    "type": "boolean",
    "setBy": "admin",
    "default": false,
    "description": "A mark of Janssen's pages."
  },
  {
    "path": "internal",
    "name": "internal",
    "type": "boolean",
    "setBy": "admin",
    "default": false,
    "description": "A mark of Janssen's pages, of scripts that came with an installation."
  },
  {
    "path": "locationType",
    "name": "locationType",
    "type": "string",
    "setBy": "admin",
    "values": [
      "db"
    ],
    "default": "db",
    "description": "Where the text is. It is always in the database."
  },
  {
    "path": "baseDn",
    "name": "baseDn",
    "type": "string",
    "setBy": "server",
    "description": "The same as `dn`."
  },
  {
    "path": "scriptError.raisedAt",
    "name": "raisedAt",
    "parent": "scriptError",
    "type": "date-time",
    "setBy": "server",
    "description": "When it failed, in UTC without a zone."
  },
  {
    "path": "scriptError.stackTrace",
    "name": "stackTrace",
    "parent": "scriptError",
    "type": "string",
    "setBy": "server",
    "description": "What went wrong, and where."
  }
];
/** Names that are dropped from a script. */
export const SCRIPT_NOISE: readonly string[] = ["action_message"];
