// Generated from openapi/openid-client.yaml by `npm run generate`. Do not edit.

/** Every operation: how it is called, which scopes allow it (any one is enough), and what its query has. */
export const OPERATIONS = [
  {
    "id": "get-oauth-openid-clients-by-inum",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "patch-oauth-openid-client-by-inum",
    "method": "PATCH",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "revokeTokens": "boolean",
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum"
    ]
  },
  {
    "id": "delete-oauth-openid-client-by-inum",
    "method": "DELETE",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.delete",
      "https://jans.io/oauth/config/openid/openid.delete",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/delete-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum"
    ]
  },
  {
    "id": "get-oauth-openid-clients",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "pattern": "string",
      "startIndex": "integer",
      "sortBy": "string",
      "sortOrder": "string",
      "fieldValuePair": "string",
      "filter": "string",
      "cursor": "string"
    },
    "words": {
      "sortOrder": [
        "ascending",
        "descending"
      ]
    },
    "ignoredQuery": []
  },
  {
    "id": "post-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "idempotent": true,
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "put-oauth-openid-client",
    "method": "PUT",
    "path": "/jans-config-api/api/v1/openid/clients",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-clients-removed",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/removed",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-clients-unused",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/unused",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-clients-report",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/report",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "profile": "string",
      "rule": "string",
      "filter": "string",
      "limit": "integer",
      "cursor": "string"
    },
    "words": {
      "profile": [
        "rfc9700",
        "oauth2.1",
        "fapi2",
        "mcp"
      ]
    },
    "ignoredQuery": []
  },
  {
    "id": "forget-oauth-openid-clients-reporter",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/unused/forget-reporter",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-clients-bulks",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/bulk",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "start-oauth-openid-clients-bulk",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/bulk",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/clients.delete",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/openid.delete",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all",
      "https://jans.io/oauth/config/delete-all"
    ],
    "idempotent": true,
    "reasoned": true,
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-clients-bulk",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/bulk/{id}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-oauth-openid-clients-bulk-results",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/bulk/{id}/results",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "cursor": "string",
      "outcome": "string"
    },
    "words": {
      "outcome": [
        "waiting",
        "changed",
        "unchanged",
        "skipped",
        "failed"
      ]
    },
    "ignoredQuery": []
  },
  {
    "id": "pause-oauth-openid-clients-bulk",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/bulk/{id}/pause",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/clients.delete",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/openid.delete",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all",
      "https://jans.io/oauth/config/delete-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "resume-oauth-openid-clients-bulk",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/bulk/{id}/resume",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/clients.delete",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/openid.delete",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all",
      "https://jans.io/oauth/config/delete-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "stop-oauth-openid-clients-bulk",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/bulk/{id}/stop",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/clients.delete",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/openid.delete",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all",
      "https://jans.io/oauth/config/delete-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "post-openid-client-use",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/client-use",
    "scopes": [
      "https://jans.io/oauth/config/openid/client-use.write"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "restore-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/restore",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "purge-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/purge",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.delete",
      "https://jans.io/oauth/config/openid/openid.delete",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/delete-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "validate-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/validate",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "profile": "undefined"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-scopes",
    "method": "GET",
    "path": "/jans-config-api/api/v1/scopes",
    "scopes": [
      "https://jans.io/oauth/config/scopes.readonly",
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "pattern": "string",
      "startIndex": "integer",
      "sortBy": "string",
      "sortOrder": "string",
      "fieldValuePair": "string",
      "filter": "string",
      "cursor": "string",
      "type": "string",
      "withAssociatedClients": "boolean"
    },
    "words": {
      "sortOrder": [
        "ascending",
        "descending"
      ],
      "type": [
        "openid",
        "dynamic",
        "uma",
        "spontaneous",
        "oauth"
      ]
    },
    "ignoredQuery": []
  },
  {
    "id": "post-oauth-scopes",
    "method": "POST",
    "path": "/jans-config-api/api/v1/scopes",
    "scopes": [
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "put-oauth-scopes",
    "method": "PUT",
    "path": "/jans-config-api/api/v1/scopes",
    "scopes": [
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-scopes-by-inum",
    "method": "GET",
    "path": "/jans-config-api/api/v1/scopes/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/scopes.readonly",
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "withAssociatedClients": "boolean"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "patch-oauth-scopes-by-id",
    "method": "PATCH",
    "path": "/jans-config-api/api/v1/scopes/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum"
    ]
  },
  {
    "id": "delete-oauth-scopes-by-inum",
    "method": "DELETE",
    "path": "/jans-config-api/api/v1/scopes/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/scopes.delete",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/delete-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "force": "boolean",
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum"
    ]
  },
  {
    "id": "get-scope-by-creator",
    "method": "GET",
    "path": "/jans-config-api/api/v1/scopes/creator/{creatorId}",
    "scopes": [
      "https://jans.io/oauth/config/scopes.readonly",
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-scope-by-type",
    "method": "GET",
    "path": "/jans-config-api/api/v1/scopes/type/{type}",
    "scopes": [
      "https://jans.io/oauth/config/scopes.readonly",
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-attributes",
    "method": "GET",
    "path": "/jans-config-api/api/v1/attributes",
    "scopes": [
      "https://jans.io/oauth/config/attributes.readonly",
      "https://jans.io/oauth/config/attributes.write",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "pattern": "string",
      "status": "string",
      "startIndex": "integer",
      "sortBy": "string",
      "sortOrder": "string",
      "fieldValuePair": "string",
      "filter": "string",
      "cursor": "string"
    },
    "words": {
      "status": [
        "all",
        "active",
        "inactive",
        "expired",
        "register"
      ],
      "sortOrder": [
        "ascending",
        "descending"
      ]
    },
    "ignoredQuery": []
  },
  {
    "id": "post-attributes",
    "method": "POST",
    "path": "/jans-config-api/api/v1/attributes",
    "scopes": [
      "https://jans.io/oauth/config/attributes.write",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "put-attributes",
    "method": "PUT",
    "path": "/jans-config-api/api/v1/attributes",
    "scopes": [
      "https://jans.io/oauth/config/attributes.write",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-attributes-by-inum",
    "method": "GET",
    "path": "/jans-config-api/api/v1/attributes/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/attributes.readonly",
      "https://jans.io/oauth/config/attributes.write",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "patch-attributes-by-inum",
    "method": "PATCH",
    "path": "/jans-config-api/api/v1/attributes/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/attributes.write",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum"
    ]
  },
  {
    "id": "delete-attributes-by-inum",
    "method": "DELETE",
    "path": "/jans-config-api/api/v1/attributes/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/attributes.delete",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/delete-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum"
    ]
  },
  {
    "id": "token",
    "method": "POST",
    "path": "/jans-auth/restv1/token",
    "scopes": [],
    "public": "The client authenticates in the request itself.",
    "errors": "oauth",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "introspection",
    "method": "POST",
    "path": "/jans-auth/restv1/introspection",
    "scopes": [],
    "public": "The client authenticates in the request itself.",
    "errors": "oauth",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "revoke",
    "method": "POST",
    "path": "/jans-auth/restv1/revoke",
    "scopes": [],
    "public": "The client authenticates in the request itself.",
    "errors": "oauth",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "activate-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/activate",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "deactivate-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/deactivate",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "revokeTokens": "boolean",
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "approve-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/approve",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "reject-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/reject",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "keep-oauth-openid-client",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/keep",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "rotate-oauth-openid-client-secret",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/secret",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "revoke-oauth-openid-client-tokens",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/revoke-tokens",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-client-tokens",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/tokens",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-oauth-openid-client-secrets",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/secrets",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "add-oauth-openid-client-secret",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/secrets",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "remove-oauth-openid-client-secret",
    "method": "DELETE",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/secrets/{id}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum",
      "id"
    ]
  },
  {
    "id": "get-oauth-openid-changes",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/changes",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "since": "string",
      "until": "string",
      "by": "string",
      "inum": "string",
      "operation": "string",
      "property": "string",
      "requestId": "string",
      "filter": "string",
      "sortOrder": "string",
      "cursor": "string"
    },
    "words": {
      "sortOrder": [
        "ascending",
        "descending"
      ]
    },
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-changes-undos",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/changes/undo",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "undo-oauth-openid-changes",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/changes/undo",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "idempotent": true,
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-changes-undo",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/changes/undo/{undo}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "cursor": "string",
      "left": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "pause-oauth-openid-changes-undo",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/changes/undo/{undo}/pause",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "resume-oauth-openid-changes-undo",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/changes/undo/{undo}/resume",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "stop-oauth-openid-changes-undo",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/changes/undo/{undo}/stop",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-client-history",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/history",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-client-revisions",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/revisions",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-openid-client-revision",
    "method": "GET",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/revisions/{number}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "compare": "integer"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "restore-oauth-openid-client-revision",
    "method": "POST",
    "path": "/jans-config-api/api/v1/openid/clients/{inum}/revisions/{number}/restore",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-oauth-scopes-revisions",
    "method": "GET",
    "path": "/jans-config-api/api/v1/scopes/{inum}/revisions",
    "scopes": [
      "https://jans.io/oauth/config/scopes.readonly",
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-oauth-scopes-revision",
    "method": "GET",
    "path": "/jans-config-api/api/v1/scopes/{inum}/revisions/{number}",
    "scopes": [
      "https://jans.io/oauth/config/scopes.readonly",
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "compare": "integer"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "restore-oauth-scopes-revision",
    "method": "POST",
    "path": "/jans-config-api/api/v1/scopes/{inum}/revisions/{number}/restore",
    "scopes": [
      "https://jans.io/oauth/config/scopes.write",
      "https://jans.io/oauth/config/scopes.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-attributes-revisions",
    "method": "GET",
    "path": "/jans-config-api/api/v1/attributes/{inum}/revisions",
    "scopes": [
      "https://jans.io/oauth/config/attributes.readonly",
      "https://jans.io/oauth/config/attributes.write",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-attributes-revision",
    "method": "GET",
    "path": "/jans-config-api/api/v1/attributes/{inum}/revisions/{number}",
    "scopes": [
      "https://jans.io/oauth/config/attributes.readonly",
      "https://jans.io/oauth/config/attributes.write",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "compare": "integer"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "restore-attributes-revision",
    "method": "POST",
    "path": "/jans-config-api/api/v1/attributes/{inum}/revisions/{number}/restore",
    "scopes": [
      "https://jans.io/oauth/config/attributes.write",
      "https://jans.io/oauth/config/attributes.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-config-scripts",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "pattern": "string",
      "startIndex": "integer",
      "sortBy": "string",
      "sortOrder": "string",
      "fieldValuePair": "string",
      "filter": "string",
      "cursor": "string"
    },
    "words": {
      "sortOrder": [
        "ascending",
        "descending"
      ]
    },
    "ignoredQuery": []
  },
  {
    "id": "post-config-scripts",
    "method": "POST",
    "path": "/jans-config-api/api/v1/config/scripts",
    "scopes": [
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "addScriptTemplate": "boolean",
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "put-config-scripts",
    "method": "PUT",
    "path": "/jans-config-api/api/v1/config/scripts",
    "scopes": [
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "patch-config-scripts-by-inum",
    "method": "PATCH",
    "path": "/jans-config-api/api/v1/config/scripts/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum"
    ]
  },
  {
    "id": "delete-config-scripts-by-inum",
    "method": "DELETE",
    "path": "/jans-config-api/api/v1/config/scripts/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/scripts.delete",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/delete-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "force": "boolean",
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "inum"
    ]
  },
  {
    "id": "test-config-script",
    "method": "POST",
    "path": "/jans-config-api/api/v1/config/scripts/{inum}/test",
    "scopes": [
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "replay-config-script",
    "method": "POST",
    "path": "/jans-config-api/api/v1/config/scripts/{inum}/replay",
    "scopes": [
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-config-script-replay",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/{inum}/replay/{replay}",
    "scopes": [
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-config-scripts-revisions",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/{inum}/revisions",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-config-scripts-revision",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/{inum}/revisions/{number}",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "compare": "integer"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "restore-config-scripts-revision",
    "method": "POST",
    "path": "/jans-config-api/api/v1/config/scripts/{inum}/revisions/{number}/restore",
    "scopes": [
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-config-scripts-by-inum",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/inum/{inum}",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-custom-script-by-name",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/name/{name}",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-config-scripts-by-type",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/type/{type}",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "pattern": "string",
      "startIndex": "integer",
      "sortBy": "string",
      "sortOrder": "string",
      "fieldValuePair": "string",
      "filter": "string",
      "cursor": "string"
    },
    "words": {
      "sortOrder": [
        "ascending",
        "descending"
      ]
    },
    "ignoredQuery": []
  },
  {
    "id": "get-config-scripts-catalog",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/catalog",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-custom-script-type",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/types",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-custom-script-types",
    "method": "GET",
    "path": "/jans-config-api/api/v1/config/scripts/script-types",
    "scopes": [
      "https://jans.io/oauth/config/scripts.readonly",
      "https://jans.io/oauth/config/scripts.write",
      "https://jans.io/oauth/config/scripts.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-register",
    "method": "GET",
    "path": "/jans-auth/restv1/register",
    "scopes": [],
    "public": "The registration access token opens one client.",
    "errors": "oauth",
    "query": {
      "client_id": "string"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "post-register",
    "method": "POST",
    "path": "/jans-auth/restv1/register",
    "scopes": [],
    "public": "The caller brings an initial access token, where one is needed.",
    "idempotent": true,
    "errors": "oauth",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "put-register",
    "method": "PUT",
    "path": "/jans-auth/restv1/register",
    "scopes": [],
    "public": "The registration access token opens one client.",
    "errors": "oauth",
    "query": {
      "client_id": "string"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "delete-register",
    "method": "DELETE",
    "path": "/jans-auth/restv1/register",
    "scopes": [],
    "public": "The registration access token opens one client.",
    "errors": "oauth",
    "query": {
      "client_id": "string"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type"
    ]
  },
  {
    "id": "get-ssa",
    "method": "GET",
    "path": "/jans-auth/restv1/ssa",
    "scopes": [
      "https://jans.io/auth/ssa.admin",
      "https://jans.io/auth/ssa.portal",
      "https://jans.io/auth/ssa.developer"
    ],
    "errors": "oauth",
    "query": {
      "jti": "string",
      "org_id": "string"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "post-register-ssa",
    "method": "POST",
    "path": "/jans-auth/restv1/ssa",
    "scopes": [
      "https://jans.io/auth/ssa.admin"
    ],
    "reasoned": true,
    "errors": "oauth",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "delete-ssa",
    "method": "DELETE",
    "path": "/jans-auth/restv1/ssa",
    "scopes": [
      "https://jans.io/auth/ssa.admin"
    ],
    "reasoned": true,
    "errors": "oauth",
    "query": {
      "jti": "string",
      "org_id": "string"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type"
    ]
  },
  {
    "id": "get-jwt-ssa",
    "method": "GET",
    "path": "/jans-auth/restv1/ssa/jwt",
    "scopes": [
      "https://jans.io/auth/ssa.admin"
    ],
    "errors": "oauth",
    "query": {
      "jti": "string"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "validate-ssa",
    "method": "POST",
    "path": "/jans-auth/restv1/ssa/validation",
    "scopes": [],
    "public": "Whoever knows the id of a statement has the statement.",
    "errors": "oauth",
    "query": {},
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-registration-tokens",
    "method": "GET",
    "path": "/jans-config-api/api/v1/registration-tokens",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {
      "limit": "integer",
      "startIndex": "integer"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "post-registration-token",
    "method": "POST",
    "path": "/jans-config-api/api/v1/registration-tokens",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": []
  },
  {
    "id": "get-registration-token-by-id",
    "method": "GET",
    "path": "/jans-config-api/api/v1/registration-tokens/{id}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.readonly",
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.readonly",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "delete-registration-token-by-id",
    "method": "DELETE",
    "path": "/jans-config-api/api/v1/registration-tokens/{id}",
    "scopes": [
      "https://jans.io/oauth/config/openid/clients.write",
      "https://jans.io/oauth/config/openid/openid.write",
      "https://jans.io/oauth/config/openid/clients.admin",
      "https://jans.io/oauth/config/write-all"
    ],
    "reasoned": true,
    "errors": "problem",
    "query": {
      "dryRun": "boolean"
    },
    "words": {},
    "ignoredQuery": [
      "url",
      "headers",
      "verify",
      "params",
      "json",
      "type",
      "id"
    ]
  },
  {
    "id": "jwks",
    "method": "GET",
    "path": "/jans-auth/restv1/jwks",
    "scopes": [],
    "public": "Public keys.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "openid-configuration",
    "method": "GET",
    "path": "/.well-known/openid-configuration",
    "scopes": [],
    "public": "Metadata.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "oauth-authorization-server",
    "method": "GET",
    "path": "/.well-known/oauth-authorization-server",
    "scopes": [],
    "public": "Metadata.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "builtin-openid-configuration",
    "method": "GET",
    "path": "/jans-auth/.well-known/openid-configuration",
    "scopes": [],
    "public": "Metadata.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "oauth-protected-resource",
    "method": "GET",
    "path": "/.well-known/oauth-protected-resource",
    "scopes": [],
    "public": "Metadata.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-config-health",
    "method": "GET",
    "path": "/jans-config-api/api/v1/health",
    "scopes": [],
    "public": "Nothing but UP and DOWN.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-config-health-live",
    "method": "GET",
    "path": "/jans-config-api/api/v1/health/live",
    "scopes": [],
    "public": "Nothing but UP.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-config-health-ready",
    "method": "GET",
    "path": "/jans-config-api/api/v1/health/ready",
    "scopes": [],
    "public": "Nothing but UP and DOWN.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-app-version",
    "method": "GET",
    "path": "/jans-config-api/api/v1/health/app-version",
    "scopes": [],
    "public": "The document that is public has it as well.",
    "errors": "problem",
    "query": {
      "artifact": "string"
    },
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-metrics",
    "method": "GET",
    "path": "/metrics",
    "scopes": [
      "https://jans.io/oauth/config/stats.readonly",
      "https://jans.io/oauth/config/read-all",
      "https://jans.io/oauth/config/write-all"
    ],
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  },
  {
    "id": "get-openapi-document",
    "method": "GET",
    "path": "/openapi.json",
    "scopes": [],
    "public": "The contract is public.",
    "errors": "problem",
    "query": {},
    "words": {},
    "ignoredQuery": "any"
  }
] as const;

/** The scopes that operations ask for, with what they allow. */
export const ADMINISTRATION_SCOPES: Readonly<Record<string, string>> = {
  "https://jans.io/oauth/config/openid/clients.readonly": "Read clients",
  "https://jans.io/oauth/config/openid/clients.write": "Read, create and change clients",
  "https://jans.io/oauth/config/openid/clients.delete": "Delete clients",
  "https://jans.io/oauth/config/openid/clients.admin": "Everything on clients",
  "https://jans.io/oauth/config/openid/client-use.write": "Report uses of clients",
  "https://jans.io/oauth/config/openid/openid.readonly": "Read OpenID Connect resources",
  "https://jans.io/oauth/config/openid/openid.write": "Create and change OpenID Connect resources",
  "https://jans.io/oauth/config/openid/openid.delete": "Delete OpenID Connect resources",
  "https://jans.io/auth/ssa.admin": "Issue, list and revoke software statements",
  "https://jans.io/auth/ssa.portal": "List software statements",
  "https://jans.io/auth/ssa.developer": "List own software statements",
  "https://jans.io/oauth/config/stats.readonly": "Read metrics",
  "https://jans.io/oauth/config/scopes.readonly": "Read scopes",
  "https://jans.io/oauth/config/scopes.write": "Read, create and change scopes",
  "https://jans.io/oauth/config/scopes.delete": "Delete scopes",
  "https://jans.io/oauth/config/scopes.admin": "Everything on scopes",
  "https://jans.io/oauth/config/attributes.readonly": "Read claims",
  "https://jans.io/oauth/config/attributes.write": "Read, create and change claims",
  "https://jans.io/oauth/config/attributes.delete": "Delete claims",
  "https://jans.io/oauth/config/attributes.admin": "Everything on claims",
  "https://jans.io/oauth/config/scripts.readonly": "Read scripts",
  "https://jans.io/oauth/config/scripts.write": "Read, create and change scripts",
  "https://jans.io/oauth/config/scripts.delete": "Delete scripts",
  "https://jans.io/oauth/config/scripts.admin": "Everything on scripts",
  "https://jans.io/oauth/config/read-all": "Read everything",
  "https://jans.io/oauth/config/write-all": "Read, create and change everything",
  "https://jans.io/oauth/config/delete-all": "Delete everything"
};

/** Former names of administration scopes, with the present ones. */
export const FORMER_SCOPES: Readonly<Record<string, string>> = {
  "https://jans.io/oauth/config/openid/openid-read": "https://jans.io/oauth/config/openid/openid.readonly",
  "https://jans.io/oauth/config/openid/openid-write": "https://jans.io/oauth/config/openid/openid.write",
  "https://jans.io/oauth/config/openid/openid-delete": "https://jans.io/oauth/config/openid/openid.delete"
};

/** Every problem that the service answers. */
export const PROBLEMS = {
  "invalid-request": {
    "status": 400,
    "title": "The request is not valid"
  },
  "unauthorized": {
    "status": 401,
    "title": "A valid token is needed"
  },
  "insufficient-scope": {
    "status": 403,
    "title": "The token does not have the scope that this needs"
  },
  "client-not-found": {
    "status": 404,
    "title": "The requested openid connect client doesn't exist"
  },
  "revision-not-found": {
    "status": 404,
    "title": "The requested revision doesn't exist"
  },
  "not-found": {
    "status": 404,
    "title": "There is nothing at this address"
  },
  "method-not-allowed": {
    "status": 405,
    "title": "This address does not take this method"
  },
  "client-exists": {
    "status": 409,
    "title": "A client with this inum exists"
  },
  "scope-not-found": {
    "status": 404,
    "title": "The requested scope doesn't exist"
  },
  "claim-not-found": {
    "status": 404,
    "title": "The requested attribute doesn't exist"
  },
  "scope-exists": {
    "status": 409,
    "title": "A scope with this id exists"
  },
  "claim-exists": {
    "status": 409,
    "title": "A claim with this name exists"
  },
  "script-not-found": {
    "status": 404,
    "title": "The requested custom script doesn't exist"
  },
  "script-exists": {
    "status": 409,
    "title": "A script with this inum or name exists"
  },
  "in-use": {
    "status": 409,
    "title": "This is in use"
  },
  "stock-resource": {
    "status": 409,
    "title": "The service needs this as it is"
  },
  "test-failed": {
    "status": 409,
    "title": "A test operation of the patch failed"
  },
  "last-administrator": {
    "status": 409,
    "title": "Nobody could undo this"
  },
  "client-changing": {
    "status": 409,
    "title": "This client is being changed"
  },
  "approval-needed": {
    "status": 409,
    "title": "An administrator has to approve this client first"
  },
  "nothing-to-decide": {
    "status": 409,
    "title": "Nothing of this client waits for a decision"
  },
  "bulk-not-confirmed": {
    "status": 409,
    "title": "What was confirmed is not what would be done"
  },
  "bulk-state": {
    "status": 409,
    "title": "The run is in a state in which this cannot be done"
  },
  "too-many-runs": {
    "status": 409,
    "title": "Too many runs of this caller have not ended"
  },
  "undo-state": {
    "status": 409,
    "title": "The undo is in a state in which this cannot be done"
  },
  "nothing-to-restore": {
    "status": 409,
    "title": "This revision has nothing to restore"
  },
  "request-in-progress": {
    "status": 409,
    "title": "A request with this idempotency key is under way"
  },
  "reply-lost": {
    "status": 409,
    "title": "The reply to this idempotency key can no longer be read"
  },
  "no-secret": {
    "status": 409,
    "title": "The authentication methods of this client use no secret"
  },
  "precondition-failed": {
    "status": 412,
    "title": "This has changed since it was read"
  },
  "content-too-large": {
    "status": 413,
    "title": "The body is too large"
  },
  "unsupported-media-type": {
    "status": 415,
    "title": "The media type is not one that this operation takes"
  },
  "idempotency-key-reused": {
    "status": 422,
    "title": "This idempotency key was sent with another request"
  },
  "too-many-requests": {
    "status": 429,
    "title": "Too many requests"
  },
  "internal-error": {
    "status": 500,
    "title": "The service failed"
  },
  "unavailable": {
    "status": 503,
    "title": "The service cannot answer now"
  }
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemName = keyof typeof PROBLEMS;
