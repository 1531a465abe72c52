// Generated from openapi/openid-client.yaml by `npm run generate`. Do not edit.
export interface paths {
    "/jans-config-api/api/v1/openid/clients/{inum}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        /**
         * Read one client
         * @description Returns the client with its `ETag`. With `If-None-Match` the reply is 304 while nothing has changed, the last use of the client included.
         */
        get: operations["get-oauth-openid-clients-by-inum"];
        put?: never;
        post?: never;
        /**
         * Remove a client
         * @description Removes the client, its secrets and its registration. Its tokens are refused by this API within a second. It can be restored for `REMOVED_KEEP_DAYS` (`restore-oauth-openid-client`). A client that can write clients cannot be removed while no other enabled one has all of its administration scopes (409).
         */
        delete: operations["delete-oauth-openid-client-by-inum"];
        options?: never;
        head?: never;
        /**
         * Change some members of a client
         * @description Applies a JSON Patch (RFC 6902) or a merge patch (RFC 7396), all of it or nothing. The result is checked as a whole. Without `If-Match` the patch is applied to the latest version, so that two callers who change different members both succeed; where others change the client again and again, it is refused with 409 and `Retry-After`. A patch that names what clients do not have, changes a read-only member or misses its target is refused with 400, a failing `test` with 409. A client that was read can be sent as a merge patch.
         */
        patch: operations["patch-oauth-openid-client-by-inum"];
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search clients
         * @description A page of clients, in ascending order of `inum` unless `sortBy` says otherwise. `pattern` searches names, descriptions and ids; `fieldValuePair` filters by members. Secrets are never in a list.
         */
        get: operations["get-oauth-openid-clients"];
        /**
         * Replace a client
         * @description Replaces every writable member of the client that `inum` in the body names: a member that is left out is removed. Read-only members are ignored, so that a client that was read can be edited and sent back. A `clientSecret` that is left out keeps the secret. An unknown `inum` is 404; this operation never creates.
         */
        put: operations["put-oauth-openid-client"];
        /**
         * Register a client
         * @description Registers a client. An `inum` may be chosen; a `clientSecret` is made when the authentication method needs one and none is given, and it is shown in this reply only.
         */
        post: operations["post-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/removed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the clients that were removed and can be restored
         * @description A page of the clients that were removed, by whomever and however, the last one first. They are kept for `REMOVED_KEEP_DAYS`. One whose id another client has by now is `idTaken`, and is restored under another id.
         */
        get: operations["get-oauth-openid-clients-removed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/unused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the clients that nobody uses
         * @description A page of the clients that `REGISTRATION_UNUSED_DAYS` has found, those that were found first before others: `reported` ones are disabled at `until`, `disabled` ones are removed then and can be restored. `keep` undoes either. `lastAccessTime<-90d` and `lastAccessTime=never` as filters of the list of clients find unused ones without it.
         */
        get: operations["get-oauth-openid-clients-unused"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report what the clients break of a security profile
         * @description Judges every stored client by the rules of a profile and says, worst first, how many break each rule, how they are mended, and what breaks for them where an authorization server enforces it. With `rule` it has a page of the clients that break that one as well. It is answered at once, whatever the number of clients: what a client breaks is noted with each write. With `filter` it is about the clients that the filter finds, which are counted then: where that takes longer than some seconds, the reply is 503.
         */
        get: operations["get-oauth-openid-clients-report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/unused/forget-reporter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that a reporter of uses is gone for good
         * @description Nobody waits for its reports any more, so that unused clients are swept again where it had fallen silent; clients that were used there count as unused from then on, unless somebody else reports them. When it reports again, it is waited for again.
         */
        post: operations["forget-oauth-openid-clients-reporter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the runs over many clients
         * @description A page of the runs that do something to many clients, the last one first. They are kept for 30 days after their end.
         */
        get: operations["get-oauth-openid-clients-bulks"];
        put?: never;
        /**
         * Change many clients
         * @description Does the same to all clients that a filter fits, or to those of a list. Without `confirm` nothing is done: the reply says how many clients they are, tries the first of them, and has what to send as `confirm` with the same body. With it a run is begun, which a task does client by client, each in a transaction of its own: as the operation on one client does it, with its rules, its revision and its record in the log, whose `requestId` is the id of the run. Where more, fewer or other clients fit than were confirmed, nothing is done.
         *
         *     The clients are chosen by the filter when the run begins, at once or in some seconds: those that it fits later stay as they are, and so does one that it does not fit any more when it is its turn (`skipped`). What is refused (`failed`) leaves its client as it is. A run goes on after a restart, and does nothing twice. It does no more than whoever has begun it may do still: it stops when that client of this service is deactivated or loses a scope that is needed, when the token is revoked, or when its issuer is not trusted any more. It may go on after the end of the token; with one of another issuer for an hour, after which it is `paused`. At most 100,000 clients at once.
         *
         *     The token needs the scope of the operation on one client, for a filter also one that reads clients. All of a run is undone, secrets aside, with `POST /jans-config-api/api/v1/openid/changes/undo` and its id as `requestId`.
         */
        post: operations["start-oauth-openid-clients-bulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/bulk/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        /**
         * Read how far a run over many clients is
         * @description How many clients of a run have come to what so far, and its first failures. It is kept for 30 days after its end.
         */
        get: operations["get-oauth-openid-clients-bulk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/bulk/{id}/results": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        /**
         * List what a run has made of each client
         * @description A page of the clients of a run with what has become of each, in the order in which they are done.
         */
        get: operations["get-oauth-openid-clients-bulk-results"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/bulk/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold a run over many clients
         * @description Holds a run at once, until it is resumed. The token needs the scope of what the run does.
         */
        post: operations["pause-oauth-openid-clients-bulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/bulk/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a run over many clients go on
         * @description Lets a run go on that is paused or has failed. Whoever resumes it is who does what is left, with the scopes of this token. It needs the scope of what the run does, for a filter also one that reads clients.
         */
        post: operations["resume-oauth-openid-clients-bulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/bulk/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a run over many clients
         * @description Ends a run at once. What was done stays done, and what is left is not done any more. The token needs the scope of what the run does.
         */
        post: operations["stop-oauth-openid-clients-bulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/client-use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report uses of clients
         * @description Tells, for an authorization server that reads its clients from here, when it has seen them: `lastAccessTime` of each becomes the latest time that is known, never an earlier one. A report once an hour is enough, at least one a day, and also when there was no use: without reports nobody knows that a client is not used, and who has reported once is waited for (`sweep.reporters` of the unused clients). Of a report with a time in the future nothing is taken. Clients that there are not are named in the reply, and nothing else becomes of them.
         */
        post: operations["post-openid-client-use"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a client that was removed
         * @description Makes the client again as it was, by the rules of a patch, for who may make a client with its scopes. Of several that were removed from under this id it is the last one, unless `incarnation` names another. Its current secret comes back unless that has ended; the tokens that it had and its registration access token never do, so that a client that registered itself is managed by administrators from then on. While another client has the id, the reply is 409, and `inum` gives it another one.
         */
        post: operations["restore-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/purge": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Forget what was removed from under an id
         * @description Takes away for good every client that was removed from under this id and can be restored, with its revisions. A client that has the id now is left alone. That it was there, and who changed which of its properties, stays in the log.
         */
        post: operations["purge-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a client without registering it
         * @description Says what a registration of this client would answer: the client as it would be stored, or every rule that it breaks. `warnings` adds what would be better about it, by RFC 9700 and, marked with `profile`, by FAPI 2.0. With `profile`, `findings` has what it breaks of that profile, as the report of the stored clients has it. Nothing is saved. The reply is 200 whenever the body has the shape of a client.
         */
        post: operations["validate-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/scopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search scopes
         * @description A page of scopes, in ascending order of `inum` unless `sortBy` says otherwise. `pattern` searches names, descriptions, ids and types; `fieldValuePair` filters by members.
         */
        get: operations["get-oauth-scopes"];
        /**
         * Replace a scope
         * @description Replaces every writable member of the scope that `inum` in the body names: a member that is left out is removed. Read-only members are ignored. A scope that gets another `id` stays with its clients; what stands in tokens changes with the next one. Administration scopes cannot be changed, and stock scopes keep their `id`.
         */
        put: operations["put-oauth-scopes"];
        /**
         * Create a scope
         * @description Creates a scope; its `inum` is made by the service. An `id` that is taken is refused with 409. The ids of administration scopes are reserved.
         */
        post: operations["post-oauth-scopes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/scopes/{inum}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one scope
         * @description Returns the scope with its `ETag`, or, with `withAssociatedClients=true`, the scope and up to 200 of its clients without an `ETag`.
         */
        get: operations["get-oauth-scopes-by-inum"];
        put?: never;
        post?: never;
        /**
         * Remove a scope
         * @description Removes the scope. While clients have it the reply is 409 with their number, unless `force=true` takes it from them, up to 1,000 clients, all in one transaction; that needs a token that may change each of them. The scopes that every installation has cannot be removed.
         */
        delete: operations["delete-oauth-scopes-by-inum"];
        options?: never;
        head?: never;
        /**
         * Change some members of a scope
         * @description Applies a JSON Patch (RFC 6902) or a merge patch (RFC 7396), all of it or nothing. The result is checked as a whole. Without `If-Match` the patch is applied to the latest version. Names that it does not have are refused.
         */
        patch: operations["patch-oauth-scopes-by-id"];
        trace?: never;
    };
    "/jans-config-api/api/v1/scopes/creator/{creatorId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The client or user that made the scopes.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                creatorId: string;
            };
            cookie?: never;
        };
        /**
         * List the scopes of a maker
         * @description The scopes whose `creatorId` is this, in ascending order of `inum`. More than 1,000 are refused with 400: the list of scopes with `fieldValuePair=creatorId=…` has them a page at a time.
         */
        get: operations["get-scope-by-creator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/scopes/type/{type}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The type of the scopes.
                 * @example openid
                 */
                type: "openid" | "dynamic" | "uma" | "spontaneous" | "oauth";
            };
            cookie?: never;
        };
        /**
         * List the scopes of a type
         * @description The scopes of this type, in ascending order of `inum`. More than 1,000 are refused with 400: the list of scopes with `type` has them a page at a time.
         */
        get: operations["get-scope-by-type"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search claims
         * @description A page of claims, in ascending order of `inum` unless `sortBy` says otherwise. `pattern` searches names, descriptions and ids; `fieldValuePair` filters by members.
         */
        get: operations["get-attributes"];
        /**
         * Replace a claim
         * @description Replaces every writable member of the claim that `inum` in the body names: a member that is left out is removed. Read-only members are ignored. A claim that gets another `name` stays with its clients and scopes. Stock claims keep their `name`.
         */
        put: operations["put-attributes"];
        /**
         * Create a claim
         * @description Creates a claim; its `inum` is made by the service. A `name` that is taken is refused with 409.
         */
        post: operations["post-attributes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/attributes/{inum}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one claim
         * @description Returns the claim with its `ETag`. With `If-None-Match` the reply is 304 while nothing has changed.
         */
        get: operations["get-attributes-by-inum"];
        put?: never;
        post?: never;
        /**
         * Remove a claim
         * @description Removes the claim. While clients or scopes have it the reply is 409 with their number. Stock claims cannot be removed.
         */
        delete: operations["delete-attributes-by-inum"];
        options?: never;
        head?: never;
        /**
         * Change some members of a claim
         * @description Applies a JSON Patch (RFC 6902) or a merge patch (RFC 7396), all of it or nothing. The result is checked as a whole. Without `If-Match` the patch is applied to the latest version. Names that it does not have are refused.
         */
        patch: operations["patch-attributes-by-inum"];
        trace?: never;
    };
    "/jans-auth/restv1/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an access token
         * @description The token endpoint of the built-in authorization server (RFC 6749 section 3.2) for the `client_credentials` grant. The client authenticates with the method of its record: `client_secret_basic`, `client_secret_post`, `client_secret_jwt` or `private_key_jwt`. Without `scope` the token has every scope of the record. With a DPoP proof it is bound to the key of the proof (RFC 9449), and is sent as `Authorization: DPoP`, with a proof in each request.
         */
        post: operations["token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-auth/restv1/introspection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether a token is active
         * @description Token introspection (RFC 7662) for tokens of the built-in authorization server. The caller authenticates as at the token endpoint. A token that is expired, revoked, unknown or whose client is no longer active is answered with `active` false and nothing else.
         */
        post: operations["introspection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-auth/restv1/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a token
         * @description Token revocation (RFC 7009). A client revokes its own tokens; a token that is unknown, expired or another client's is answered with 200 as well and stays as it is.
         */
        post: operations["revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Activate a client
         * @description Sets `disabled` to false. A client that is active stays as it is. Nothing else is checked or changed.
         */
        post: operations["activate-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deactivate a client
         * @description Sets `disabled` to true. The token endpoint refuses the client at once, this API refuses its tokens within a second. A client that is deactivated stays as it is. One that can write clients cannot be deactivated while no other enabled one has all of its administration scopes (409).
         */
        post: operations["deactivate-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a client that waits
         * @description Enables a client that registered itself and waits, or was rejected. Where a client asks for a change that waits, the change is made, by the rules of registration and on what the client is by now; with `dryRun=true` the reply shows what it comes to, and `If-Match` refuses when the client has asked for something else since. Nothing else enables such a client. One that has nothing to decide is 409.
         */
        post: operations["approve-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject a client that waits
         * @description Rejects a client that registered itself and waits: it stays disabled, and is removed after `REJECTED_KEEP_DAYS`. Where a client asks for a change that waits, the change is dropped and the client goes on as it is. One that has nothing to decide is 409.
         */
        post: operations["reject-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/keep": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep a client that nobody uses
         * @description Takes back what `REGISTRATION_UNUSED_DAYS` has done to a client: it is not reported any more, is enabled where it was disabled for not being used, and its days begin anew. A client that was disabled for another reason stays so.
         */
        post: operations["keep-oauth-openid-client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret of a client
         * @description Gives the client a new secret, made here or chosen by the caller, and shows it once. With `overlapSeconds` the secret that it replaces stays valid for that long, so that a running service can be switched over. A client whose authentication methods need no secret is refused with 409.
         */
        post: operations["rotate-oauth-openid-client-secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/revoke-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke the tokens of a client
         * @description Ends every token that the client has got from the built-in authorization server: this API and introspection refuse them within a second, at every replica. The client stays in use, and can get new ones at once. Servers that verify tokens by themselves take one until it ends, at the latest when the reply says. The same is part of a rotation, a patch or a deactivation with `revokeTokens`.
         */
        post: operations["revoke-oauth-openid-client-tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        /**
         * Count the tokens of a client
         * @description How many tokens of the built-in authorization server the client may have that are not revoked and have not expired, by their scopes. What other processes issued within the last minute may be missing.
         */
        get: operations["get-oauth-openid-client-tokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        /**
         * List the secrets of a client
         * @description What is known of each secret, the newest first; never the secret itself. After a rotation with an overlap there are several.
         */
        get: operations["get-oauth-openid-client-secrets"];
        put?: never;
        /**
         * Add a secret to a client
         * @description Gives the client another secret, made here or chosen by the caller, and shows it once. Those that it has stay as they are, so that it can be switched over; a client has at most five. The new one is the current one.
         */
        post: operations["add-oauth-openid-client-secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/secrets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
                /** @description The id of the secret. */
                id: components["parameters"]["SecretId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a secret of a client
         * @description Removes a secret at once. `safeToRemove` in the list says whether the client has gone over to another one. The last secret that works is not removed (409): rotate it, or deactivate the client.
         */
        delete: operations["remove-oauth-openid-client-secret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the changes of all clients
         * @description A page of what was done to clients, the newest first: when, by whom, with which operation, to which client and which of its properties. What is given must all hold. In this order changes under way at the same moment stand as they were begun. With `sortOrder=ascending` it is a feed: a change stands after all that could be read before it was committed, so that whoever keeps `nextCursor` and asks with it again misses none. It is the log that `docs/operations.md` tells how to prune: what was pruned is not there.
         */
        get: operations["get-oauth-openid-changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/changes/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the undos of changes
         * @description A page of what was undone, at once or by a task, the last one first: who has begun it, which changes it was about, how far it is, and of how many clients something was left. They are kept for 30 days after their end. Not listed are plans, and what has found no changes. One that was done at once has the id of its request, and is not listed where a caller has sent an `X-Request-Id` that another one has already, or of more than 64 characters.
         */
        get: operations["get-oauth-openid-changes-undos"];
        put?: never;
        /**
         * Undo changes of clients
         * @description Takes back what was done to clients: changes by their ids, or those that a question finds. From the newest to the oldest each property that a change has set is what it was before, unless it has another value by now than the change gave it; a client that was made is removed, and one that was removed is restored. What was changed again since by others stays and is told, as is what cannot be undone: secrets, decisions about approval, what history does not have any more. `force` overwrites what was changed again.
         *
         *     Changes count that are committed when this is asked or, with the `upTo` of a plan, when that was: what is done to clients while somebody reads the plan is neither undone nor overwritten.
         *
         *     Up to 200 clients with 2,000 changes and a megabyte of documents are written together, all of them or none. With more the reply is 202, and a task undoes one client after the other, of which 20 of one caller may not have ended (409); it goes on after a restart, does nothing twice, and stops when the client of this service that has begun it may not do it any more, its token is revoked or its issuer is not trusted any more; an hour after the end of a token of another issuer it is `paused`. Asked again, it does what is left. Each write is one like any other: by the rules of a patch, with the rights that it needs, a revision and a record in the log, so that it can be undone as well. `dryRun` answers in `result` what would be done, for at most 200 clients and as far as it comes in `SEARCH_BUDGET` milliseconds: `complete` says whether that is all. It is 503 where nothing was found in that time. Of one client 1,000 changes are undone at once. Secrets are shown nowhere.
         */
        post: operations["undo-oauth-openid-changes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/changes/undo/{undo}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the undo. */
                undo: components["parameters"]["Undo"];
            };
            cookie?: never;
        };
        /**
         * Read how far an undo is, and what it has left
         * @description What an undo has made of clients so far, or of all of them, in pages. It is kept for 30 days after its end.
         */
        get: operations["get-oauth-openid-changes-undo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/changes/undo/{undo}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the undo. */
                undo: components["parameters"]["Undo"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold an undo of changes
         * @description Holds an undo at once, until it is resumed: the client that is being written is the last one, or is left as it was.
         */
        post: operations["pause-oauth-openid-changes-undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/changes/undo/{undo}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the undo. */
                undo: components["parameters"]["Undo"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let an undo of changes go on
         * @description Lets an undo go on that is paused or has failed. Whoever resumes it is who does what is left, with the scopes of this token.
         */
        post: operations["resume-oauth-openid-changes-undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/changes/undo/{undo}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the undo. */
                undo: components["parameters"]["Undo"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End an undo of changes
         * @description Ends an undo at once. What was undone stays undone, and what is left is not undone any more.
         */
        post: operations["stop-oauth-openid-changes-undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/history": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        /**
         * Show who changed a client
         * @description A page of the changes of a client, the newest first: when, by whom, with which operation and which properties. No values are kept. A client that was removed keeps its history, and another one that is made with its `inum` goes on with it. Uses of the client are no changes, and neither is a write that left everything as it was.
         */
        get: operations["get-oauth-openid-client-history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        /**
         * List the revisions of a client
         * @description A page of the revisions of a client, the newest first: when it was written, by whom, and how. Each has the client as it was after that write, which is read by its number. A write that leaves the client as it is, such as a new secret alone, makes no revision, and neither does a use. A client that was removed keeps its revisions, the removal being the last, and another one that is made with its `inum` goes on with them. One from before there were revisions has its first two when it is written next: what it was and what it is.
         */
        get: operations["get-oauth-openid-client-revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        /**
         * Read a revision of a client
         * @description A revision with the client as it was after that write, without secrets. It is there when the client is not any more. With `compare` it says instead of the client what was different in another revision.
         */
        get: operations["get-oauth-openid-client-revision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/openid/clients/{inum}/revisions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a client what it was
         * @description Makes the client what it was in this revision. That is a write like any other: the rules are those of a patch, the caller needs the rights to change it from what it is to what it was, and it makes a revision of its own, so that it can be undone as well. A client that is this already stays as it is. Secrets are no part of revisions: the client keeps its own, and one that begins to need one is given it in the reply. What the service itself sets stays.
         */
        post: operations["restore-oauth-openid-client-revision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/scopes/{inum}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the scope.
                 * @example C17A
                 */
                inum: components["parameters"]["ScopeInum"];
            };
            cookie?: never;
        };
        /**
         * List the revisions of a scope
         * @description A page of the revisions of a scope, the newest first: when it was written, by whom, and how. They stay when the scope is removed.
         */
        get: operations["get-oauth-scopes-revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/scopes/{inum}/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the scope.
                 * @example C17A
                 */
                inum: components["parameters"]["ScopeInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        /**
         * Read a revision of a scope
         * @description A revision with the scope as it was after that write. With `compare` it says instead of the scope what was different in another revision.
         */
        get: operations["get-oauth-scopes-revision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/scopes/{inum}/revisions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the scope.
                 * @example C17A
                 */
                inum: components["parameters"]["ScopeInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a scope what it was
         * @description Makes the scope what it was in this revision. That is a write like any other, with its rules and rights, and makes a revision of its own, so that it can be undone as well. What the service itself sets stays.
         */
        post: operations["restore-oauth-scopes-revision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/attributes/{inum}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the claim.
                 * @example A901
                 */
                inum: components["parameters"]["ClaimInum"];
            };
            cookie?: never;
        };
        /**
         * List the revisions of a claim
         * @description A page of the revisions of a claim, the newest first: when it was written, by whom, and how. They stay when the claim is removed.
         */
        get: operations["get-attributes-revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/attributes/{inum}/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the claim.
                 * @example A901
                 */
                inum: components["parameters"]["ClaimInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        /**
         * Read a revision of a claim
         * @description A revision with the claim as it was after that write. With `compare` it says instead of the claim what was different in another revision.
         */
        get: operations["get-attributes-revision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/attributes/{inum}/revisions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the claim.
                 * @example A901
                 */
                inum: components["parameters"]["ClaimInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a claim what it was
         * @description Makes the claim what it was in this revision. That is a write like any other, with its rules and rights, and makes a revision of its own, so that it can be undone as well. What the service itself sets stays.
         */
        post: operations["restore-attributes-revision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search scripts
         * @description A page of scripts, in ascending order of `inum` unless `sortBy` says otherwise. `pattern` searches names, aliases, descriptions, types and ids; `fieldValuePair` filters by members.
         */
        get: operations["get-config-scripts"];
        /**
         * Replace a script
         * @description Replaces every writable member of the script that `inum` in the body names: a member that is left out is removed, but the value of a hidden property is kept. Read-only members are ignored.
         */
        put: operations["put-config-scripts"];
        /**
         * Create a script
         * @description Creates a script, under the `inum` of the body or one that the service makes. An `inum` or a `name` that is taken is refused with 409. JavaScript that cannot be read is refused with its line and column. A script whose property `grant_scopes` names scopes is written only with a token that may give them to a client itself.
         */
        post: operations["post-config-scripts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/{inum}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a script
         * @description Removes the script. While clients list it the reply is 409 with their number, unless `force=true` takes it from them, up to 1,000 clients, all in one transaction; that needs a token that may change each of them.
         */
        delete: operations["delete-config-scripts-by-inum"];
        options?: never;
        head?: never;
        /**
         * Change some members of a script
         * @description Applies a JSON Patch (RFC 6902) or a merge patch (RFC 7396), all of it or nothing. The result is checked as a whole. Without `If-Match` the patch is applied to the latest version. Names that it does not have are refused.
         */
        patch: operations["patch-config-scripts-by-inum"];
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/{inum}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a script
         * @description Calls a function of a script, or of the text that is sent in its place, with a request that is made up. Nothing is saved, noted or counted. A text that is sent runs with the properties that are sent, and never with those of the record, which may be hidden.
         */
        post: operations["test-config-script"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/{inum}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a script on the clients that there are
         * @description Has a task call a function of a stored script, enabled or not, with clients as they are stored, and tell how many it would refuse or change. They are those for which `filter`, `fieldValuePair` and `pattern` hold, as far as given. Nothing else is saved. Of one caller 20 may not have ended (409). The token needs a scope that reads clients as well.
         */
        post: operations["replay-config-script"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/{inum}/replay/{replay}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read how far a replay is, and what it has found
         * @description What a replay of the script has found so far, or in all. It is kept for 30 days after its end. The token needs a scope that reads clients as well.
         */
        get: operations["get-config-script-replay"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/{inum}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
            };
            cookie?: never;
        };
        /**
         * List the revisions of a script
         * @description A page of the revisions of a script, the newest first: when it was written, by whom, and how. They stay when the script is removed.
         */
        get: operations["get-config-scripts-revisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/{inum}/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        /**
         * Read a revision of a script
         * @description A revision with the script as it was after that write, its hidden values masked. With `compare` it says instead of the script what was different in another revision.
         */
        get: operations["get-config-scripts-revision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/{inum}/revisions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a script what it was
         * @description Makes the script what it was in this revision, its hidden values included. That is a write like any other, with its rules and rights, and makes a revision of its own, so that it can be undone as well. What the service itself sets stays.
         */
        post: operations["restore-config-scripts-revision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/inum/{inum}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one script
         * @description Returns the script with its `ETag`. With `If-None-Match` the reply is 304 while nothing has changed.
         */
        get: operations["get-config-scripts-by-inum"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/name/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The name of the script.
                 * @example contacts_needed
                 */
                name: string;
            };
            cookie?: never;
        };
        /**
         * Read one script by its name
         * @description Returns the script that has this name, with its `ETag`.
         */
        get: operations["get-custom-script-by-name"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/type/{type}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The type of the scripts, in any case.
                 * @example client_registration
                 */
                type: string;
            };
            cookie?: never;
        };
        /**
         * List the scripts of a type
         * @description A page of the scripts of a type. Of a type that there is not, it is empty.
         */
        get: operations["get-config-scripts-by-type"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the scripts that come with the service
         * @description Policies for the registration of clients, each with its text and the properties that it is configured with. One is turned on by creating a script of it.
         */
        get: operations["get-config-scripts-catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the types that scripts can have
         * @description The types that scripts can have, in alphabetical order.
         */
        get: operations["get-custom-script-type"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/config/scripts/script-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the types that scripts have
         * @description The types of the scripts that there are, each once, in alphabetical order.
         */
        get: operations["get-custom-script-types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-auth/restv1/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a registration
         * @description Answers the present metadata of the client that the registration access token belongs to (RFC 7592 section 2.1). The secret is not shown again. An unknown client and a wrong token are answered alike.
         */
        get: operations["get-register"];
        /**
         * Replace a registration
         * @description Replaces the whole metadata of the client (RFC 7592 section 2.2): what is left out is removed, or gets its default. What only administrators set stays as it is. The body may be a signed JWT, as in a registration.
         */
        put: operations["put-register"];
        /**
         * Register a client dynamically
         * @description Registers a client (RFC 7591, OpenID Connect Dynamic Client Registration 1.0). Whether it needs an initial access token, sent as a bearer token, is a setting. The reply shows the client as it is registered, its secret where its authentication method needs one, and the registration access token; both are shown once. With the media type application/jwt the body is a signed JWT with the metadata as its claims, among them the software statement that says whose keys are good for it.
         */
        post: operations["post-register"];
        /**
         * Remove a registration
         * @description Removes the client with its secret and its registration access token (RFC 7592 section 2.3). Its tokens are refused by this API within a second.
         */
        delete: operations["delete-register"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-auth/restv1/ssa": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List software statements
         * @description The software statements that can be used, the newest first, at most 500. With the scope `ssa.developer` alone it lists those that the calling client had issued.
         */
        get: operations["get-ssa"];
        put?: never;
        /**
         * Issue a software statement
         * @description Issues a software statement (RFC 7591 section 2.3), signed by the built-in authorization server. Its values win over those that a client registers with beside it. By default it can be used once.
         */
        post: operations["post-register-ssa"];
        /**
         * Revoke software statements
         * @description Revokes the software statement that `jti` names, or all those of an organization, used up or not. Clients that registered with one stay, and lose what it granted when they change their registration.
         */
        delete: operations["delete-ssa"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-auth/restv1/ssa/jwt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a software statement again
         * @description Signs a software statement that can still be used anew, for those who have lost it.
         */
        get: operations["get-jwt-ssa"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-auth/restv1/ssa/validation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a software statement
         * @description Says whether a software statement can be used, for authorization servers elsewhere that clients register with. One that can be used once is used by that; of several requests at the same time one succeeds.
         */
        post: operations["validate-ssa"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/registration-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List initial access tokens
         * @description A page of initial access tokens, the newest first. The tokens themselves are not shown.
         */
        get: operations["get-registration-tokens"];
        put?: never;
        /**
         * Make an initial access token
         * @description Makes a token with which clients register themselves (RFC 7591 section 1.2): how often, until when, and with which scopes beside the default ones. The token is shown in this reply only.
         */
        post: operations["post-registration-token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/registration-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record of an initial access token. The reply that made it has it. */
                id: components["parameters"]["RegistrationTokenId"];
            };
            cookie?: never;
        };
        /**
         * Read an initial access token
         * @description Says how often the token can still be used, and which clients registered with it. The token itself is not shown.
         */
        get: operations["get-registration-token-by-id"];
        put?: never;
        post?: never;
        /**
         * Revoke an initial access token
         * @description Removes the token, which cannot be used from then on. The clients that registered with it stay.
         */
        delete: operations["delete-registration-token-by-id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-auth/restv1/jwks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public signing keys
         * @description The JSON Web Key Set that tokens of the built-in authorization server are verified with.
         */
        get: operations["jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * OpenID Provider metadata
         * @description Metadata of the issuer (OpenID Connect Discovery 1.0), the same as in RFC 8414: of the built-in authorization server, with what the one of the deployment adds where a setting tells about it.
         */
        get: operations["openid-configuration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Authorization server metadata
         * @description Metadata of the issuer (RFC 8414). It is also at this address followed by the path of the issuer.
         */
        get: operations["oauth-authorization-server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-auth/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metadata of the built-in issuer
         * @description Metadata of the built-in authorization server alone. Where the server of the deployment issues tokens under the identifier of this service, the identifier of the built-in one ends in `/jans-auth`.
         */
        get: operations["builtin-openid-configuration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-protected-resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Protected resource metadata
         * @description Metadata of this API as an OAuth protected resource (RFC 9728). It is also at this address followed by the path of the resource, which 401 replies name.
         */
        get: operations["oauth-protected-resource"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description The process and its database, as a list. The status is 200 also when something is down; see `status`.
         */
        get: operations["get-config-health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Liveness
         * @description Says that the process runs and answers.
         */
        get: operations["get-config-health-live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Readiness
         * @description Says whether requests can be served, which needs a database that can be written.
         */
        get: operations["get-config-health-ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jans-config-api/api/v1/health/app-version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Version
         * @description The version of the service, which `info.version` of `/openapi.json` has as well.
         */
        get: operations["get-app-version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description Counters and durations of this process in the text format of Prometheus: requests by operation and status, database connections, caches, signatures, the event loop. `METRICS=host:port` serves the same without a token on an address of its own.
         */
        get: operations["get-metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document
         * @description The OpenAPI document that every request is validated against, bundled into one file. Its addresses are those of `ISSUER`.
         */
        get: operations["get-openapi-document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An OAuth 2.0 or OpenID Connect client as it is registered: who it is, how it authenticates, which grants, scopes and redirect URIs it may use, and how its tokens are made. Members without a value are left out of replies; on input `null`, `""` and a missing member are the same. */
        Client: {
            /**
             * @description The id of the client, which it sends as `client_id` in OAuth requests (RFC 6749 section 2.2). A caller may choose it on creation, where one that is taken is refused with 409; otherwise the service makes one. It never changes.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum?: string;
            /**
             * @description Takes the client out of use without removing it: the token endpoint refuses it as it refuses an unknown client, and this API refuses the tokens that it already has. Absent means that the client is active.
             * @default false
             * @example false
             */
            disabled: boolean;
            /**
             * @description The name that users read on sign-in and consent pages (RFC 7591 section 2). `displayName` and the `""` language of `clientNameLocalized` hold the same value. A client without a name can only be shown by its id.
             * @example Photo print shop
             */
            clientName?: string;
            /**
             * @description Another name of `clientName`, with the same value in every reply. A write may give either of the two. Where a client is created with two different ones the later in the document counts, unless the request is strict; to change both to different values is refused.
             * @example Photo print shop
             */
            displayName?: string;
            /**
             * @description The secret that the client proves itself with: 8 to 256 printable ASCII characters, no space. A client whose authentication methods need one gets a random secret when this is left out on creation: of 256 bits, or of 64 characters where it is the key of an algorithm. Leaving it out of an update keeps the present one, and sending that one again changes nothing. It is shown in the reply that sets it, and later only where the deployment keeps secrets recoverable. Where the client states an algorithm such as `HS512`, the secret has at least as many bytes as the hash (RFC 7518 section 3.2); where it states none, only those are taken that the secret is long enough for.
             * @example s6BhdRkqt3-example-secret
             */
            clientSecret?: string;
            /**
             * @description In place of `clientSecret`, its hash as another system keeps it, so that the client goes on with the secret that it has: bcrypt up to cost 13, PBKDF2 (`$pbkdf2-sha256$i=…$salt$hash`) up to 1,000,000 rounds, scrypt and Argon2 in their PHC form. It is never shown, and replaced by a digest of ours when the client has authenticated once. A client that needs the secret itself, as for `client_secret_jwt`, cannot have it.
             * @example $pbkdf2-sha256$i=25000,l=32$c2FsdHNhbHRzYWx0$IWQ5yO0O2pV7sZ3tNDMHBqEk2HqNh9bhR7jPFF9bWfc
             */
            clientSecretHash?: string;
            /**
             * @description Notes for administrators: what the client is for and who runs it. Searches with `pattern` look here as well; users and the client itself never see it.
             * @example Prints photos that customers choose from their albums.
             */
            description?: string;
            /**
             * @description How the client authenticates at the token endpoint and the other endpoints that it calls directly (OpenID Connect Core section 9, RFC 8705). `none` makes it a public client, which has no secret and relies on PKCE. Absent is stored as `client_secret_basic`; more methods can be accepted through `attributes.additionalTokenEndpointAuthMethods`. The built-in authorization server takes `client_secret_basic`, `client_secret_post`, `client_secret_jwt` and `private_key_jwt`; the others are for the deployment's.
             * @default client_secret_basic
             * @example client_secret_basic
             * @enum {string}
             */
            tokenEndpointAuthMethod: "client_secret_basic" | "client_secret_post" | "client_secret_jwt" | "private_key_jwt" | "access_token" | "tls_client_auth" | "self_signed_tls_client_auth" | "none" | "spiffe_jwt";
            /**
             * @description Whether all clients see the same `sub` claim for a user (`public`), or each sector its own, so that clients cannot compare their users (`pairwise`; OpenID Connect Core section 8). Absent is stored as `public`.
             * @default public
             * @example public
             * @enum {string}
             */
            subjectType: "public" | "pairwise";
            /**
             * @description The https address of a JSON array that names every redirect URI of the client. Pairwise subjects are then computed from the host of this address (OpenID Connect Core section 8.1); without it from the host of the redirect URIs, which must be one and the same.
             * @example https://print.example.com/sector.json
             */
            sectorIdentifierUri?: string;
            /**
             * @description The grants that the token endpoint accepts from the client (RFC 7591 section 2); it refuses every other one. `authorization_code` and `implicit` need redirect URIs and fitting response types. Absent is stored as an empty list, with which the client gets no tokens.
             * @default []
             * @example [
             *       "authorization_code",
             *       "refresh_token",
             *       "urn:openid:params:grant-type:ciba"
             *     ]
             */
            grantTypes: ("none" | "authorization_code" | "implicit" | "password" | "client_credentials" | "refresh_token" | "urn:ietf:params:oauth:grant-type:uma-ticket" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:openid:params:grant-type:ciba" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:jwt-bearer")[];
            /**
             * @description What the client may ask the authorization endpoint for (RFC 6749 section 3.1.1); a combination is an entry of its own. `code` goes with the grant type `authorization_code`, `token` and `id_token` with `implicit`, a combination with those of its parts. Absent means that the client sends no authorization requests.
             * @example [
             *       "code"
             *     ]
             */
            responseTypes?: ("code" | "token" | "id_token" | "code token" | "code id_token" | "id_token token" | "code id_token token")[];
            /**
             * @description Lets the authorization server grant the requested scopes without asking the user, where the server allows trusted clients at all. It is meant for clients of the same operator; false or absent asks the user.
             * @default false
             * @example false
             */
            trustedClient: boolean;
            /**
             * @description Decides which redirect URIs are acceptable: a `web` client is called back over https, a `native` one runs on the device of the user and may use a private-use scheme or a loopback address (OpenID Connect Dynamic Client Registration section 2, RFC 8252 section 7). Absent is stored as `web`.
             * @default web
             * @example web
             * @enum {string}
             */
            applicationType: "web" | "native";
            /**
             * @description Where the authorization server may send the user back to with its answer. The `redirect_uri` of a request must equal one of them character by character, except for the port of a native client's loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3). A client with the grant type `authorization_code` or `implicit`, or with a response type, must have one; for every other client an empty list and none are the same.
             * @example [
             *       "https://print.example.com/callback"
             *     ]
             */
            redirectUris?: string[];
            /**
             * @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none.
             * @example [
             *       "inum=F0C4,ou=scopes,o=jans",
             *       "inum=43F1,ou=scopes,o=jans",
             *       "inum=764C,ou=scopes,o=jans"
             *     ]
             */
            scopes?: string[];
            /**
             * @description The claims that the client may ask for one by one with the `claims` parameter (OpenID Connect Core section 5.5), besides those that come with its scopes. Each is written as a DN or as the name of the claim, must exist, and is answered as a DN.
             * @example [
             *       "inum=8F88,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether access tokens are JWTs that an API verifies by itself (RFC 9068), or references that it has to introspect (RFC 7662), which is what false or absent means. The built-in authorization server issues JWTs in either case.
             * @default false
             * @example true
             */
            accessTokenAsJwt: boolean;
            /**
             * @description Puts the claims of the granted scopes into the ID token as well. Otherwise a client that also gets an access token reads them from the UserInfo endpoint (OpenID Connect Core section 5.4).
             * @default false
             * @example false
             */
            includeClaimsInIdToken: boolean;
            /**
             * @description The member of the `cnf` claim in which ID tokens carry the hash of the Token Binding id, as a rule `tbh` (OpenID Connect Token Bound Authentication). Absent means that ID tokens are not bound.
             * @example tbh
             */
            idTokenTokenBindingCnf?: string;
            /**
             * Format: int32
             * @description How many seconds access tokens of the client are valid. Absent or 0 leaves it to the authorization server; the built-in one never issues them for more than 3600 seconds.
             * @example 300
             */
            accessTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds refresh tokens of the client are valid. Absent leaves it to the authorization server.
             * @example 14400
             */
            refreshTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds ago the user may have signed in when a request has no `max_age` of its own; after that the user signs in again (OpenID Connect Dynamic Client Registration section 2). Absent means no limit.
             * @example 3600
             */
            defaultMaxAge?: number;
            /**
             * @description A page of the client that the authorization server loads in an iframe when the user signs out, so that the client ends its own session (OpenID Connect Front-Channel Logout section 2). It uses https and the host of a redirect URI; absent means that the browser does not tell the client.
             * @example https://print.example.com/logout/frontchannel
             */
            frontChannelLogoutUri?: string;
            /**
             * @description Adds `iss` and `sid` to the front-channel logout URI, so that the client can tell which session ends (OpenID Connect Front-Channel Logout section 2).
             * @default false
             * @example true
             */
            frontChannelLogoutSessionRequired: boolean;
            /**
             * @description Where the user may be sent after a logout that the client has asked for; `post_logout_redirect_uri` of that request must equal one of them (OpenID Connect RP-Initiated Logout section 3). Absent means that the user stays at the authorization server.
             * @example [
             *       "https://print.example.com/"
             *     ]
             */
            postLogoutRedirectUris?: string[];
            /**
             * @description The home page of the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/
             */
            clientUri?: string;
            /**
             * @description A page that says how the client treats the data of its users, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/privacy
             */
            policyUri?: string;
            /**
             * @description The address of an image that stands beside the name of the client on sign-in and consent pages (RFC 7591 section 2). Absent means that the name stands alone.
             * @example https://print.example.com/logo.png
             */
            logoUri?: string;
            /**
             * @description The terms that users accept when they use the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/terms
             */
            tosUri?: string;
            /**
             * @description How to reach the people responsible for the client, as a rule e-mail addresses (RFC 7591 section 2). Administrators use them; an authorization server may show them to users.
             * @example [
             *       "web@print.example.com"
             *     ]
             */
            contacts?: string[];
            /**
             * @description The web origins (scheme, host and port) whose scripts may call the authorization server from a browser as this client (CORS). Absent means that the client adds none to those that the server allows anyway.
             * @example [
             *       "https://print.example.com"
             *     ]
             */
            authorizedOrigins?: string[];
            /**
             * @description Identifies the software that the client is an instance of: the same for all its instances and versions (RFC 7591 section 2). It is a claim of the registrant unless a software statement confirms it.
             * @example 4NRB1-0XZABZI9E6-5SM3R
             */
            softwareId?: string;
            /**
             * @description The version of the software that `softwareId` names; it changes with every release (RFC 7591 section 2).
             * @example 2.4.1
             */
            softwareVersion?: string;
            /**
             * @description A signed JWT in which a third party vouches for the metadata of the software (RFC 7591 section 2.3). Its claims win over the plain members of a registration request; it is kept and returned exactly as it was received.
             * @example eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL3N0YXRlbWVudHMuZXhhbXBsZSIsInNvZnR3YXJlX2lkIjoiNE5SQjEtMFhaQUJaSTlFNi01U00zUiJ9.ZXhhbXBsZS1zaWduYXR1cmU
             */
            softwareStatement?: string;
            /**
             * @description How the client learns the outcome of a CIBA request: it asks again and again (`poll`), it is told to fetch the tokens (`ping`), or they are sent to it (`push`); see OpenID Connect CIBA Core section 5. Absent means that the client does not use CIBA.
             * @example ping
             * @enum {string}
             */
            backchannelTokenDeliveryMode?: "poll" | "ping" | "push";
            /**
             * @description The https endpoint of the client that the authorization server calls in the modes `ping` and `push`, which cannot work without it (OpenID Connect CIBA Core section 4). It is not used in the mode `poll`.
             * @example https://print.example.com/ciba/notify
             */
            backchannelClientNotificationEndpoint?: string;
            /**
             * @description The JWS algorithm that the client signs its CIBA requests with (OpenID Connect CIBA Core sections 4 and 7.1.1). Absent means that it sends them unsigned.
             * @example ES256
             * @enum {string}
             */
            backchannelAuthenticationRequestSigningAlg?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "PS256" | "PS384" | "PS512";
            /**
             * @description Whether the client can send `user_code`, a code known only to the user that keeps strangers from setting off authentication requests (OpenID Connect CIBA Core section 4). It takes effect where the authorization server supports it.
             * @default false
             * @example true
             */
            backchannelUserCodeParameter: boolean;
            /**
             * @description Whether the requesting party tokens of UMA 2.0 are JWTs that a resource server verifies by itself. False or absent means references that it has to introspect.
             * @default false
             * @example false
             */
            rptAsJwt: boolean;
            /**
             * @description Where a requesting party may be sent back to after UMA has gathered claims; `claims_redirect_uri` of the request must equal one of them (UMA 2.0 Grant section 3.3.2). The rules for `redirectUris` hold here too; absent means that claims cannot be gathered interactively.
             * @example [
             *       "https://print.example.com/uma/callback"
             *     ]
             */
            claimRedirectUris?: string[];
            /**
             * @description The https address of the client's public keys, a JWK Set (RFC 7517). Its signatures (client assertions, request objects) are verified with them, and what is encrypted for it is encrypted to them. Keys can be changed there without a change to the client, which is why it is preferred to `jwks`; a client has one or the other.
             * @example https://print.example.com/jwks.json
             */
            jwksUri?: string;
            /**
             * @description The client's public keys by value, for a client that cannot publish them: a string that holds the JSON text of a JWK Set (RFC 7517 section 5), not an object. Dynamic registration takes and returns an object. Private and symmetric keys have no place in it.
             * @example {"keys":[{"kty":"EC","use":"sig","alg":"ES256","kid":"sign-1","crv":"P-256", "x":"-C1BNTU2uIc4gUNWjWWc4cNS2GIP_rl2IVQTfdY5Dpk","y":"v3-eEBxeb_EvtUQlZtu899F5eik408Uxw2acZgID-gU"}, {"kty":"RSA","use":"enc","alg":"RSA-OAEP","kid":"encrypt-1","e":"AQAB", "n":"jeiyL3p9dH-tTyBqVf-kRaS4bJk5W1iyrh7Cs173AA4wFPhpSr-FHLTCMetPMMTSFg-Cc8Stidyw7bztv9PeUwQCA1DxOUZT9CO6FpD-3tgL-xXMYAMZDxD2XvjMMVKwPns2zbplTDkUSfzE8cV_HzcVw-hAPsyQ1K1ZzrrwjNlRZRk4dzM7Nki-IqXiNfbTuFwRVVNPkt6CNN1oSgQ_VD-cLJMLdpk1_dy3PYDJ8EZ6Bb0lFV5mikqhYMgI4ac8zzXPCBzxOrqJjdaoS2TXXGb2IT7ZZ4ldZxYmuvVpPcIuC6SX_nKUywnIvkCpV_gRq1KMEBJH6RJDTILZeHYXWw"}]}
             */
            jwks?: string;
            /**
             * @description The JWS algorithm (RFC 7518 section 3) that ID tokens for the client are signed with, such as `RS256` or `ES256`; `HS256` and the like use the client secret as key. Absent leaves it to the authorization server, as a rule `RS256` (OpenID Connect Dynamic Client Registration section 2).
             * @example RS256
             */
            idTokenSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 4) that encrypts the content key of ID tokens for the client, such as `RSA-OAEP`; the token is signed first. It needs a key of the client. Absent means that ID tokens are not encrypted.
             * @example RSA-OAEP
             */
            idTokenEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 5) that encrypts the content of ID tokens, such as `A256GCM`. It is used only together with `idTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            idTokenEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that access tokens are signed with when they are JWTs, such as `RS256`. Absent leaves it to the authorization server; the built-in one signs with `RS256` in either case.
             * @example RS256
             */
            accessTokenSigningAlg?: string;
            /**
             * @description The JWS algorithm that UserInfo replies to the client are signed with; they are JWTs then (OpenID Connect Core section 5.3.2). Absent means plain JSON.
             * @example RS256
             */
            userInfoSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of UserInfo replies to a key of the client, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            userInfoEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of UserInfo replies, such as `A256GCM`. It is used only together with `userInfoEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            userInfoEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that the client signs its request objects with (OpenID Connect Core section 6.1, RFC 9101); the authorization server refuses those signed with another one. Absent allows every algorithm that the server supports.
             * @example ES256
             */
            requestObjectSigningAlg?: string;
            /**
             * @description The JWE algorithm with which the client encrypts the content key of its request objects to a key of the authorization server, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent says nothing: the client may encrypt them or not.
             * @example RSA-OAEP
             */
            requestObjectEncryptionAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of request objects, such as `A256GCM`. It is used only together with `requestObjectEncryptionAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            requestObjectEncryptionEnc?: string;
            /**
             * @description The JWS algorithm of the assertions that the client authenticates with under `private_key_jwt` or `client_secret_jwt`; assertions signed with another one are refused, and `none` never counts (OpenID Connect Dynamic Client Registration section 2). Absent allows every algorithm that the server supports for the method.
             * @example ES256
             */
            tokenEndpointAuthSigningAlg?: string;
            /**
             * @description Keeps what the user has consented to, so that the consent page comes back only for scopes that are new. Otherwise the user is asked each time.
             * @default false
             * @example true
             */
            persistClientAuthorizations: boolean;
            /**
             * @description An https address of the client that another site sends the user to in order to start a sign-in; the client answers with an authorization request (OpenID Connect Core section 4). Absent means that only the client itself starts one.
             * @example https://print.example.com/login/start
             */
            initiateLoginUri?: string;
            /**
             * @description Addresses of request objects that the client uses by reference (OpenID Connect Core section 6.2, RFC 9101 section 5.2). Where the authorization server demands registration, `request_uri` must be one of them; a fragment can hold the SHA-256 digest of the file.
             * @example [
             *       "https://print.example.com/requests/checkout.jwt"
             *     ]
             */
            requestUris?: string[];
            /**
             * @description The authentication context classes that are asked for when a request names none, the preferred one first (OpenID Connect Dynamic Client Registration section 2). Absent leaves the choice to the authorization server.
             * @example [
             *       "otp"
             *     ]
             */
            defaultAcrValues?: string[];
            /**
             * @description When the client ends (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). From then on it is refused like an unknown client, and once it has ended and nobody has changed it for a day, it is removed; dynamic registration sets the date from `lifetime`. Absent means that the client does not end.
             * @example 2030-01-15T09:30:00
             */
            expirationDate?: string;
            /**
             * @description Whether the client may be removed once it has ended: true exactly when `expirationDate` is set. Derived by the server; a value on input is ignored.
             * @example true
             */
            deletable?: boolean;
            /**
             * @description The name of the client in several languages, chosen by the `ui_locales` of a request or the language of the browser. Its `""` language is `clientName`. Dynamic registration writes the others as `client_name#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "Photo print shop",
             *         "de": "Fotodruckerei"
             *       }
             *     }
             */
            clientNameLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The logo in several languages, for one that contains text. Its `""` language is `logoUri`. Dynamic registration writes the others as `logo_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/logo.png",
             *         "de": "https://print.example.com/de/logo.png"
             *       }
             *     }
             */
            logoUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The home page in several languages. Its `""` language is `clientUri`. Dynamic registration writes the others as `client_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/",
             *         "de": "https://print.example.com/de/"
             *       }
             *     }
             */
            clientUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The privacy policy in several languages. Its `""` language is `policyUri`. Dynamic registration writes the others as `policy_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/privacy",
             *         "de": "https://print.example.com/de/privacy"
             *       }
             *     }
             */
            policyUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The terms of service in several languages. Its `""` language is `tosUri`. Dynamic registration writes the others as `tos_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/terms",
             *         "de": "https://print.example.com/de/terms"
             *       }
             *     }
             */
            tosUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The directory name of the client, `inum=<inum>,ou=clients,o=jans`, by which Janssen's tools refer to it. Derived from `inum`; a value on input is ignored.
             * @example inum=6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60,ou=clients,o=jans
             */
            dn?: string;
            /**
             * @description Another name of `dn`, always with the same value. A value on input is ignored.
             * @example inum=6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60,ou=clients,o=jans
             */
            baseDn?: string;
            /**
             * @description The organization that the client belongs to, by name or by id. Software statements and scripts may rely on it; no OAuth flow does.
             * @example example-photo
             */
            organization?: string;
            /**
             * @description Groups or roles of the client, which scripts and policies of a deployment decide by. They have no meaning of their own in OAuth.
             * @example [
             *       "retail"
             *     ]
             */
            groups?: string[];
            /**
             * @description Tells registrations of the same software from others: SHA-256, in hexadecimal, of the software id, the issuer of the software statement, the redirect URIs with the ports of loopback addresses left out, and the id of the initial access token. Only clients that registered themselves have it. Nothing is refused because of it.
             * @example 2b1f0c7f5d3a9d0f4b8a6c1e7d5f3b9a0c2e4d6f8a1b3c5d7e9f0a2b4c6d8e0f
             */
            registrationFingerprint?: string;
            /**
             * @description What an administrator should look at in a client that registered itself, as ids of rules: `same-name-on-other-host` when another client has its name and redirects to other hosts, `pages-on-own-host` when its pages or its logo are not on a host of its redirect URIs (RFC 7591 section 5).
             * @example [
             *       "same-name-on-other-host"
             *     ]
             */
            registrationWarnings?: string[];
            /** @description Of a client that registered itself and waits for an administrator, or waited: what was decided. `approve` and `reject` write it, and a value on input is ignored. */
            approval?: components["schemas"]["ClientApproval"];
            /**
             * @description When the client was registered (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Dynamic registration sets it and returns epoch seconds (RFC 7591 section 3.2.1); an administrator may give it, for example for a client that comes from another system.
             * @example 2026-01-15T09:30:00
             */
            clientIdIssuedAt?: string;
            /**
             * @description When the secret stops working (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); the client itself stays. Absent means that the secret does not expire, for which dynamic registration returns 0 (RFC 7591 section 3.2.1).
             * @example 2029-01-15T09:30:00
             */
            clientSecretExpiresAt?: string;
            /**
             * @description The token with which a client that registered itself reads, changes and removes its own registration (RFC 7592 section 3). Dynamic registration makes it and shows it in its own replies only; a value on input is ignored.
             * @example reg-23410913-example-token
             */
            registrationAccessToken?: string;
            /**
             * @description The main authentication method, the value of `tokenEndpointAuthMethod`. Derived by the server; a value on input is ignored.
             * @example client_secret_basic
             */
            authenticationMethod?: string;
            /**
             * @description Every authentication method that is accepted from the client: `authenticationMethod`, then `attributes.additionalTokenEndpointAuthMethods`. Derived by the server; a value on input is ignored.
             * @example [
             *       "client_secret_basic",
             *       "private_key_jwt",
             *       "tls_client_auth"
             *     ]
             */
            allAuthenticationMethods?: string[];
            /**
             * @description When the client was made here (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. One that was moved from another server may have an earlier `clientIdIssuedAt`.
             * @example 2026-01-31T12:00:00
             */
            createdAt?: string;
            /**
             * @description When the client or its secret was changed last, by whomever (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). A use is no change. Written by the server; a value on input is ignored.
             * @example 2026-02-01T08:00:00
             */
            updatedAt?: string;
            /**
             * @description How the client came in: an administrator made it (`admin`), also by an import; it registered itself with nothing (`open`), with an initial access token (`initial-token`, also where it had a statement as well) or with a software statement (`statement`); it registered itself before this was kept, and how is not known (`registration`); the service made it for its first administrator (`setup`) or to be tried out (`seed`). Written by the server; a value on input is ignored.
             * @example admin
             * @enum {string}
             */
            registrationMethod?: "admin" | "open" | "initial-token" | "statement" | "registration" | "setup" | "seed";
            /**
             * @description Who or what let the client in: the administrator, as `caller` in its history; the id of the initial access token; the issuer of the software statement. Absent where nobody did, and where it is not known any more. Written by the server; a value on input is ignored.
             * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
             */
            registeredBy?: string;
            /**
             * @description When the client was last used, accurate to about a minute (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. Absent means never.
             * @example 2026-03-02T08:00:00
             */
            lastAccessTime?: string;
            /**
             * @description When the client last authenticated with success, accurate to about a minute (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. Absent means never.
             * @example 2026-03-02T08:00:00
             */
            lastLogonTime?: string;
            /**
             * Format: int32
             * @description The lifetime in seconds that Janssen's database derives from the expiry of a client. It is here for compatibility and ignored on input; `expirationDate` is what counts.
             * @example 126230400
             */
            ttl?: number;
            /**
             * @description Values for which a client has no property: named attributes that a deployment's own scripts and services read. They can be searched with `customAttributes.name=value` and change no OAuth flow by themselves.
             * @example [
             *       {
             *         "name": "department",
             *         "multiValued": false,
             *         "values": [
             *           "Retail"
             *         ],
             *         "value": "Retail",
             *         "displayValue": "Retail"
             *       }
             *     ]
             */
            customAttributes?: components["schemas"]["CustomObjectAttribute"][];
            /**
             * @description The object classes of the client's entry, where Janssen stores clients in an LDAP directory. They have no effect otherwise.
             * @example [
             *       "top"
             *     ]
             */
            customObjectClasses?: string[];
            /**
             * @description The further settings of the client, one object inside it as in Janssen. A PUT replaces it as a whole; absent is stored as an empty object.
             * @example {
             *       "requirePkce": true,
             *       "parLifetime": 600
             *     }
             */
            attributes?: components["schemas"]["ClientAttributes"];
        };
        /** @description The further settings of a client, which Janssen keeps in one object inside it. A name that belongs here is not known at the top level of the client, and the reverse. */
        ClientAttributes: {
            /**
             * @description Authentication methods that are accepted from the client besides `tokenEndpointAuthMethod`, for example while it moves from a secret to a key. The values are those of that property. Absent means that only the one method is accepted.
             * @default []
             * @example [
             *       "private_key_jwt",
             *       "tls_client_auth"
             *     ]
             */
            additionalTokenEndpointAuthMethods: string[];
            /**
             * @description The user attribute whose value becomes the `sub` claim for this client, where the authorization server allows a choice and `subjectType` is `public`. Absent means the identifier that the server uses for all clients.
             * @example uid
             */
            jansSubAttr?: string;
            /**
             * @description A regular expression that the `redirect_uri` of a request may match instead of being listed in `redirectUris`, where the authorization server allows it. Exact URIs are safer (RFC 9700 section 2.1); absent means that only these count.
             * @example ^https://print\.example\.com/callback(/[a-z]+)?$
             */
            redirectUrisRegex?: string;
            /**
             * @description Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected.
             * @default false
             * @example false
             */
            runIntrospectionScriptBeforeJwtCreation: boolean;
            /**
             * @description Values that are added to the `aud` claim of the client's tokens, so that the APIs which they name accept them. Absent adds none. The built-in authorization server issues tokens for one of them at a time, to a client that names it in `resource` (RFC 8707); such a token does not open this API.
             * @default []
             * @example [
             *       "https://api.print.example.com"
             *     ]
             */
            additionalAudience: string[];
            /**
             * Format: int32
             * @description How many seconds ID tokens for the client are valid. Absent leaves it to the authorization server.
             * @example 3600
             */
            idTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds transaction tokens for the client are valid; they carry the context of one call through the services behind an API and are short-lived. Absent leaves it to the authorization server.
             * @example 180
             */
            txTokenLifetime?: number;
            /**
             * @description Makes the client prove possession of a key with DPoP in every token request, and binds its access tokens to that key, so that a stolen token is of no use (RFC 9449 section 5.2). Otherwise DPoP is the client's choice. The built-in authorization server keeps to it as well.
             * @default false
             * @example false
             */
            dpopBoundAccessToken: boolean;
            /**
             * @description Whether `offline_access` yields a refresh token even though the user was not asked, which OpenID Connect Core section 11 normally demands. Absent means the setting of the authorization server.
             * @example false
             */
            allowOfflineAccessWithoutConsent?: boolean;
            /**
             * @description The https endpoint of the client to which the authorization server posts a logout token when a session ends (OpenID Connect Back-Channel Logout section 2). It is a list for compatibility, as a rule with one entry, on the host of a redirect URI; dynamic registration takes and returns a single URI.
             * @example [
             *       "https://print.example.com/logout/backchannel"
             *     ]
             */
            backchannelLogoutUri?: string[];
            /**
             * @description Makes every logout token carry `sid`, so that the client can end one session and not all of the user's (OpenID Connect Back-Channel Logout section 2).
             * @default false
             * @example true
             */
            backchannelLogoutSessionRequired: boolean;
            /**
             * @description The attestation that the client presented at registration, a JWT that says what software runs on which device and is still to be appraised. Registration scripts decide by it; absent means that none was presented.
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F0dGVzdGVyLmV4YW1wbGUiLCJzdWIiOiJwaG90by1wcmludC1zaG9wIn0.ZXhhbXBsZS1zaWduYXR1cmU
             */
            evidence?: string;
            /**
             * Format: int32
             * @description How many seconds the `request_uri` of a pushed authorization request can be used (RFC 9126 section 2.2). Absent or 0 means 600.
             * @default 600
             * @example 600
             */
            parLifetime: number;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @default false
             * @example false
             */
            requirePar: boolean;
            /**
             * @description Scripts that change the claims of the UMA requesting party tokens of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-F995,ou=scripts,o=jans"
             *     ]
             */
            rptClaimsScripts?: string[];
            /**
             * @description The JWS algorithm that introspection replies to the client are signed with, such as `RS256` (RFC 9701 section 6). The client is the API that asks here; absent means that it gets plain JSON, which the built-in authorization server answers in either case.
             * @example RS256
             */
            introspectionSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of introspection replies to the client with one of its public keys, such as `RSA-OAEP` (RFC 9701 section 6). Absent means that they are not encrypted; the built-in authorization server never does that.
             * @example RSA-OAEP
             */
            introspectionEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of introspection replies to the client, such as `A256GCM`. It is used only together with `introspectionEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            introspectionEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that transaction tokens for the client are signed with, such as `RS256` (OAuth Transaction Tokens). Absent leaves it to the authorization server.
             * @example RS256
             */
            txTokenSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of transaction tokens for the client with one of its public keys, such as `RSA-OAEP` (OAuth Transaction Tokens). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            txTokenEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of transaction tokens for the client, such as `A256GCM`. It is used only together with `txTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            txTokenEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that authorization responses to the client are signed with, such as `RS256` (JARM section 3). They are JWTs when the request has one of the `jwt` response modes; `none` is not possible, and absent leaves it to the authorization server.
             * @example RS256
             */
            jansAuthSignedRespAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of authorization responses to the client with one of its public keys, such as `RSA-OAEP` (JARM section 3). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            jansAuthEncRespAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of authorization responses to the client, such as `A256GCM`. It is used only together with `jansAuthEncRespAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            jansAuthEncRespEnc?: string;
            /**
             * @description The JWS algorithm that logout status JWTs are signed with, such as `RS256`; a client asks for one with `logout_status_jwt=true` and learns from a status list whether the user is still signed in. Absent leaves it to the authorization server.
             * @example RS256
             */
            logoutStatusJwtSignedResponseAlg?: string;
            /**
             * @description Refuses authorization requests of the client that have no `code_challenge` (RFC 7636, RFC 9700 section 2.1.1). False or absent means that only the setting of the authorization server counts.
             * @default false
             * @example true
             */
            requirePkce: boolean;
            /**
             * @description Makes the authorization server put the time of the authentication into every ID token of the client, as the claim `auth_time` (OpenID Connect Dynamic Client Registration section 2). Janssen accepts it and keeps it nowhere.
             * @default false
             * @example true
             */
            requireAuthTime: boolean;
            /**
             * @description Treats every authorization request of the client as if it had `prompt=login`: the user signs in again even while a session is there (OpenID Connect Core section 3.1.2.1).
             * @default false
             * @example false
             */
            jansDefaultPromptLogin: boolean;
            /**
             * @description Lets the client ask for scopes that nobody has registered: those that match `spontaneousScopes` are created when a token is requested, where the authorization server allows it. Otherwise unknown scopes are not granted; the built-in authorization server never grants them.
             * @default false
             * @example true
             */
            allowSpontaneousScopes: boolean;
            /**
             * @description Regular expressions for the scopes that may come into being spontaneously. They count only with `allowSpontaneousScopes`; absent means that none may.
             * @default []
             * @example [
             *       "^https://print\\.example\\.com/orders/[0-9]+$"
             *     ]
             */
            spontaneousScopes: string[];
            /**
             * @description The only authentication context classes that the client may ask for; a request for another one is refused. Absent allows all that the authorization server has.
             * @example [
             *       "otp",
             *       "fido2"
             *     ]
             */
            jansAuthorizedAcr?: string[];
            /**
             * Format: int32
             * @description The lowest level of authentication that is good enough for the client, as the authorization server numbers its methods. `minimumAcrLevelAutoresolve` says what happens to a request below it; absent or -1 means no minimum.
             * @default -1
             * @example 10
             */
            minimumAcrLevel: number;
            /**
             * @description What happens to a request whose level is below `minimumAcrLevel`: with true the authorization server takes a method that reaches it, with false or absent it refuses the request.
             * @default false
             * @example true
             */
            minimumAcrLevelAutoresolve: boolean;
            /**
             * @description The order in which methods are tried when the authorization server raises the level by itself, the preferred one first. It counts only with `minimumAcrLevelAutoresolve`; absent leaves the order to the server.
             * @example [
             *       "fido2",
             *       "otp"
             *     ]
             */
            minimumAcrPriorityList?: string[];
            /**
             * @description The types that the client may use in `authorization_details`, with which a request asks for finer rights than a scope can name (RFC 9396 section 10). Absent means none. The built-in authorization server ignores `authorization_details`.
             * @default []
             * @example [
             *       "payment_initiation"
             *     ]
             */
            authorizationDetailsTypes: string[];
            /**
             * @description The subject that the client's certificate must have when it authenticates with `tls_client_auth`, as a string of RFC 4514 (RFC 8705 section 2.1.2). That method needs it; other methods do not read it.
             * @example CN=print.example.com,O=Example Photo,C=US
             */
            tlsClientAuthSubjectDn?: string;
            /**
             * @description The identity of the workload that the client runs as: `spiffe_jwt` accepts only a JWT-SVID for it. A trailing `/*` takes in every workload below the path.
             * @example spiffe://print.example.com/checkout
             */
            spiffeId?: string;
            /**
             * @description The https address of the trust bundle, the keys that SVIDs of the client are verified with. Absent means the bundle that the authorization server has for the trust domain of `spiffeId`.
             * @example https://print.example.com/spiffe/bundle.json
             */
            spiffeBundleEndpoint?: string;
            /**
             * @description Keeps the consent that users have given when the client ends, for records or for a client that is to come back. Otherwise it may be removed together with the client.
             * @default false
             * @example false
             */
            keepClientAuthorizationAfterExpiration: boolean;
            /**
             * @description Scripts that change which spontaneous scopes a request of the client results in, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-F9A1,ou=scripts,o=jans"
             *     ]
             */
            spontaneousScopeScriptDns?: string[];
            /**
             * @description Scripts that change the claims and lifetimes of ID tokens, access tokens and refresh tokens of the client before they are issued, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2D3E.5A03,ou=scripts,o=jans"
             *     ]
             */
            updateTokenScriptDns?: string[];
            /**
             * @description Scripts that run after the user has signed in and may demand another sign-in or another consent for the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=CACD-5901,ou=scripts,o=jans"
             *     ]
             */
            postAuthnScripts?: string[];
            /**
             * @description Scripts that change the reply when a token of the client is introspected, as DNs; with `runIntrospectionScriptBeforeJwtCreation` they also change JWT access tokens. With an empty or absent list none runs.
             * @example [
             *       "inum=A44E-4F3D,ou=scripts,o=jans"
             *     ]
             */
            introspectionScripts?: string[];
            /**
             * @description Scripts that check the user of a password grant of the client, as DNs; all of them must succeed. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-BA90,ou=scripts,o=jans"
             *     ]
             */
            ropcScripts?: string[];
            /**
             * @description Scripts that lead the user through consent pages of their own in place of the usual one, as DNs; the one with the highest level runs. With an empty or absent list none runs.
             * @example [
             *       "inum=DAA9-BA60,ou=scripts,o=jans"
             *     ]
             */
            consentGatheringScripts?: string[];
            /**
             * @description Scripts that check token exchanges of the client (RFC 8693) and change the reply, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BEB2-9D41,ou=scripts,o=jans"
             *     ]
             */
            tokenExchangeScripts?: string[];
            /**
             * @description Scripts that change the claims and the lifetime of logout status JWTs of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BE21-C3D5,ou=scripts,o=jans"
             *     ]
             */
            logoutStatusJwtScriptDns?: string[];
            /**
             * @description Scripts that check requests which the client pushes (RFC 9126) and change the reply, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=CABA-2277,ou=scripts,o=jans"
             *     ]
             */
            parScriptDns?: string[];
            /**
             * @description Scripts that change the claims and the lifetime of transaction tokens of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BE1F-77A2,ou=scripts,o=jans"
             *     ]
             */
            txTokenScriptDns?: string[];
            /**
             * @description Scripts that change the identity assertion grants (ID-JAG) which the client obtains by token exchange for use at another authorization server, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BEB2-9D42,ou=scripts,o=jans"
             *     ]
             */
            idJagScripts?: string[];
            /**
             * Format: int32
             * @description The lifetime in seconds that was asked for when the client registered itself. The registration computes `expirationDate` from it, once; absent means that the registrant left it to the server.
             * @example 126230400
             */
            requestedLifetime?: number;
            /**
             * @description Whether the client was made from a client id metadata document: the client id in the request was a URL, and the metadata were read from there. Written by the server; a value on input is ignored.
             * @example true
             */
            cimdClient?: boolean;
            /**
             * @description The URL that such a client sends as `client_id`, the address of its metadata document; `inum` is derived from it. Written by the server; a value on input is ignored.
             * @example https://print.example.com/client.json
             */
            cimdOriginalClientId?: string;
            /**
             * @description Until when the copy of the metadata document is used (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); after that it is fetched again. Written by the server; a value on input is ignored.
             * @example 2026-03-02T09:00:00
             */
            cimdExpiresAt?: string;
        };
        /** @description A value, or several, for which a client has no property of its own. Give `values` or `value`. The other members are kept as they are given, and made from the values otherwise; what was made is made again when the values change. */
        CustomObjectAttribute: {
            /**
             * @description The name of the attribute, under which scripts and searches find it.
             * @example department
             */
            name: string;
            /**
             * @description Whether the attribute can have several values. Absent, it is true when there are more than one and false otherwise.
             * @example false
             */
            multiValued?: boolean;
            /**
             * @description All values. Absent, they are the one in `value`.
             * @example [
             *       "Retail"
             *     ]
             */
            values?: (string | number | boolean)[];
            /**
             * @description The first of the values, for callers that expect only one. Absent, it is taken from `values`.
             * @example Retail
             */
            value?: string | number | boolean;
            /**
             * @description The values as a person reads them, joined with comma and space. Absent, it is made from `values`.
             * @example Retail
             */
            displayValue?: string;
        };
        /** @description A text, or the address of a page or an image, in several languages. On input an object without `values` is taken for the texts by language, and `value` and `languageTags` beside `values`, which Janssen writes, are dropped. */
        LocalizedString: {
            /**
             * @description The text by language. Each name is a BCP 47 language tag such as `de` or `ja-Jpan-JP` (RFC 5646); the name `""` stands for the text without a language, which is used where no other fits and equals the plain member of the client.
             * @example {
             *       "": "Photo print shop",
             *       "de": "Fotodruckerei"
             *     }
             */
            values?: {
                [key: string]: string;
            };
        };
        /** @description What a resource was after a write, and who wrote it. */
        Revision: {
            /**
             * Format: int32
             * @description The number, from 1. It goes on with a resource that is made under the id of a removed one. Numbers are left out where somebody has removed old revisions.
             * @example 3
             */
            revision: number;
            /**
             * @description When it was written, in UTC; of `before-history` when it was stored.
             * @example 2026-01-31T12:00:00
             */
            at: string;
            /** @description Who wrote it. Left out where nobody knows, which is so for `before-history`. */
            by?: {
                /**
                 * @description As `caller` in the history of a client.
                 * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
                 */
                id: string;
                /**
                 * @description What people knew it by then: the name of a client, or the label of an initial access token.
                 * @example Console of the night shift
                 */
                name?: string;
                subject?: components["schemas"]["Subject"];
                /**
                 * @description `client` is one of this service or of a trusted issuer, `registration` whoever registered the client, `anonymous` anyone, `command` a command that was run beside the service, `task` what the service does by itself.
                 * @example client
                 * @enum {string}
                 */
                kind: "client" | "registration" | "anonymous" | "command" | "task";
            };
            /**
             * @description The way in: the Config-API, dynamic registration, or the service itself. `before-history` is what the resource was when it was written for the first time since there are revisions.
             * @example admin
             * @enum {string}
             */
            door: "admin" | "registration" | "service" | "before-history";
            /**
             * @description The address that the request came from. Left out where there was no request.
             * @example 192.0.2.17
             */
            source?: string;
            /**
             * @description The id of the request, as in `X-Request-Id` and in the log. Left out where there was no request.
             * @example 49c89c7c-fefe-4f90-a4b1-f06eb2138e63
             */
            requestId?: string;
            /**
             * @description Why, in the words of who wrote it.
             * @example Ticket 4711
             */
            reason?: string;
            /** @description What was restored by it: a `revision` of this resource, or a client that was removed. Left out of what restored nothing, and of restorations from before that was noted. */
            restoredFrom?: {
                /**
                 * Format: int32
                 * @description The number of the revision.
                 * @example 1
                 */
                revision?: number;
                /** @description The id that the removed client had, where it was one. */
                inum?: string;
                /** @description Which of the clients that had this id it was, as `incarnation` of the removed ones. */
                incarnation?: string;
            };
            /**
             * @description Says that the resource was removed. There is no document then.
             * @enum {boolean}
             */
            removed?: true;
            /** @description The resource as it was answered then, but for what is no part of a revision: secrets, and the last use of a client. Not in lists. It is as it was stored, with members that a later version may not know any more. */
            document?: {
                [key: string]: unknown;
            };
            /**
             * Format: int32
             * @description The number of the revision that this one is compared with.
             * @example 1
             */
            comparedWith?: number;
            /** @description What is different from that revision. A change of the secret between the two is told as long as the log has it. A resource that was removed has no members. */
            differences?: components["schemas"]["Difference"][];
        };
        /** @description A value that is not the same in two revisions of a resource. */
        Difference: {
            /**
             * @description The JSON Pointer (RFC 6901) of the member, or of the entry of a list. A list with more than 50 entries on one of the sides is one value, and of a secret there is only `/clientSecret`.
             * @example /accessTokenLifetime
             */
            pointer: string;
            /**
             * @description What it was in the revision that is compared with. Left out where it was not there; of a secret it is `set`.
             * @example 300
             */
            before?: unknown;
            /**
             * @description What it is in this revision. Left out where it is not there; of a secret it is `set` where there was none before, and `changed` where there was another one.
             * @example 60
             */
            after?: unknown;
        };
        /** @description Whom a token of a trusted issuer was about, where that is not its client: the person who used it, or what the issuer has for the client itself. */
        Subject: {
            /**
             * @description The `sub` of the token, by which its issuer knows them.
             * @example 7c0b2f4e-51d3-4b0a-9d2e-3f6a8f0c1b22
             */
            sub: string;
            /**
             * @description For people to read, the `preferred_username`, `upn` or `email` of the token. Another one can have it later.
             * @example alice
             */
            name?: string;
            /**
             * @description Who acted in their place, the `sub` in the `act` of the token (RFC 8693 section 4.1).
             * @example support-desk
             */
            actor?: string;
        };
        /** @description A page of revisions. */
        RevisionPagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["Revision"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description A page of a list. */
        PagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: {
                [key: string]: unknown;
            }[];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description A scope that clients can have. Its `id` is the text that stands in requests and tokens; clients refer to it by its directory name, so that it can be renamed and stays with its clients. */
        Scope: {
            /**
             * @description The name of the scope in the directory, by which clients refer to it.
             * @example inum=F0C4,ou=scopes,o=jans
             */
            dn?: string;
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example F0C4
             */
            inum?: string;
            /**
             * @description The scope as it stands in requests and tokens (RFC 6749 section 3.3): printable ASCII without spaces, quotes and backslashes. Case counts. No two scopes have the same.
             * @example orders.read
             */
            id?: string;
            /**
             * @description The name that administrators read. Absent is stored as the `id`.
             * @example Read orders
             */
            displayName?: string;
            /**
             * @description What the scope allows, as users read it on consent pages.
             * @example See the orders of the user.
             */
            description?: string;
            /**
             * @description The address of a picture for consent pages.
             * @example https://shop.example.com/orders.png
             */
            iconUrl?: string;
            /**
             * @description What kind of scope it is: `openid` releases claims about users, `dynamic` claims that scripts compute, `uma` belongs to User-Managed Access, `spontaneous` was made for one client by a pattern, `oauth` is any other.
             * @default oauth
             * @example oauth
             * @enum {string}
             */
            scopeType: "openid" | "dynamic" | "uma" | "spontaneous" | "oauth";
            /**
             * @description The claims that the scope releases (OpenID Connect Core section 5.4), written by name or as directory names and answered as directory names.
             * @example [
             *       "inum=CAE3,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether clients that register themselves and ask for no scope get this one: true exactly where `registration` is `default`. Of the two the one that is changed counts.
             * @default false
             * @example false
             */
            defaultScope: boolean;
            /**
             * @description How clients that register themselves get the scope: without asking for any (`default`), when they ask for it (`on-request`), or not at all.
             * @default never
             * @example on-request
             * @enum {string}
             */
            registration: "default" | "on-request" | "never";
            /**
             * @description Whether the claims come as one object named after the scope.
             * @default false
             * @example false
             */
            groupClaims: boolean;
            /**
             * @description The scripts that compute the claims of a `dynamic` scope, as directory names.
             * @example [
             *       "inum=CB5B-3211,ou=scripts,o=jans"
             *     ]
             */
            dynamicScopeScripts?: string[];
            /**
             * @description The scripts that decide about a `uma` scope, as directory names.
             * @example [
             *       "inum=2DAF-F9A5,ou=scripts,o=jans"
             *     ]
             */
            umaAuthorizationPolicies?: string[];
            /** @description Further settings. */
            attributes?: components["schemas"]["ScopeAttributes"];
            /**
             * @description Who made the scope, the client that called. Ignored on input.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            creatorId?: string;
            /**
             * @description What `creatorId` names.
             * @example client
             * @enum {string}
             */
            creatorType?: "none" | "client" | "user" | "auto";
            /**
             * @description Notes about the maker, by name.
             * @example {
             *       "team": "shop"
             *     }
             */
            creatorAttributes?: {
                [key: string]: string;
            };
            /**
             * @description When the scope was made, in UTC without a zone.
             * @example 2026-01-31T12:00:00
             */
            creationDate?: string;
            /**
             * @description When the scope ends: tokens that are issued from then on do not have it. In UTC without a zone; a fraction, `Z` or an offset is taken on input.
             * @example 2031-01-31T12:00:00
             */
            expirationDate?: string;
            /**
             * @description Whether the scope has an `expirationDate`.
             * @example false
             */
            deletable?: boolean;
            /**
             * @description Whether `scopeType` is `uma`.
             * @example false
             */
            umaType?: boolean;
            /**
             * @description The same as `dn`.
             * @example inum=F0C4,ou=scopes,o=jans
             */
            baseDn?: string;
        };
        /** @description Further settings of a scope. */
        ScopeAttributes: {
            /**
             * @description The patterns by which spontaneous scopes were made from this one.
             * @example [
             *       "^transaction:.+$"
             *     ]
             */
            spontaneousClientScopes?: string[];
            /**
             * @description Whether the authorization server lists the scope in its metadata.
             * @example true
             */
            showInConfigurationEndpoint?: boolean;
        };
        /** @description A scope as it is answered, with some of its clients where they were asked for. */
        CustomScope: {
            /**
             * @description The name of the scope in the directory, by which clients refer to it.
             * @example inum=F0C4,ou=scopes,o=jans
             */
            dn: string;
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example F0C4
             */
            inum: string;
            /**
             * @description The scope as it stands in requests and tokens (RFC 6749 section 3.3): printable ASCII without spaces, quotes and backslashes. Case counts. No two scopes have the same.
             * @example orders.read
             */
            id: string;
            /**
             * @description The name that administrators read. Absent is stored as the `id`.
             * @example Read orders
             */
            displayName: string;
            /**
             * @description What the scope allows, as users read it on consent pages.
             * @example See the orders of the user.
             */
            description?: string;
            /**
             * @description The address of a picture for consent pages.
             * @example https://shop.example.com/orders.png
             */
            iconUrl?: string;
            /**
             * @description What kind of scope it is: `openid` releases claims about users, `dynamic` claims that scripts compute, `uma` belongs to User-Managed Access, `spontaneous` was made for one client by a pattern, `oauth` is any other.
             * @example oauth
             * @enum {string}
             */
            scopeType: "openid" | "dynamic" | "uma" | "spontaneous" | "oauth";
            /**
             * @description The claims that the scope releases (OpenID Connect Core section 5.4), written by name or as directory names and answered as directory names.
             * @example [
             *       "inum=CAE3,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether clients that register themselves and ask for no scope get this one: true exactly where `registration` is `default`. Of the two the one that is changed counts.
             * @example false
             */
            defaultScope: boolean;
            /**
             * @description How clients that register themselves get the scope: without asking for any (`default`), when they ask for it (`on-request`), or not at all.
             * @example on-request
             * @enum {string}
             */
            registration: "default" | "on-request" | "never";
            /**
             * @description Whether the claims come as one object named after the scope.
             * @example false
             */
            groupClaims: boolean;
            /**
             * @description The scripts that compute the claims of a `dynamic` scope, as directory names.
             * @example [
             *       "inum=CB5B-3211,ou=scripts,o=jans"
             *     ]
             */
            dynamicScopeScripts?: string[];
            /**
             * @description The scripts that decide about a `uma` scope, as directory names.
             * @example [
             *       "inum=2DAF-F9A5,ou=scripts,o=jans"
             *     ]
             */
            umaAuthorizationPolicies?: string[];
            /** @description Further settings. */
            attributes?: components["schemas"]["ScopeAttributesReply"];
            /**
             * @description Who made the scope, the client that called. Ignored on input.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            creatorId?: string;
            /**
             * @description What `creatorId` names.
             * @example client
             * @enum {string}
             */
            creatorType?: "none" | "client" | "user" | "auto";
            /**
             * @description Notes about the maker, by name.
             * @example {
             *       "team": "shop"
             *     }
             */
            creatorAttributes?: {
                [key: string]: string;
            };
            /**
             * @description When the scope was made, in UTC without a zone.
             * @example 2026-01-31T12:00:00
             */
            creationDate?: string;
            /**
             * @description When the scope ends: tokens that are issued from then on do not have it. In UTC without a zone; a fraction, `Z` or an offset is taken on input.
             * @example 2031-01-31T12:00:00
             */
            expirationDate?: string;
            /**
             * @description Whether the scope has an `expirationDate`.
             * @example false
             */
            deletable: boolean;
            /**
             * @description Whether `scopeType` is `uma`.
             * @example false
             */
            umaType: boolean;
            /**
             * @description The same as `dn`.
             * @example inum=F0C4,ou=scopes,o=jans
             */
            baseDn: string;
            /** @description Clients that have the scope, in ascending order of `inum`, and none of their secrets; for a spontaneous scope the client that made it as well. Only with `withAssociatedClients=true`. A token without a scope that opens the list of clients gets no more of each than its names and whether it is disabled. */
            clients?: (components["schemas"]["ClientReply"] | {
                dn: string;
                inum: string;
                clientName?: string;
                displayName?: string;
                disabled?: boolean;
            })[];
            /** @description Says that more clients have the scope than are shown here. The list of clients has them all, a page at a time, with `fieldValuePair=scopes=<id>`. */
            moreClients?: boolean;
        };
        /** @description A page of scopes. */
        ScopePagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["CustomScope"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description A claim about users, or attribute as Janssen calls it. Scopes release claims, and clients can ask for single ones. */
        JansAttribute: {
            /**
             * @description The name of the claim in the directory, by which clients and scopes refer to it.
             * @example inum=08E2,ou=attributes,o=jans
             */
            dn?: string;
            /**
             * @description Always false. A mark of Janssen's forms.
             * @example false
             */
            selected?: boolean;
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example 08E2
             */
            inum?: string;
            /**
             * @description The name of the claim: printable ASCII without spaces, quotes and backslashes. Case counts. No two claims have the same, and clients and scopes can refer to the claim by it.
             * @example departmentNumber
             */
            name?: string;
            /**
             * @description The name that people read. Absent is stored as the `name`.
             * @example Department
             */
            displayName?: string;
            /**
             * @description What the claim says about a user.
             * @example Number of the department.
             */
            description?: string;
            /**
             * @description The name of the claim in ID tokens and at the userinfo endpoint. Absent means `name`.
             * @example department_number
             */
            claimName?: string;
            /**
             * @description Whether the claim is in use.
             * @default active
             * @example active
             * @enum {string}
             */
            status: "active" | "inactive" | "expired" | "register";
            /**
             * @description What kind of value the claim has.
             * @default string
             * @example string
             * @enum {string}
             */
            dataType: "string" | "numeric" | "boolean" | "binary" | "certificate" | "generalizedTime" | "json";
            /**
             * @description Whether a user can have several values.
             * @default false
             * @example false
             */
            oxMultiValuedAttribute: boolean;
            /**
             * @description Whether every user has to have a value.
             * @default false
             * @example false
             */
            required: boolean;
            /**
             * @description Who may see the value.
             * @example [
             *       "user",
             *       "admin"
             *     ]
             */
            viewType?: ("admin" | "owner" | "manager" | "user" | "whitePages")[];
            /**
             * @description Who may change the value.
             * @example [
             *       "admin"
             *     ]
             */
            editType?: ("admin" | "owner" | "manager" | "user" | "whitePages")[];
            /**
             * @description Which protocol the claim is for.
             * @example [
             *       "openid"
             *     ]
             */
            usageType?: "openid"[];
            /** @description What a value has to be. */
            attributeValidation?: components["schemas"]["AttributeValidation"];
            /**
             * @description Whether the authorization server leaves the claim out of its metadata.
             * @default false
             * @example false
             */
            jansHideOnDiscovery: boolean;
            /**
             * @description Whether the claim is an attribute of the SCIM extension.
             * @default false
             * @example false
             */
            scimCustomAttr: boolean;
            /**
             * @description The table or class that holds the values.
             * @example jansPerson
             */
            origin?: string;
            /**
             * @description The attribute that the value is taken from.
             * @example departmentNumber
             */
            sourceAttribute?: string;
            /**
             * @description The format of the name identifier in SAML.
             * @example urn:oasis:names:tc:SAML:2.0:nameid-format:persistent
             */
            nameIdType?: string;
            /**
             * @description The name of the attribute in SAML 1.
             * @example urn:mace:dir:attribute-def:departmentNumber
             */
            saml1Uri?: string;
            /**
             * @description The name of the attribute in SAML 2.
             * @example urn:oid:2.16.840.1.113730.3.1.2
             */
            saml2Uri?: string;
            /**
             * @description The URN of the attribute.
             * @example urn:mace:dir:attribute-def:departmentNumber
             */
            urn?: string;
            /**
             * @description Where more is said about it.
             * @example https://example.com/attributes#department
             */
            seeAlso?: string;
            /**
             * @description A hint for forms.
             * @example Four digits
             */
            tooltip?: string;
            /**
             * @description Always false. A mark of Janssen's forms.
             * @example false
             */
            custom?: boolean;
            /**
             * @description Whether `viewType` has `admin`.
             * @example true
             */
            adminCanView?: boolean;
            /**
             * @description Whether `editType` has `admin`.
             * @example true
             */
            adminCanEdit?: boolean;
            /**
             * @description Whether administrators may see or change the value.
             * @example true
             */
            adminCanAccess?: boolean;
            /**
             * @description Whether `viewType` has `user`.
             * @example true
             */
            userCanView?: boolean;
            /**
             * @description Whether `editType` has `user`.
             * @example false
             */
            userCanEdit?: boolean;
            /**
             * @description Whether users may see or change the value.
             * @example true
             */
            userCanAccess?: boolean;
            /**
             * @description Whether `viewType` has `whitePages`.
             * @example false
             */
            whitePagesCanView?: boolean;
            /**
             * @description The same as `dn`.
             * @example inum=08E2,ou=attributes,o=jans
             */
            baseDn?: string;
        };
        /** @description What a value of a claim has to be. */
        AttributeValidation: {
            /**
             * Format: int32
             * @description The least number of characters.
             * @example 1
             */
            minLength?: number;
            /**
             * Format: int32
             * @description The greatest number of characters.
             * @example 64
             */
            maxLength?: number;
            /**
             * @description A regular expression that a value matches.
             * @example ^\d{4}$
             */
            regexp?: string;
        };
        /** @description A page of claims. */
        AttributePagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["JansAttributeReply"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description A script. Those of the type `client_registration` in `javascript` run here, when clients are registered and changed; others are kept for the authorization server of the deployment, and clients can refer to them. */
        CustomScript: {
            /**
             * @description The name of the script in the directory, by which clients refer to it.
             * @example inum=2DAF-F9A5,ou=scripts,o=jans
             */
            dn?: string;
            /**
             * @description The id of the record, chosen by who creates the script or made by the service. It never changes.
             * @example 2DAF-F9A5
             */
            inum?: string;
            /**
             * @description The name of the script: letters, digits, spaces and `_ - : / .`. No two scripts have the same.
             * @example redirect_hosts
             */
            name?: string;
            /**
             * @description Further names.
             * @example [
             *       "redirect_policy"
             *     ]
             */
            aliases?: string[];
            /**
             * @description What the script is for.
             * @example Lets clients register redirect URIs of our own hosts only.
             */
            description?: string;
            /**
             * @description The text of the script. JavaScript is read when it is written, and what cannot be is refused with its line and column; nothing runs then.
             * @example function createClient(ctx) { return true; }
             */
            script?: string;
            /**
             * @description What the script takes part in.
             * @example client_registration
             * @enum {string}
             */
            scriptType?: "person_authentication" | "authorization_challenge" | "introspection" | "resource_owner_password_credentials" | "application_session" | "link_interception" | "client_registration" | "id_generator" | "uma_rpt_policy" | "uma_rpt_claims" | "uma_claims_gathering" | "access_evaluation" | "access_evaluation_discovery" | "token_exchange" | "consent_gathering" | "dynamic_scope" | "spontaneous_scope" | "end_session" | "post_authn" | "client_authn" | "select_account" | "create_user" | "scim" | "ciba_end_user_notification" | "revoke_token" | "persistence_extension" | "idp" | "discovery" | "cookie" | "health_check" | "authz_detail" | "update_token" | "tx_token" | "logout_status_jwt" | "par" | "config_api_auth" | "modify_ssa_response" | "fido2_extension" | "lock_extension" | "identity_assertion";
            /**
             * @description The language of the script. Only `javascript` runs here.
             * @example javascript
             * @enum {string}
             */
            programmingLanguage?: "javascript" | "python" | "java";
            /**
             * @description Settings for the service that runs the script, such as `usage_type`.
             * @example [
             *       {
             *         "value1": "usage_type",
             *         "value2": "interactive"
             *       }
             *     ]
             */
            moduleProperties?: components["schemas"]["SimpleCustomProperty"][];
            /**
             * @description What the script is configured with, each under a name of its own. The value of a hidden one is encrypted where it is kept and answered as `********`; that, or no value, keeps it when it is sent back.
             * @example [
             *       {
             *         "value1": "hosts",
             *         "value2": "shop.example.com",
             *         "hide": false
             *       }
             *     ]
             */
            configurationProperties?: components["schemas"]["SimpleExtendedCustomProperty"][];
            /**
             * Format: int32
             * @description The place among the scripts of its type. Where only one of them may answer, it is the one with the highest.
             * @default 0
             * @example 10
             */
            level: number;
            /**
             * Format: int64
             * @description The number of the revision that this is, counted up by each write.
             * @example 1
             */
            revision?: number;
            /**
             * @description Whether the script runs.
             * @default false
             * @example true
             */
            enabled: boolean;
            /**
             * @description Whether the script is kept, but never runs here: it is of another language than `javascript` or of another type than `client_registration`.
             * @example false
             */
            storedOnly?: boolean;
            /** @description The last failure of the script. A write of the script clears it. */
            scriptError?: components["schemas"]["ScriptError"];
            /**
             * @description A mark of Janssen's pages.
             * @default false
             * @example false
             */
            modified: boolean;
            /**
             * @description A mark of Janssen's pages, of scripts that came with an installation.
             * @default false
             * @example false
             */
            internal: boolean;
            /**
             * @description Where the text is. It is always in the database.
             * @default db
             * @example db
             * @enum {string}
             */
            locationType: "db";
            /**
             * @description The same as `dn`.
             * @example inum=2DAF-F9A5,ou=scripts,o=jans
             */
            baseDn?: string;
        };
        /** @description A failure of a script. */
        ScriptError: {
            /**
             * @description When it failed, in UTC without a zone.
             * @example 2026-01-31T12:00:00
             */
            raisedAt?: string;
            /**
             * @description What went wrong, and where.
             * @example TypeError: cannot read property 'length' of undefined at createClient (script:3:18)
             */
            stackTrace?: string;
        };
        /** @description A call of a script that is made up. */
        ScriptTest: {
            /** @description The function that is called; `createClient` unless the method is `PUT`, which means `updateClient`. */
            function?: components["schemas"]["ScriptFunction"];
            /** @description What the script finds in `ctx.request`, `ctx.statement` and `ctx.certificate`. */
            request: {
                /**
                 * @description The method; `POST` where it is left out.
                 * @enum {string}
                 */
                method?: "POST" | "PUT" | "GET";
                /** @description The address that it comes from; `127.0.0.1` where it is left out. */
                address?: string;
                /** @description The headers, in lower case; those that could be secret are left out. */
                headers?: {
                    [key: string]: string;
                };
                /** @description Whether they come as a signed JWT. */
                signed?: boolean;
                /** @description Whether a task does it to many clients. */
                isTask?: boolean;
                /** @description The metadata that is sent. */
                body?: {
                    [key: string]: unknown;
                };
                /** @description The claims of a software statement. */
                statement?: {
                    [key: string]: unknown;
                };
                /** @description The certificate of the caller in PEM. */
                certificate?: string;
            };
            /** @description What the script finds in `ctx.client`. Without it, that is the client which the body would be registered as. */
            client?: {
                [key: string]: unknown;
            };
            /** @description A text that is run in place of the stored one. */
            script?: string;
            /** @description What the script finds in `ctx.properties`. Without a text they are added to those of the record. */
            properties?: {
                [key: string]: string;
            };
        };
        /** @description What a script has decided. */
        ScriptTestResult: {
            /**
             * @description Whether it lets the client pass, refuses it, or has failed, which refuses the client as well; or that it does not have the function.
             * @enum {string}
             */
            decision: "passed" | "refused" | "failed" | "missing";
            /** @description With what it refuses or has failed. */
            error?: {
                /** @description The error code. */
                error?: string;
                /** @description What is wrong. */
                description: string;
            };
            /** @description The members of `ctx.client` that it has changed; those that it has taken away are null. Of `scope` for a new client, what it would have then. */
            changes: {
                [key: string]: unknown;
            };
            /** @description The lines that it has logged. */
            log: string[];
            /** @description How long it took, waiting included. */
            milliseconds: number;
        };
        /** @description Which clients a script is tried on. */
        ScriptReplayInput: {
            /**
             * @description The function that is called; `createClient` where it is left out.
             * @enum {string}
             */
            function?: "createClient" | "updateClient";
            /** @description What clients are filtered by, as in their list. */
            fieldValuePair?: string;
            /**
             * @description What clients are filtered by, in the language of RFC 7644, as in their list. What is given beside it must hold as well.
             * @example softwareId eq "photo-print" and disabled eq false
             */
            filter?: string;
            /** @description The most clients that it is tried on; 1,000 where it is left out. */
            limit?: number;
            /** @description What clients are searched by, as in their list. */
            pattern?: string;
        };
        /** @description What a script would do to the clients that there are. */
        ScriptReplay: {
            /** @description The id of the replay. */
            id: string;
            /**
             * @description How far its task is.
             * @enum {string}
             */
            state: "waiting" | "running" | "paused" | "stopped" | "failed" | "done";
            /** @description The number of clients that it was tried on. */
            done: number;
            /** @description The number that it will be, where that is known. */
            total?: number;
            /** @description How many it would let pass as they are. */
            passed: number;
            /** @description How many it would let pass with changes. */
            changed: number;
            /** @description How many it would refuse. */
            refused: number;
            /** @description At how many it has failed, which refuses them as well. */
            failed: number;
            /** @description Why, each with examples; at most 50, the others are together. */
            reasons: {
                /**
                 * @description What would become of them.
                 * @enum {string}
                 */
                decision: "changed" | "refused" | "failed";
                /** @description Why, or what would change. */
                reason: string;
                /** @description How many there are. */
                clients: number;
                /** @description The inums of some of them. */
                examples: string[];
            }[];
        };
        /**
         * @description A function of a script.
         * @enum {string}
         */
        ScriptFunction: "createClient" | "updateClient" | "modifyPostResponse" | "modifyPutResponse" | "modifyReadResponse" | "getSoftwareStatementHmacSecret" | "getSoftwareStatementJwks" | "getDcrHmacSecret" | "getDcrJwks" | "isCertValidForClient";
        /** @description A setting of a script for the service that runs it. */
        SimpleCustomProperty: {
            /**
             * @description Its name.
             * @example usage_type
             */
            value1: string;
            /**
             * @description Its value.
             * @example interactive
             */
            value2?: string;
            /** @description What it is for. */
            description?: string;
        };
        /** @description Something that a script is configured with. */
        SimpleExtendedCustomProperty: {
            /**
             * @description Its name.
             * @example hosts
             */
            value1: string;
            /**
             * @description Its value.
             * @example shop.example.com
             */
            value2?: string;
            /**
             * @description Whether the value is a secret, which is encrypted where it is kept and never answered.
             * @example false
             */
            hide?: boolean;
            /** @description What it is for. */
            description?: string;
        };
        /** @description A script that comes with the service, to be created with values for its properties. */
        CatalogScript: {
            /**
             * @description Its name.
             * @example redirect-hosts
             */
            name: string;
            /**
             * @description What it does.
             * @example Redirect URIs are on hosts of a list only.
             */
            description: string;
            /** @description What it is configured with. */
            properties: {
                /** @example hosts */
                name: string;
                description: string;
                /** @description Whether the script is of no use without it. */
                required: boolean;
            }[];
            /** @description The level that it is meant for: those that change clients run after those that judge. */
            level: number;
            /** @example client_registration */
            scriptType: string;
            /** @example javascript */
            programmingLanguage: string;
            /** @description Its text. */
            script: string;
            /**
             * @description Where the documentation tells of it.
             * @example docs/script-catalog.md#redirect-hosts
             */
            page: string;
        };
        /** @description A page of scripts. */
        CustomScriptPagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["CustomScriptReply"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description A page of clients. */
        ClientPagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["ClientReply"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description A change of a client. It names properties and has no values. */
        ClientChange: {
            /**
             * Format: int32
             * @description Its number in the log, in lists of the changes of all clients. Later changes have higher ones.
             * @example 4711
             */
            id?: number;
            /**
             * @description The client that was changed, in lists of the changes of all clients.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum?: string;
            /**
             * @description When it happened, in UTC.
             * @example 2026-01-31T12:00:00
             */
            at: string;
            /**
             * @description Who did it. A client of this service by its id, which for `get-register`, `put-register` and `delete-register` is the client itself, with its registration access token. A client of a trusted issuer as `<issuer> <client id>`, with a blank between them. For a registration `registration`, or `initial access token <id of its record>`. For what the service does by itself, `sweep` or the name of the command; `operation` tells them from clients that are called so.
             * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
             */
            caller: string;
            subject?: components["schemas"]["Subject"];
            /**
             * @description The operation id; `remove-expired-client` for a client whose `expirationDate` has passed, `remove-rejected-client` for one that was rejected long ago, `move-stock-inums` for the update that gave the stock scopes and claims other inums, or the command that made an administrator.
             * @example patch-oauth-openid-client-by-inum
             */
            operation: string;
            /**
             * @description The names of the properties that changed. Of a client that was removed, those that it had; of a secret `clientSecret`, of a registration access token `registrationAccessToken`.
             * @example [
             *       "clientName",
             *       "attributes.requirePkce"
             *     ]
             */
            changed: string[];
            /**
             * @description The id of the request, as in `X-Request-Id` and in the log. Left out where there was no request.
             * @example 49c89c7c-fefe-4f90-a4b1-f06eb2138e63
             */
            requestId?: string;
            /**
             * @description Why, in the words of who did it.
             * @example Ticket 4711
             */
            reason?: string;
        };
        /** @description A page of the history of a client. */
        ClientChangePagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["ClientChange"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description A page of the changes of all clients. */
        ChangePage: {
            /**
             * @description The number of entries on this page.
             * @example 1
             */
            entriesCount: number;
            entries: components["schemas"]["ClientChange"][];
            /** @description Leads to the changes before these. A page may have fewer entries than were asked for, or none, and yet not be the last one: that one has no `nextCursor`. In ascending order it leads to the changes after these, and is always there: keep it, and ask with it again for what has come since. */
            nextCursor?: string;
            /** @description In ascending order, whether nothing comes after this page yet. */
            caughtUp?: boolean;
        };
        /** @description Which changes are undone: those that all of what is given holds for. At least one member beside `force` is needed. */
        ChangesUndoInput: {
            /**
             * @description Their ids, as `id` of the list of changes has them.
             * @example [
             *       4711,
             *       4712
             *     ]
             */
            changes?: number[];
            /**
             * @description The first moment of interest, in UTC: `2026-01-31T12:00:00`, the beginning of a day such as `2026-01-31`, or one that is counted from now, in hours, days or weeks, such as `-12h`.
             * @example -24h
             */
            since?: string;
            /**
             * @description The last moment of interest, written in the same way; a day is meant with its end.
             * @example 2026-01-31T18:00:00
             */
            until?: string;
            /**
             * @description Who did it, as `caller` has it, or the `sub` or `name` of `subject`.
             * @example ann
             */
            by?: string;
            /**
             * @description The client that was changed, also one that was removed.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum?: string;
            /**
             * @description With what it was done, as `operation` has it.
             * @example patch-oauth-openid-client-by-inum
             */
            operation?: string;
            /**
             * @description A property that was changed, as `changed` has it. The changes that it finds are undone with all that they changed.
             * @example attributes.requirePkce
             */
            property?: string;
            /**
             * @description With which request it was done, as `requestId` has it.
             * @example 49c89c7c-fefe-4f90-a4b1-f06eb2138e63
             */
            requestId?: string;
            /**
             * @description A filter on the members of a change, as their list has it.
             * @example changed eq "redirectUris" and not (subject.name eq "ann")
             */
            filter?: string;
            /**
             * @description What a plan of the same body has answered as `upTo`. No change is considered that was committed after it, relative dates count from it, and `force` overwrites nothing that was changed again after it. Left out, it is now.
             * @example WyI2YjFmM2M5ZDBlMmE0NTc3IiwibnVtYmVyIiwiNTgiLCIxNzY5ODQ2NDAwMDAwIl0.kq0Yc2T6dE1wXvJ8s3bN5g
             */
            upTo?: string;
            /**
             * @description Whether what was changed again since is overwritten as well.
             * @example false
             */
            force?: boolean;
        };
        /** @description What became of changes that were to be undone. The counts are about all clients, the entries may be some of them. */
        ChangesUndo: {
            /**
             * @description The id of the task that does it or, without one, of the request. It is the `requestId` of each change that is made, so that the undo is undone with it.
             * @example 7c1f6e55-0e62-4f0b-93f8-5b8f1d2a6c10
             */
            id: string;
            /**
             * @description `done` without a task, and else how far that is. `stopped` by somebody or by what `detail` says; `paused` by somebody or by what `detail` says, until it is resumed; `failed` when the service could not go on.
             * @enum {string}
             */
            state: "waiting" | "running" | "paused" | "stopped" | "failed" | "done";
            /** @description Why it was stopped, is paused or has failed. */
            detail?: string;
            /**
             * @description Whether all clients with such changes were looked at. A plan may be of the first ones.
             * @example true
             */
            complete: boolean;
            /**
             * @description Up to where changes were considered, in the order in which they were committed: what was committed later stays. Of a plan it is sent with the same body to undo what it has shown and nothing else.
             * @example WyI2YjFmM2M5ZDBlMmE0NTc3IiwibnVtYmVyIiwiNTgiLCIxNzY5ODQ2NDAwMDAwIl0.kq0Yc2T6dE1wXvJ8s3bN5g
             */
            upTo: string;
            /** @description Which changes it is about, of one that is read: as it was asked, with moments in the place of relative ones. */
            question?: {
                /** @description The ids of changes; at most 100 of them. */
                changes?: number[];
                /**
                 * @description The first moment of interest.
                 * @example 2026-03-01T08:00:00
                 */
                since?: string;
                /** @description The last moment of interest. */
                until?: string;
                /**
                 * @description As it was sent.
                 * @example ann
                 */
                by?: string;
                /** @description As it was sent. */
                inum?: string;
                /** @description As it was sent. */
                operation?: string;
                /** @description As it was sent. */
                property?: string;
                /** @description As it was sent. */
                requestId?: string;
                /** @description As it was sent. */
                filter?: string;
            };
            /**
             * @description Whether it overwrites what was changed again, of one that is read.
             * @example false
             */
            force?: boolean;
            /**
             * @description How many changes were looked at. One that is read does not tell.
             * @example 2
             */
            changes?: number;
            /**
             * @description How many clients they are about.
             * @example 2
             */
            clients: number;
            /**
             * @description Of how many clients all was undone, or is as before already.
             * @example 1
             */
            undone: number;
            /**
             * @description Of how many clients something was left.
             * @example 1
             */
            left: number;
            /**
             * @description Who has begun it, of one that is read, as the log has it.
             * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
             */
            caller?: string;
            /**
             * @description Who does it now, where somebody else, or with another token, has resumed it.
             * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
             */
            resumedBy?: string;
            /**
             * @description Why, in the words of who has begun it.
             * @example Ticket 4711
             */
            reason?: string;
            /**
             * @description When it was begun, in UTC.
             * @example 2026-03-02T08:00:00
             */
            createdAt?: string;
            /**
             * @description When it ended, in UTC.
             * @example 2026-03-02T08:01:10
             */
            endedAt?: string;
            /**
             * @description The number of entries here.
             * @example 2
             */
            entriesCount: number;
            entries: components["schemas"]["UndoneClient"][];
            /** @description Leads to the entries after these, where there are more. */
            nextCursor?: string;
        };
        /** @description A page of undos, the last one first. */
        UndoPage: {
            /**
             * @description The `startIndex` of the page.
             * @example 0
             */
            start: number;
            /**
             * @description How many undos there are.
             * @example 1
             */
            totalEntriesCount: number;
            /**
             * @description The number of entries on this page.
             * @example 1
             */
            entriesCount: number;
            entries: components["schemas"]["ChangesUndo"][];
        };
        /** @description What became of the changes of one client. */
        UndoneClient: {
            /**
             * @description Its id.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum: string;
            /** @description Its name, where it has one and the caller may change it. */
            clientName?: string;
            /**
             * @description What was done to it. `unchanged` is a client of which all was left, or which was as before already.
             * @enum {string}
             */
            outcome: "changed" | "removed" | "restored" | "unchanged";
            /** @description The ids of its changes that were to be undone, the newest first; at most 100 of them. */
            changes: number[];
            /** @description What it is now, of a client that was changed or restored. */
            properties: {
                /**
                 * @description Its name, as `changed` of a change has it.
                 * @example attributes.requirePkce
                 */
                property: string;
                /** @description Its value before the undo, where it had one. Of a secret it says `set`. */
                before?: unknown;
                /** @description Its value after that, where it has one. Of a secret it says `set`. */
                after?: unknown;
            }[];
            /** @description What was not undone. */
            left: components["schemas"]["UndoRemainder"][];
        };
        /** @description Something that was not undone, and why. */
        UndoRemainder: {
            /**
             * @description `changed-again`: it has another value by now than the change gave it, which `force` overwrites. `used`: a client that was made has been used since, which `force` removes all the same. `not-kept`: of secrets and tokens no value is kept, and the end of a secret is not given to another one. `decision`: approval is decided by approving and rejecting. `no-revision`: history does not have what it was, or not any more. `too-many-changes`: of one client 1,000 changes are undone at once, the newest ones. `renamed`: it got another id. `removed`: the client is not there any more. `another-client`: the client that is there now is another one. `id-taken`: another client has the id of the one that was removed. `not-restorable`: a removed client is not kept any more. The others are why the write was refused.
             * @example changed-again
             * @enum {string}
             */
            reason: "changed-again" | "used" | "not-kept" | "decision" | "no-revision" | "too-many-changes" | "renamed" | "removed" | "another-client" | "id-taken" | "not-restorable" | "refused" | "approval-needed" | "last-administrator" | "insufficient-scope";
            /**
             * @description The same for people.
             * @example it was changed again since
             */
            detail: string;
            /**
             * @description What it is about, where it is not all of the client: a property, of localized ones the language after a dot and of custom attributes the name.
             * @example redirectUris
             */
            property?: string;
            /**
             * Format: int32
             * @description The id of the change that was to be undone.
             * @example 4712
             */
            change?: number;
            later?: components["schemas"]["ClientChange"];
        };
        /** @description A JSON Patch document (RFC 6902). The operations are applied in order, all of them or none. */
        JsonPatch: {
            /**
             * @description What to do.
             * @enum {string}
             */
            op: "add" | "remove" | "replace" | "move" | "copy" | "test";
            /** @description JSON Pointer (RFC 6901) of the target. */
            path: string;
            /** @description JSON Pointer of the source, for `move` and `copy`. */
            from?: string;
            /** @description The value, for `add`, `replace` and `test`. */
            value?: unknown;
        }[];
        /** @description A merge patch (RFC 7396): the members to change with their new values, `null` to remove one. Objects are merged, arrays are replaced as a whole. Names that the resource does not have are refused; read-only members may be there as they are. */
        MergePatch: {
            [key: string]: unknown;
        };
        /** @description What administrators have decided about a client that registered itself, or have still to decide. */
        ClientApproval: {
            /**
             * @description `waiting` until an administrator decides, `rejected` when one has said no: such a client is disabled, and only approving it changes that. `pending_change` when a client that is in use asks for a change that waits; it goes on as it is meanwhile. Dynamic registration answers it as `status`.
             * @example waiting
             * @enum {string}
             */
            state?: "waiting" | "approved" | "rejected" | "pending_change";
            /**
             * @description Why it was decided so, in the words of who decided.
             * @example their product team asked for it
             */
            reason?: string;
            /**
             * @description The client whose token it was decided with; absent while nobody has.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            by?: string;
            /**
             * @description Since when the state is what it is (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone).
             * @example 2026-01-15T09:30:00
             */
            at?: string;
            /**
             * @description The change that waits, as a merge patch (RFC 7396) of this client.
             * @example {
             *       "redirectUris": [
             *         "https://new.example.com/callback"
             *       ]
             *     }
             */
            change?: {
                [key: string]: unknown;
            };
        };
        /** @description A decision about a client that waits. */
        ApprovalDecision: {
            /**
             * @description Why, in one line, which the client shows. `X-Reason` stands for it where it is left out.
             * @example their product team asked for it
             */
            reason?: string;
        };
        /** @description How to restore a client. All members may be left out. */
        ClientRestoration: {
            /**
             * @description The id that it gets. It has its own again when this is left out.
             * @example print-shop-2
             */
            inum?: string;
            /**
             * @description Which one of several that were removed from under its id, as in their list; the last one when it is left out.
             * @example mkw2r5c0
             */
            incarnation?: string;
        };
        /** @description What is done to which clients. They are those that a filter fits, or those of a list. */
        ClientBulkInput: {
            /**
             * @description What is done to each client, by the rules and with the scopes of the operation on one: `rotate` gives each a new secret, and needs `encryptTo`.
             * @example patch
             * @enum {string}
             */
            action: "patch" | "activate" | "deactivate" | "approve" | "reject" | "delete" | "rotate";
            /**
             * @description The clients, by a filter as their list has it.
             * @example softwareId eq "photo-print" and disabled eq false
             */
            filter?: string;
            /** @description The same as pairs, as the list of clients has them. What is given beside it must hold as well. */
            fieldValuePair?: string;
            /** @description What clients are searched by, as in their list. */
            pattern?: string;
            /** @description The clients, by their ids; not beside a filter. */
            inums?: string[];
            jsonPatch?: components["schemas"]["JsonPatch"];
            mergePatch?: components["schemas"]["MergePatch"];
            /**
             * @description Why clients are approved or rejected, in one line, which they show. `X-Reason` stands for it where it is left out.
             * @example their product team asked for it
             */
            reason?: string;
            /**
             * @description Whether the tokens that the clients have end as well, for `patch`, `deactivate` and `rotate`.
             * @example false
             */
            revokeTokens?: boolean;
            /**
             * Format: int32
             * @description For `rotate`: how long the secrets that are valid now stay valid, in seconds, at most a week.
             * @example 86400
             */
            overlapSeconds?: number;
            /** @description A public key (JWK, RFC 7517), RSA or EC or OKP with X25519, that new secrets are encrypted to: each result has them as a JWE. Without it nothing is done to a client that would get a new secret. */
            encryptTo?: {
                /**
                 * @description The kind of key.
                 * @enum {string}
                 */
                kty: "RSA" | "EC" | "OKP";
                /** @description Its id, which is in the header of each JWE. */
                kid?: string;
            } & {
                [key: string]: unknown;
            };
            /**
             * Format: int32
             * @description The run stops with this failure. Without it, it goes on to the last client.
             * @example 10
             */
            stopAfterFailures?: number;
            /**
             * @description `confirm` of the reply to the same body without it. Where more, fewer or other clients fit by now, nothing is done.
             * @example 1234-mJ2pN0t1Y6aVQw8L
             */
            confirm?: string;
        };
        /** @description What would be done to many clients, or a run that does it. */
        ClientBulk: {
            /**
             * @description The id of the run, which is also `requestId` of each change that it makes. Left out of what is only planned.
             * @example 0d9a6c1e-3a58-4a52-9d0a-6f3c1b7e2f90
             */
            id?: string;
            /**
             * @description `planned` without `confirm`, where nothing is done. A run is `waiting` for its turn, or `stopped` by somebody or by what `detail` says, before all clients were done; `paused` by somebody or by what `detail` says, until it is resumed; `failed` when the service could not go on.
             * @example running
             * @enum {string}
             */
            state: "planned" | "waiting" | "running" | "paused" | "stopped" | "failed" | "done";
            /**
             * @description Why it was stopped, is paused or has failed.
             * @example stopped after 10 failures
             */
            detail?: string;
            /**
             * @description What is done to each client.
             * @example patch
             * @enum {string}
             */
            action: "patch" | "activate" | "deactivate" | "approve" | "reject" | "delete" | "rotate";
            /** @description As it was sent. */
            filter?: string;
            /** @description As it was sent. */
            fieldValuePair?: string;
            /** @description As it was sent. */
            pattern?: string;
            /**
             * @description How many clients it is about.
             * @example 1234
             */
            clients: number;
            /**
             * @description What has to be sent with the same body to do it, of what is planned: it names the number of clients, and is another one for other clients.
             * @example 1234-mJ2pN0t1Y6aVQw8L
             */
            confirm?: string;
            /** @description How many clients have come to what. */
            counts: {
                /**
                 * @description Nothing was done to them so far.
                 * @example 1000
                 */
                waiting: number;
                /**
                 * @description It was done.
                 * @example 230
                 */
                changed: number;
                /**
                 * @description They were so already.
                 * @example 2
                 */
                unchanged: number;
                /**
                 * @description The filter did not fit them any more when it was their turn.
                 * @example 1
                 */
                skipped: number;
                /**
                 * @description It was refused, and they are as before.
                 * @example 1
                 */
                failed: number;
            };
            /** @description Of what is planned, what would become of the first clients: they were tried. */
            sample?: components["schemas"]["ClientBulkResult"][];
            /** @description Of a run that is read, the first failures. */
            failures?: components["schemas"]["ClientBulkResult"][];
            /**
             * @description Who has begun it, as the log has it.
             * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
             */
            caller?: string;
            /**
             * @description Who does it now, where somebody else, or with another token, has resumed it.
             * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
             */
            resumedBy?: string;
            /**
             * @description Why, in the words of who has begun it.
             * @example Ticket 4711
             */
            reason?: string;
            /**
             * @description When it was begun, in UTC.
             * @example 2026-03-02T08:00:00
             */
            createdAt?: string;
            /**
             * @description When it ended, in UTC.
             * @example 2026-03-02T08:01:10
             */
            endedAt?: string;
        };
        /** @description A page of runs, the last one first. */
        ClientBulkPage: {
            /**
             * @description The `startIndex` of the page.
             * @example 0
             */
            start: number;
            /**
             * @description How many runs there are.
             * @example 1
             */
            totalEntriesCount: number;
            /**
             * @description The number of entries on this page.
             * @example 1
             */
            entriesCount: number;
            entries: components["schemas"]["ClientBulk"][];
        };
        /** @description What has become of one client. */
        ClientBulkResult: {
            /**
             * @description The client.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum: string;
            /**
             * @description `counts` of the run says what they mean.
             * @example failed
             * @enum {string}
             */
            outcome: "waiting" | "changed" | "unchanged" | "skipped" | "failed";
            /** @description What would change, where it was only tried. */
            changed?: string[];
            /** @description A new secret as a JWE (RFC 7516) in compact form, encrypted to the key of the request. Its text is JSON with `clientSecret` and, as the reply to a single rotation has them, `inum` and when secrets end. */
            secret?: string;
            problem?: components["schemas"]["Problem"];
        };
        /** @description A page of what has become of the clients of a run, in the order in which they are done. */
        ClientBulkResultPage: {
            /**
             * @description The number of entries on this page.
             * @example 1
             */
            entriesCount: number;
            entries: components["schemas"]["ClientBulkResult"][];
            /** @description Leads to the next page, where there is one. */
            nextCursor?: string;
        };
        /** @description When clients were used, as an authorization server has seen it. Without entries it says that nobody has used one. */
        ClientUse: {
            /** @description The uses since the last report; of several of one client the latest counts. */
            entries: {
                /**
                 * @description The client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                clientId: string;
                /**
                 * @description When it was used last: yyyy-MM-dd'T'HH:mm:ss in UTC, or with `Z` or an offset. Not in the future; what is up to a minute ahead counts as of now.
                 * @example 2026-03-02T08:00:00Z
                 */
                at: string;
            }[];
        };
        /** @description What became of a report. */
        ClientUseReply: {
            /**
             * @description How many entries it had.
             * @example 2
             */
            received: number;
            /**
             * @description The clients that there are not.
             * @example []
             */
            unknown: string[];
        };
        /** @description Who is gone for good. */
        ForgottenReporter: {
            /**
             * @description As `sweep.reporters` of the unused clients names it.
             * @example sign-in
             */
            caller: string;
        };
        /** @description A client that nobody uses. */
        UnusedClient: {
            /**
             * @description Its id.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum: string;
            /**
             * @description Its name.
             * @example Photo print shop
             */
            clientName?: string;
            /**
             * @description Whether it is only reported yet, or disabled already.
             * @example reported
             * @enum {string}
             */
            state: "reported" | "disabled";
            /**
             * @description Since when, in UTC.
             * @example 2026-03-02T09:30:00
             */
            since: string;
            /**
             * @description When it is disabled, or removed, at the earliest, in UTC. Absent where clients are not swept any more.
             * @example 2026-03-09T09:30:00
             */
            until?: string;
            /**
             * @description How it came in; as of a client.
             * @example open
             */
            registrationMethod: string;
            /**
             * @description When it was made, in UTC.
             * @example 2026-02-20T12:00:00
             */
            createdAt: string;
            /**
             * @description When it was used last, in UTC. Absent means never.
             * @example 2026-02-21T12:00:00
             */
            lastAccessTime?: string;
        };
        /** @description Somebody who reports uses of clients. */
        UseReporter: {
            /**
             * @description The client whose token the reports come with; one of another issuer after that and a space.
             * @example sign-in
             */
            caller: string;
            /**
             * @description Since when without a silence, in UTC.
             * @example 2026-01-01T00:10:00
             */
            reportsSince: string;
            /**
             * @description When the last time, in UTC.
             * @example 2026-03-02T09:00:00
             */
            reportedAt: string;
            /**
             * @description Whether that is more than 26 hours ago, so that no client is judged.
             * @example false
             */
            isSilent: boolean;
        };
        /** @description A page of clients that nobody uses, and what they are judged by. */
        UnusedClientPagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["UnusedClient"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
            /** @description What clients are judged by. */
            sweep: {
                /**
                 * @description `off` without `REGISTRATION_UNUSED_DAYS`; `stopped` while one that reported uses before has not for more than 26 hours: then nobody knows what is used there.
                 * @example on
                 * @enum {string}
                 */
                state: "off" | "on" | "stopped";
                /**
                 * @description The same for people, in a line: what is on, and what becomes of clients.
                 * @example The sweep is off, since REGISTRATION_UNUSED_DAYS is not set: no client is reported, disabled or removed.
                 */
                detail: string;
                /**
                 * @description Since when uses are watched, in UTC: no client counts as unused from before.
                 * @example 2026-01-01T00:00:00
                 */
                since?: string;
                /**
                 * @description Since when all authorization servers that report uses do so without a silence, in UTC. Absent where none ever did.
                 * @example 2026-01-01T00:00:00
                 */
                reportsSince?: string;
                /**
                 * @description When one did the last time, in UTC.
                 * @example 2026-03-02T09:00:00
                 */
                reportedAt?: string;
                /** @description Who has reported uses. One that is gone for good is waited for until `forget-reporter` says so. */
                reporters?: components["schemas"]["UseReporter"][];
            };
        };
        /** @description What the stored clients break of a security profile. */
        ClientReport: {
            profile: components["schemas"]["SecurityProfile"];
            /**
             * @description The name of the profile for people.
             * @example OAuth 2.1 (draft-ietf-oauth-v2-1)
             */
            title: string;
            /**
             * @description When the numbers were right, in UTC: now where there are up to 10,000 clients. More are counted every five minutes when something was written. The clients of a rule, and of a `filter`, are always those of now.
             * @example 2026-03-02T09:30:00
             */
            asOf: string;
            /** @description Whether every client has been judged by the rules of this version. After an upgrade with other rules it is false until all were looked at again, and the numbers may be too low. */
            complete: boolean;
            /**
             * @description How many clients there are, or `filter` finds.
             * @example 1200
             */
            clients: number;
            /**
             * @description How many of them break at least one rule of severity `error`.
             * @example 31
             */
            failing: number;
            /**
             * @description How many of those are not disabled.
             * @example 28
             */
            failingEnabled: number;
            /** @description The rules of the profile, worst first; with `rule` only that one. */
            rules: {
                /**
                 * @description Id of the rule.
                 * @example no-implicit-grant
                 */
                rule: string;
                severity: components["schemas"]["Severity"];
                /**
                 * @description Where the profile says so.
                 * @example RFC 9700 section 2.1.2
                 */
                reference: string;
                /**
                 * @description The properties that the rule reads; its sentence is about the first one.
                 * @example [
                 *       "grantTypes",
                 *       "responseTypes"
                 *     ]
                 */
                properties: string[];
                /**
                 * @description What the property must or should be.
                 * @example should not hold implicit, nor responseTypes token: access tokens would pass through the browser
                 */
                detail: string;
                /**
                 * @description How to mend a client that breaks it.
                 * @example Move the app to the code flow with PKCE, then take implicit out of grantTypes.
                 */
                remedy: string;
                /**
                 * @description What breaks for these clients where an authorization server enforces it.
                 * @example Authorization requests for a response type with token are refused.
                 */
                impact: string;
                /**
                 * @description How many clients break it.
                 * @example 12
                 */
                clients: number;
                /**
                 * @description How many of those are not disabled: for them something breaks when it is enforced.
                 * @example 9
                 */
                enabled: number;
            }[];
            /** @description With `rule`, a page of the clients that break it, those that are not disabled first. */
            entries?: {
                /**
                 * @description Its id.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: string;
                /**
                 * @description Its name.
                 * @example Photo print shop
                 */
                clientName?: string;
                /** @description Whether it cannot be used now. */
                disabled: boolean;
                /**
                 * @description When it was used last, in UTC. Absent means never.
                 * @example 2026-03-01T12:00:00
                 */
                lastAccessTime?: string;
                /** @description Where it breaks the rule, at most 20 places. */
                findings: {
                    /**
                     * @description JSON Pointer of the property.
                     * @example /grantTypes
                     */
                    pointer: string;
                    /** @description What it must or should be. */
                    detail: string;
                }[];
            }[];
            /** @description Leads to the next page of clients. */
            nextCursor?: string;
        };
        /** @description Where a client breaks a rule of a security profile. */
        ProfileFinding: {
            /**
             * @description Id of the rule.
             * @example no-implicit-grant
             */
            rule: string;
            severity: components["schemas"]["Severity"];
            /**
             * @description Where the profile says so.
             * @example RFC 9700 section 2.1.2
             */
            reference: string;
            /**
             * @description JSON Pointer of the member in the body.
             * @example /grantTypes
             */
            pointer: string;
            /** @description What the member must or should be. */
            detail: string;
            /** @description How to mend it. */
            remedy: string;
            /** @description What breaks where an authorization server enforces it. */
            impact: string;
        };
        /**
         * @description A security profile: `rfc9700` for the Best Current Practice for OAuth 2.0 Security, `oauth2.1` for OAuth 2.1, `fapi2` for the FAPI 2.0 Security Profile, `mcp` for the authorization of the Model Context Protocol.
         * @example rfc9700
         * @enum {string}
         */
        SecurityProfile: "rfc9700" | "oauth2.1" | "fapi2" | "mcp";
        /**
         * @description `error` for what the profile demands, `warning` for what it recommends.
         * @example warning
         * @enum {string}
         */
        Severity: "error" | "warning";
        /** @description A client that was removed and can be restored. What it was is in its revisions. */
        RemovedClient: {
            /**
             * @description The id that it had.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum: string;
            /**
             * @description Tells it from others that were removed from under its id.
             * @example mkw2r5c0
             */
            incarnation: string;
            /**
             * @description The name that it had.
             * @example Photo print shop
             */
            clientName?: string;
            /**
             * @description When it was removed, in UTC.
             * @example 2026-01-31T12:00:00
             */
            removedAt: string;
            /**
             * @description When it is gone for good, in UTC.
             * @example 2026-03-02T12:00:00
             */
            restorableUntil: string;
            /** @description Who removed it; its last revision says more. The service itself removes those that have expired. */
            by: {
                /**
                 * @description As `caller` in the history of a client.
                 * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
                 */
                id: string;
                /**
                 * @description What people know it by.
                 * @example Partner
                 */
                name?: string;
                /**
                 * @description As in a revision.
                 * @example client
                 * @enum {string}
                 */
                kind: "client" | "registration" | "anonymous" | "command" | "task";
            };
            /**
             * @description The way it went: the Config-API, dynamic registration, or the service itself.
             * @example admin
             * @enum {string}
             */
            door: "admin" | "registration" | "service";
            /**
             * @description Why, in the words of who removed it.
             * @example Ticket 4711
             */
            reason?: string;
            /**
             * @description Whether another client has its id by now, so that it is restored under another one.
             * @example false
             */
            idTaken: boolean;
        };
        /** @description A page of removed clients. */
        RemovedClientPagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["RemovedClient"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description How to rotate the secret. All members may be left out. */
        SecretRotation: {
            /**
             * @description The new secret, printable ASCII. One is made when it is left out, as for a new client.
             * @example s6BhdRkqt3-example-secret
             */
            clientSecret?: string;
            /**
             * Format: int32
             * @description How long the secrets that are valid now stay valid, in seconds, at most a week.
             * @default 0
             * @example 86400
             */
            overlapSeconds: number;
            /**
             * @description When the new secret ends, in UTC. It does not end when this is left out.
             * @example 2030-01-01T00:00:00
             */
            clientSecretExpiresAt?: string;
            /**
             * @description Whether the tokens that the client has end as well. One that has leaked with the secret is good for nothing then.
             * @default false
             */
            revokeTokens: boolean;
        };
        /** @description What is known of a secret of a client. */
        ClientSecret: {
            /** @description The id of the secret. */
            id: string;
            /** @description What people know it by. */
            label?: string;
            /**
             * @description When it was made, in UTC.
             * @example 2026-01-31T12:00:00
             */
            created: string;
            /** @description The client that made it, as `caller` in the history. Left out where nobody knows. */
            createdBy?: string;
            /** @description When it stops working, in UTC. Left out where it does not. */
            expires?: string;
            /** @description When the client authenticated with it last, accurate to about a minute. */
            lastUsed?: string;
            /**
             * @description The `current` one is the newest that works; earlier ones that work as well are `live`.
             * @enum {string}
             */
            state: "current" | "live" | "expired";
            /** @description Whether the client does without it, as far as one can see: it does not work any more, or another one was used later. */
            safeToRemove: boolean;
        };
        /** @description The secrets of a client. */
        ClientSecretPagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["ClientSecret"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description A secret to be added. All members may be left out. */
        ClientSecretInput: {
            /**
             * @description What people know it by.
             * @example Frankfurt
             */
            label?: string;
            /**
             * @description The secret, printable ASCII. One is made when it is left out.
             * @example s6BhdRkqt3-example-secret
             */
            clientSecret?: string;
            /**
             * @description In place of `clientSecret`, its hash as another system keeps it: bcrypt up to cost 13, PBKDF2 up to 1,000,000 rounds, scrypt and Argon2 in their PHC form. A client has one at most; it becomes a digest of ours when it has matched once.
             * @example $pbkdf2-sha256$i=25000,l=32$c2FsdHNhbHRzYWx0$IWQ5yO0O2pV7sZ3tNDMHBqEk2HqNh9bhR7jPFF9bWfc
             */
            clientSecretHash?: string;
            /**
             * @description When the secret ends, in UTC. It does not end when this is left out.
             * @example 2030-01-01T00:00:00
             */
            clientSecretExpiresAt?: string;
        };
        /** @description A secret that was added. */
        AddedClientSecret: {
            /** @description The id of the secret. */
            id: string;
            /** @description What people know it by. */
            label?: string;
            /**
             * @description When it was made, in UTC.
             * @example 2026-01-31T12:00:00
             */
            created: string;
            /** @description The client that made it, as `caller` in the history. Left out where nobody knows. */
            createdBy?: string;
            /** @description When it stops working, in UTC. Left out where it does not. */
            expires?: string;
            /** @description The secret. It is not shown again, and left out where its hash was given. */
            clientSecret?: string;
        };
        /** @description How many tokens of a client may live. */
        ClientTokens: {
            /** @description The id of the client. */
            inum: string;
            /**
             * @description How many tokens may live at most. They are counted by the minute, and one that was revoked by itself counts until the last one of its minute expires.
             * @example 3
             */
            atMost: number;
            /**
             * @description When the first of them was issued, in UTC. Left out where there are none.
             * @example 2026-01-31T12:00:00
             */
            firstIssued?: string;
            /**
             * @description When the last of them was issued.
             * @example 2026-01-31T12:04:10
             */
            lastIssued?: string;
            /**
             * @description When the last of them expires.
             * @example 2026-01-31T12:09:10
             */
            expire?: string;
            /** @description The same by what the tokens are good for, at most 100 entries, those that were issued last first. */
            byScopes: {
                /**
                 * @description The scopes of these tokens. Left out for those that are not told apart: beyond twenty sets of scopes in a minute.
                 * @example [
                 *       "https://jans.io/oauth/config/openid/clients.readonly"
                 *     ]
                 */
                scopes?: string[];
                /**
                 * @description How many of them may live at most.
                 * @example 3
                 */
                atMost: number;
                /** @description When the first of them was issued. */
                firstIssued: string;
                /** @description When the last of them was issued. */
                lastIssued: string;
                /** @description When the last of them expires. */
                expire: string;
            }[];
        };
        /** @description What became of the tokens of a client. */
        TokenRevocation: {
            /** @description The id of the client. */
            inum: string;
            /**
             * @description From when on this API and introspection refuse the tokens, in UTC.
             * @example 2026-01-31T12:00:01
             */
            refusedFrom: string;
            /**
             * @description Until when a server that verifies tokens by itself, without asking here, may take one of them at most, in UTC. A clock that differs from this one adds to it.
             * @example 2026-01-31T13:00:00
             */
            offlineUntil: string;
        };
        /** @description The secret after a rotation. */
        RotatedSecret: {
            /** @description The id of the client. */
            inum: string;
            /** @description The new secret. It is not shown again. */
            clientSecret: string;
            /** @description When the new secret ends, in UTC. */
            clientSecretExpiresAt?: string;
            /** @description When the secret that it replaces stops working, in UTC. */
            previousSecretExpiresAt?: string;
            /**
             * @description With `revokeTokens`: until when a server that verifies tokens by itself, without asking here, may take one of them at most, in UTC.
             * @example 2026-01-31T13:00:00
             */
            offlineUntil?: string;
        };
        /** @description What a registration of a client would answer, and what would be better about the client. */
        ClientValidation: {
            /** @description Whether the client would be registered: there are no errors. */
            valid: boolean;
            /** @description The client as it would be stored, with its defaults and derived members and without a secret. An `inum` that was not given is made up. Absent when names that contradict each other, a wrong date or an unknown scope or claim leave open what the client would be. */
            client?: components["schemas"]["ClientReply"];
            /** @description Every fault that was found, at most 100, as a refused registration has them. */
            errors: components["schemas"]["Fault"][];
            /** @description What would be better, at most 100. It is no reason to refuse the client. */
            warnings: {
                /** @description JSON Pointer of the member in the body. */
                pointer: string;
                /** @description What the member should be. */
                detail: string;
                /** @description Id of the rule. */
                rule: string;
                /** @description Where the rule comes from. */
                reference: string;
                /**
                 * @description The security profile that asks for it: `fapi2` for FAPI 2.0. Clients that do not follow the profile need not follow the advice.
                 * @enum {string}
                 */
                profile?: "fapi2";
            }[];
            /** @description With `profile`: what the client breaks of it, at most 100. It is no reason to refuse the client. */
            findings?: components["schemas"]["ProfileFinding"][];
        };
        /** @description Problem details (RFC 9457), with the three members of Janssen's errors. */
        Problem: {
            /**
             * @description The kind of problem, a stable URI to key on.
             * @example urn:clientele:problem:invalid-request
             */
            type: string;
            /** @description The kind of problem in words. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @description What happened this time. Not to be parsed. */
            detail?: string;
            /** @description Janssen's code: the status as text, or OCA001 for a required member that is missing. */
            code: string;
            /** @description Janssen's message. */
            message: string;
            /** @description Janssen's description. */
            description?: string;
            /** @description The id of the request, as in `X-Request-Id` and in the log. */
            requestId?: string;
            /** @description Every fault that was found, at most 100. */
            errors?: components["schemas"]["Fault"][];
        };
        /** @description One thing that is wrong with a request. */
        Fault: {
            /** @description JSON Pointer of the member in the body. */
            pointer?: string;
            /** @description Name of the parameter at fault, with its place: `query:limit`. */
            parameter?: string;
            /** @description The rule that the member breaks. */
            detail: string;
            /** @description Id of the rule. */
            rule?: string;
            /** @description Where the rule comes from. */
            reference?: string;
        };
        /** @description An OAuth error (RFC 6749 section 5.2). */
        OAuthError: {
            /** @description The error code. */
            error: string;
            /** @description The error in words. */
            error_description?: string;
        };
        /** @description An initial access token, without the token itself. */
        RegistrationToken: {
            /** @description The id of this record. */
            id: string;
            /** @description Who or what it is for. */
            label: string;
            /** @description How many clients can register with it in all. */
            uses: number;
            /** @description How many still can. */
            usesLeft: number;
            /** @description When it ends, in UTC. */
            expirationDate?: string;
            /** @description The scopes that clients may register with it beside the default ones, as DNs. */
            scopes: string[];
            /** @description Whether clients that register with it wait for an administrator; absent where the setting says it. */
            approval?: boolean;
            /**
             * @description Whether clients that register with it send their metadata as a signed JWT (`application/jwt`), with `aud` and an `exp` within the hour, also when they change them. Without it `REGISTRATION_SIGNED` alone says it.
             * @example true
             */
            signed?: boolean;
            /** @description Schemes and whole addresses that they may have users sent back to, beside those of the setting. */
            redirectSchemes?: string[];
            /** @description The only https hosts that they may have users sent back to. */
            redirectHosts?: string[];
            /** @description When it was made, in UTC. */
            creationDate: string;
            /** @description The client that made it. */
            createdBy: string;
            /** @description When a client last registered with it, in UTC. */
            lastUsed?: string;
            /** @description The ids of the clients that registered with it and are still there, the newest first, at most 100. */
            clients: string[];
        };
        /** @description An initial access token that was made just now. */
        IssuedRegistrationToken: {
            /** @description The id of this record. */
            id: string;
            /** @description Who or what it is for. */
            label: string;
            /** @description How many clients can register with it in all. */
            uses: number;
            /** @description How many still can. */
            usesLeft: number;
            /** @description When it ends, in UTC. */
            expirationDate?: string;
            /** @description The scopes that clients may register with it beside the default ones, as DNs. */
            scopes: string[];
            /** @description Whether clients that register with it wait for an administrator; absent where the setting says it. */
            approval?: boolean;
            /**
             * @description Whether clients that register with it send their metadata as a signed JWT (`application/jwt`), with `aud` and an `exp` within the hour, also when they change them. Without it `REGISTRATION_SIGNED` alone says it.
             * @example true
             */
            signed?: boolean;
            /** @description Schemes and whole addresses that they may have users sent back to, beside those of the setting. */
            redirectSchemes?: string[];
            /** @description The only https hosts that they may have users sent back to. */
            redirectHosts?: string[];
            /** @description When it was made, in UTC. */
            creationDate: string;
            /** @description The client that made it. */
            createdBy: string;
            /** @description When a client last registered with it, in UTC. */
            lastUsed?: string;
            /** @description The ids of the clients that registered with it and are still there, the newest first, at most 100. */
            clients: string[];
            /** @description The token, which is sent as a bearer token. It is not shown again. */
            token: string;
        };
        /** @description What an initial access token allows. */
        RegistrationTokenInput: {
            /**
             * @description Who or what it is for.
             * @example Partner
             */
            label: string;
            /**
             * Format: int32
             * @description How many clients can register with it.
             * @default 1
             * @example 10
             */
            uses: number;
            /**
             * @description When it ends, in UTC. It does not end when this is left out.
             * @example 2026-12-31T23:59:59
             */
            expirationDate?: string;
            /**
             * @description The scopes that clients may register with it, by name or DN, beside the default scopes. Scopes that open administration are refused.
             * @example [
             *       "offline_access"
             *     ]
             */
            scopes?: string[];
            /**
             * @description Whether clients that register with it wait until an administrator approves them. Where this is left out, `REGISTRATION_APPROVAL` says it.
             * @example true
             */
            approval?: boolean;
            /**
             * @description Whether clients that register with it send their metadata as a signed JWT (`application/jwt`), with `aud` and an `exp` within the hour, also when they change them. Without it `REGISTRATION_SIGNED` alone says it.
             * @example true
             */
            signed?: boolean;
            /**
             * @description Schemes without a dot, and whole addresses, that clients may have users sent back to which register with it, beside those of `REGISTRATION_REDIRECT_SCHEMES`.
             * @example [
             *       "cursor"
             *     ]
             */
            redirectSchemes?: string[];
            /**
             * @description Where there are any, the only hosts of https addresses that clients may have users sent back to which register with it; `*.example.com` stands for every subdomain. `REGISTRATION_REDIRECT_HOSTS` holds as well.
             * @example [
             *       "*.partner.example"
             *     ]
             */
            redirectHosts?: string[];
        };
        /** @description A page of initial access tokens. */
        RegistrationTokenPagedResult: {
            /** @description How many matches come before this page. */
            start: number;
            /** @description How many matches there are in all. */
            totalEntriesCount: number;
            /** @description How many entries this page has. */
            entriesCount: number;
            /** @description The entries. */
            entries: components["schemas"]["RegistrationToken"][];
            /** @description Leads to the next page, as `cursor`. Left out on a page that is neither full nor partial. */
            nextCursor?: string;
            /** @description Says that counting stopped, so that there are more matches than `totalEntriesCount`: only where the request prefers `partial-results`. */
            totalIsEstimate?: boolean;
            /** @description Says that the time was over before the page was full: `nextCursor` goes on from there. Only where the request prefers `partial-results`. */
            isPartial?: boolean;
        };
        /** @description What a software statement says. Unknown members are ignored. */
        SoftwareStatementInput: {
            /**
             * @description The organization that the software is of.
             * @example org-1
             */
            org_id: string;
            /** @description What it is for. It is not in the statement. */
            description?: string;
            /**
             * @description What identifies the software. One is made when it is left out.
             * @example scanner
             */
            software_id?: string;
            /** @description The roles of the software, for authorization servers that know them. */
            software_roles?: string[];
            /**
             * @description The grant types that clients get.
             * @example [
             *       "client_credentials"
             *     ]
             */
            grant_types?: string[];
            /** @description When it ends, in seconds since the epoch: 30 days from now when it is left out. */
            expiration?: number;
            /**
             * @description Whether it can be used once.
             * @default true
             */
            one_time_use: boolean;
            /**
             * @description Kept for compatibility; it has no effect.
             * @default true
             */
            rotate_ssa: boolean;
            /**
             * Format: int32
             * @description How long clients that register with it live, in seconds. They end with the statement when it is left out.
             * @example 86400
             */
            lifetime?: number;
        };
        /** @description A software statement with what is known about it. */
        SoftwareStatementEntry: {
            /** @description Its id. */
            jti: string;
            /** @description What it says. */
            ssa: {
                /** @description Its id. */
                jti: string;
                /** @description The issuer. */
                iss: string;
                /** @description When it was issued, in seconds since the epoch. */
                iat: number;
                /** @description When it ends, in seconds since the epoch. */
                exp: number;
                /** @description The organization. */
                org_id: string;
                /** @description What identifies the software. */
                software_id: string;
                /** @description The roles of the software. */
                software_roles?: string[];
                /** @description The grant types that clients get. */
                grant_types?: string[];
                /** @description How long clients live, in seconds. */
                lifetime: number;
                /** @description What it is for. */
                description?: string;
                /** @description Whether it can be used once. */
                one_time_use: boolean;
                /** @description Kept for compatibility. */
                rotate_ssa: boolean;
            };
            /** @description The client that had it issued. */
            iss: string;
            /** @description The client that had it issued. */
            issuer: string;
            /** @description When it was issued, in seconds since the epoch. */
            created_at: number;
            /** @description When it ends, in seconds since the epoch. */
            expiration: number;
            /**
             * @description That it can be used.
             * @enum {string}
             */
            status: "ACTIVE";
        };
        /** @description A software statement as it is sent in a registration. */
        SoftwareStatementToken: {
            /** @description The software statement, a signed JWT. */
            ssa: string;
        };
        /** @description A token request (RFC 6749 section 4.4.2, RFC 7521 section 4.2). No parameter may be repeated. */
        TokenRequest: {
            /**
             * @description The grant. Janssen's command line sends it twice with one value, which is taken as one.
             * @example client_credentials
             */
            grant_type?: string;
            /** @description Scopes separated by spaces. Those that the client does not have are left out. */
            scope?: string;
            /** @description The client. */
            client_id?: string;
            /**
             * Format: password
             * @description The secret, for `client_secret_post`.
             */
            client_secret?: string;
            /** @description The type of the assertion: `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`. */
            client_assertion_type?: string;
            /** @description The signed assertion, for `client_secret_jwt` and `private_key_jwt`. */
            client_assertion?: string;
            /** @description What the token is for (RFC 8707): this API, or one entry of `additionalAudience` of the client. */
            resource?: string;
        };
        /** @description A token, with the authentication of the caller. */
        TokenHandleRequest: {
            /** @description The token. */
            token?: string;
            /** @description What kind of token it is. Not needed. */
            token_type_hint?: string;
            /** @description The client. */
            client_id?: string;
            /**
             * Format: password
             * @description The secret, for `client_secret_post`.
             */
            client_secret?: string;
            /** @description The type of the assertion. */
            client_assertion_type?: string;
            /** @description The signed assertion. */
            client_assertion?: string;
        };
        /** @description An access token (RFC 6749 section 5.1). */
        TokenReply: {
            /** @description The token. */
            access_token: string;
            /**
             * @description How the token is sent; `DPoP` where it is bound to a key (RFC 9449).
             * @enum {string}
             */
            token_type: "Bearer" | "DPoP";
            /** @description How long the token is valid, in seconds. */
            expires_in: number;
            /** @description The scopes of the token. Left out when it has none. */
            scope?: string;
        };
        /** @description The state of a token (RFC 7662 section 2.2). */
        IntrospectionReply: {
            /** @description Whether the token can be used. */
            active: boolean;
            /** @description The scopes of the token. */
            scope?: string;
            /** @description The client that it was issued to. */
            client_id?: string;
            /** @description How the token is sent. */
            token_type?: string;
            /** @description When it expires. */
            exp?: number;
            /** @description When it was issued. */
            iat?: number;
            /** @description The subject. */
            sub?: string;
            /** @description The audience. */
            aud?: string;
            /** @description The issuer. */
            iss?: string;
            /** @description The key that it is bound to (RFC 9449 section 6.2). */
            cnf?: {
                /** @description The thumbprint of the key. */
                jkt: string;
            };
            /** @description The id of the token. */
            jti?: string;
        };
        /** @description A JSON Web Key Set (RFC 7517). */
        JsonWebKeySet: {
            /** @description The keys. */
            keys: {
                /**
                 * @description The family of the key.
                 * @enum {string}
                 */
                kty: "RSA";
                /** @description The id of the key, its thumbprint (RFC 7638). */
                kid: string;
                /**
                 * @description What the key is for.
                 * @enum {string}
                 */
                use: "sig";
                /**
                 * @description The algorithm of its signatures.
                 * @enum {string}
                 */
                alg: "RS256";
                /** @description The modulus. */
                n: string;
                /** @description The exponent. */
                e: string;
            }[];
        };
        /** @description Metadata of an authorization server (RFC 8414). */
        AuthorizationServerMetadata: {
            /** @description The issuer identifier. */
            issuer: string;
            /** @description Where tokens are issued. */
            token_endpoint?: string;
            /** @description Where the signing keys are. */
            jwks_uri?: string;
            /** @description Where tokens are introspected. */
            introspection_endpoint?: string;
            /** @description Where tokens are revoked. */
            revocation_endpoint?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description Metadata of a protected resource (RFC 9728). */
        ProtectedResourceMetadata: {
            /** @description The resource identifier, the audience of its tokens. */
            resource: string;
            /** @description The issuers whose tokens it takes. */
            authorization_servers?: string[];
            /** @description The scopes that its operations ask for. */
            scopes_supported?: string[];
            /** @description What DPoP proofs may be signed with. */
            dpop_signing_alg_values_supported?: string[];
            /** @description How a token is sent. */
            bearer_methods_supported?: string[];
        } & {
            [key: string]: unknown;
        };
        /** @description What a write would do, found by doing it and taking all of it back. Another write in between can change it. */
        ChangePlan: {
            /**
             * @description The HTTP status that the write would answer.
             * @example 200
             */
            status: number;
            /** @description What it would answer: the resource, a problem, or `{}` where it answers no body. A secret that would be made is `(would be made)`, and no other secret is shown. An id that was not given is made up. */
            result: {
                [key: string]: unknown;
            };
            /** @description What would change, at most 500 of them. Empty where nothing would. */
            changes: components["schemas"]["PlannedChange"][];
            /** @description How many changes there are beside those. */
            moreChanges?: number;
            /** @description Why the write would be refused, and what would be better about what it makes, at most 200 of them. */
            findings: components["schemas"]["PlanFinding"][];
            reach: components["schemas"]["PlanReach"];
        };
        /** @description A member that would change. Who may not read such a resource gets no values. */
        PlannedChange: {
            /**
             * @description What it belongs to: `client`, `scope`, `claim`, `script`, `initial-token`.
             * @example client
             */
            kind: string;
            /** @description Its id. */
            inum: string;
            /**
             * @description JSON Pointer of the member, a list being one member. It is empty where all of the resource is removed.
             * @example /redirectUris
             */
            pointer: string;
            /** @description Its value now, where it has one that can be shown. */
            before?: unknown;
            /** @description Its value then, where it would have one. Of a secret it says `set` or `changed`. */
            after?: unknown;
        };
        /** @description What a write would be refused for, or advice about what it makes. */
        PlanFinding: {
            /**
             * @description An `error` is a reason to refuse the write, a `warning` is advice.
             * @enum {string}
             */
            severity: "error" | "warning";
            /** @description JSON Pointer of the member. */
            pointer?: string;
            /** @description Name of the parameter at fault, with its place: `query:force`. */
            parameter?: string;
            /** @description What the member must or should be. */
            detail: string;
            /** @description Id of the rule, or of the problem. */
            rule?: string;
            /**
             * @description Where the rule comes from: the section of a standard.
             * @example RFC 9700 section 2.1
             */
            section?: string;
            /** @description The security profile that asks for it. */
            profile?: string;
        };
        /** @description Whom a write would reach. Members about a client are there where the write is about one that the token may read, and so with scopes, claims and scripts. */
        PlanReach: {
            /** @description Whether nobody could undo the write any more. It is refused then. */
            locksOutAdministrators: boolean;
            /**
             * @description When the client was used last. Left out where it never was.
             * @example 2026-01-31T12:00:00
             */
            lastAccessTime?: string;
            /** @description How many tokens of the client may live at most, as `get-oauth-openid-client-tokens` counts them. Left out where none does. */
            liveTokens?: number;
            /** @description The scopes that the client would have and does not have now, by their ids. */
            scopesGained?: string[];
            /** @description The scopes that the client has and would have no more, by their ids. */
            scopesLost?: string[];
            /** @description Other clients whose keys are at the same `jwksUri`, at most 20. */
            sharesKeys?: string[];
            /** @description Other clients that are redirected to the same hosts, this machine's own aside, at most 20. */
            sharesRedirectHosts?: string[];
            /** @description How many clients have the scope or the claim, or list the script. */
            clients?: number;
        };
        /** @description The state of a part. */
        Status: {
            /** @description The part. */
            name: string;
            /**
             * @description Its state.
             * @enum {string}
             */
            status: "UP" | "DOWN";
            /** @description What is wrong. */
            error?: string;
        };
        /** @description The versions of the parts of a service. */
        AppVersion: {
            /**
             * @description This service.
             * @example 0.1.0
             */
            clientele: string;
        };
        /** @description The writable members of Client. Unknown members are ignored. */
        ClientInput: {
            /**
             * @description The id of the client, which it sends as `client_id` in OAuth requests (RFC 6749 section 2.2). A caller may choose it on creation, where one that is taken is refused with 409; otherwise the service makes one. It never changes.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum?: string;
            /**
             * @description Takes the client out of use without removing it: the token endpoint refuses it as it refuses an unknown client, and this API refuses the tokens that it already has. Absent means that the client is active.
             * @example false
             */
            disabled?: boolean;
            /**
             * @description The name that users read on sign-in and consent pages (RFC 7591 section 2). `displayName` and the `""` language of `clientNameLocalized` hold the same value. A client without a name can only be shown by its id.
             * @example Photo print shop
             */
            clientName?: string;
            /**
             * @description Another name of `clientName`, with the same value in every reply. A write may give either of the two. Where a client is created with two different ones the later in the document counts, unless the request is strict; to change both to different values is refused.
             * @example Photo print shop
             */
            displayName?: string;
            /**
             * @description The secret that the client proves itself with: 8 to 256 printable ASCII characters, no space. A client whose authentication methods need one gets a random secret when this is left out on creation: of 256 bits, or of 64 characters where it is the key of an algorithm. Leaving it out of an update keeps the present one, and sending that one again changes nothing. It is shown in the reply that sets it, and later only where the deployment keeps secrets recoverable. Where the client states an algorithm such as `HS512`, the secret has at least as many bytes as the hash (RFC 7518 section 3.2); where it states none, only those are taken that the secret is long enough for.
             * @example s6BhdRkqt3-example-secret
             */
            clientSecret?: string;
            /**
             * @description In place of `clientSecret`, its hash as another system keeps it, so that the client goes on with the secret that it has: bcrypt up to cost 13, PBKDF2 (`$pbkdf2-sha256$i=…$salt$hash`) up to 1,000,000 rounds, scrypt and Argon2 in their PHC form. It is never shown, and replaced by a digest of ours when the client has authenticated once. A client that needs the secret itself, as for `client_secret_jwt`, cannot have it.
             * @example $pbkdf2-sha256$i=25000,l=32$c2FsdHNhbHRzYWx0$IWQ5yO0O2pV7sZ3tNDMHBqEk2HqNh9bhR7jPFF9bWfc
             */
            clientSecretHash?: string;
            /**
             * @description Notes for administrators: what the client is for and who runs it. Searches with `pattern` look here as well; users and the client itself never see it.
             * @example Prints photos that customers choose from their albums.
             */
            description?: string;
            /**
             * @description How the client authenticates at the token endpoint and the other endpoints that it calls directly (OpenID Connect Core section 9, RFC 8705). `none` makes it a public client, which has no secret and relies on PKCE. Absent is stored as `client_secret_basic`; more methods can be accepted through `attributes.additionalTokenEndpointAuthMethods`. The built-in authorization server takes `client_secret_basic`, `client_secret_post`, `client_secret_jwt` and `private_key_jwt`; the others are for the deployment's.
             * @example client_secret_basic
             * @enum {string}
             */
            tokenEndpointAuthMethod?: "client_secret_basic" | "client_secret_post" | "client_secret_jwt" | "private_key_jwt" | "access_token" | "tls_client_auth" | "self_signed_tls_client_auth" | "none" | "spiffe_jwt";
            /**
             * @description Whether all clients see the same `sub` claim for a user (`public`), or each sector its own, so that clients cannot compare their users (`pairwise`; OpenID Connect Core section 8). Absent is stored as `public`.
             * @example public
             * @enum {string}
             */
            subjectType?: "public" | "pairwise";
            /**
             * @description The https address of a JSON array that names every redirect URI of the client. Pairwise subjects are then computed from the host of this address (OpenID Connect Core section 8.1); without it from the host of the redirect URIs, which must be one and the same.
             * @example https://print.example.com/sector.json
             */
            sectorIdentifierUri?: string;
            /**
             * @description The grants that the token endpoint accepts from the client (RFC 7591 section 2); it refuses every other one. `authorization_code` and `implicit` need redirect URIs and fitting response types. Absent is stored as an empty list, with which the client gets no tokens.
             * @example [
             *       "authorization_code",
             *       "refresh_token",
             *       "urn:openid:params:grant-type:ciba"
             *     ]
             */
            grantTypes?: ("none" | "authorization_code" | "implicit" | "password" | "client_credentials" | "refresh_token" | "urn:ietf:params:oauth:grant-type:uma-ticket" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:openid:params:grant-type:ciba" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:jwt-bearer")[];
            /**
             * @description What the client may ask the authorization endpoint for (RFC 6749 section 3.1.1); a combination is an entry of its own. `code` goes with the grant type `authorization_code`, `token` and `id_token` with `implicit`, a combination with those of its parts. Absent means that the client sends no authorization requests.
             * @example [
             *       "code"
             *     ]
             */
            responseTypes?: ("code" | "token" | "id_token" | "code token" | "code id_token" | "id_token token" | "code id_token token")[];
            /**
             * @description Lets the authorization server grant the requested scopes without asking the user, where the server allows trusted clients at all. It is meant for clients of the same operator; false or absent asks the user.
             * @example false
             */
            trustedClient?: boolean;
            /**
             * @description Decides which redirect URIs are acceptable: a `web` client is called back over https, a `native` one runs on the device of the user and may use a private-use scheme or a loopback address (OpenID Connect Dynamic Client Registration section 2, RFC 8252 section 7). Absent is stored as `web`.
             * @example web
             * @enum {string}
             */
            applicationType?: "web" | "native";
            /**
             * @description Where the authorization server may send the user back to with its answer. The `redirect_uri` of a request must equal one of them character by character, except for the port of a native client's loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3). A client with the grant type `authorization_code` or `implicit`, or with a response type, must have one; for every other client an empty list and none are the same.
             * @example [
             *       "https://print.example.com/callback"
             *     ]
             */
            redirectUris?: string[];
            /**
             * @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none.
             * @example [
             *       "inum=F0C4,ou=scopes,o=jans",
             *       "inum=43F1,ou=scopes,o=jans",
             *       "inum=764C,ou=scopes,o=jans"
             *     ]
             */
            scopes?: string[];
            /**
             * @description The claims that the client may ask for one by one with the `claims` parameter (OpenID Connect Core section 5.5), besides those that come with its scopes. Each is written as a DN or as the name of the claim, must exist, and is answered as a DN.
             * @example [
             *       "inum=8F88,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether access tokens are JWTs that an API verifies by itself (RFC 9068), or references that it has to introspect (RFC 7662), which is what false or absent means. The built-in authorization server issues JWTs in either case.
             * @example true
             */
            accessTokenAsJwt?: boolean;
            /**
             * @description Puts the claims of the granted scopes into the ID token as well. Otherwise a client that also gets an access token reads them from the UserInfo endpoint (OpenID Connect Core section 5.4).
             * @example false
             */
            includeClaimsInIdToken?: boolean;
            /**
             * @description The member of the `cnf` claim in which ID tokens carry the hash of the Token Binding id, as a rule `tbh` (OpenID Connect Token Bound Authentication). Absent means that ID tokens are not bound.
             * @example tbh
             */
            idTokenTokenBindingCnf?: string;
            /**
             * Format: int32
             * @description How many seconds access tokens of the client are valid. Absent or 0 leaves it to the authorization server; the built-in one never issues them for more than 3600 seconds.
             * @example 300
             */
            accessTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds refresh tokens of the client are valid. Absent leaves it to the authorization server.
             * @example 14400
             */
            refreshTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds ago the user may have signed in when a request has no `max_age` of its own; after that the user signs in again (OpenID Connect Dynamic Client Registration section 2). Absent means no limit.
             * @example 3600
             */
            defaultMaxAge?: number;
            /**
             * @description A page of the client that the authorization server loads in an iframe when the user signs out, so that the client ends its own session (OpenID Connect Front-Channel Logout section 2). It uses https and the host of a redirect URI; absent means that the browser does not tell the client.
             * @example https://print.example.com/logout/frontchannel
             */
            frontChannelLogoutUri?: string;
            /**
             * @description Adds `iss` and `sid` to the front-channel logout URI, so that the client can tell which session ends (OpenID Connect Front-Channel Logout section 2).
             * @example true
             */
            frontChannelLogoutSessionRequired?: boolean;
            /**
             * @description Where the user may be sent after a logout that the client has asked for; `post_logout_redirect_uri` of that request must equal one of them (OpenID Connect RP-Initiated Logout section 3). Absent means that the user stays at the authorization server.
             * @example [
             *       "https://print.example.com/"
             *     ]
             */
            postLogoutRedirectUris?: string[];
            /**
             * @description The home page of the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/
             */
            clientUri?: string;
            /**
             * @description A page that says how the client treats the data of its users, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/privacy
             */
            policyUri?: string;
            /**
             * @description The address of an image that stands beside the name of the client on sign-in and consent pages (RFC 7591 section 2). Absent means that the name stands alone.
             * @example https://print.example.com/logo.png
             */
            logoUri?: string;
            /**
             * @description The terms that users accept when they use the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/terms
             */
            tosUri?: string;
            /**
             * @description How to reach the people responsible for the client, as a rule e-mail addresses (RFC 7591 section 2). Administrators use them; an authorization server may show them to users.
             * @example [
             *       "web@print.example.com"
             *     ]
             */
            contacts?: string[];
            /**
             * @description The web origins (scheme, host and port) whose scripts may call the authorization server from a browser as this client (CORS). Absent means that the client adds none to those that the server allows anyway.
             * @example [
             *       "https://print.example.com"
             *     ]
             */
            authorizedOrigins?: string[];
            /**
             * @description Identifies the software that the client is an instance of: the same for all its instances and versions (RFC 7591 section 2). It is a claim of the registrant unless a software statement confirms it.
             * @example 4NRB1-0XZABZI9E6-5SM3R
             */
            softwareId?: string;
            /**
             * @description The version of the software that `softwareId` names; it changes with every release (RFC 7591 section 2).
             * @example 2.4.1
             */
            softwareVersion?: string;
            /**
             * @description A signed JWT in which a third party vouches for the metadata of the software (RFC 7591 section 2.3). Its claims win over the plain members of a registration request; it is kept and returned exactly as it was received.
             * @example eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL3N0YXRlbWVudHMuZXhhbXBsZSIsInNvZnR3YXJlX2lkIjoiNE5SQjEtMFhaQUJaSTlFNi01U00zUiJ9.ZXhhbXBsZS1zaWduYXR1cmU
             */
            softwareStatement?: string;
            /**
             * @description How the client learns the outcome of a CIBA request: it asks again and again (`poll`), it is told to fetch the tokens (`ping`), or they are sent to it (`push`); see OpenID Connect CIBA Core section 5. Absent means that the client does not use CIBA.
             * @example ping
             * @enum {string}
             */
            backchannelTokenDeliveryMode?: "poll" | "ping" | "push";
            /**
             * @description The https endpoint of the client that the authorization server calls in the modes `ping` and `push`, which cannot work without it (OpenID Connect CIBA Core section 4). It is not used in the mode `poll`.
             * @example https://print.example.com/ciba/notify
             */
            backchannelClientNotificationEndpoint?: string;
            /**
             * @description The JWS algorithm that the client signs its CIBA requests with (OpenID Connect CIBA Core sections 4 and 7.1.1). Absent means that it sends them unsigned.
             * @example ES256
             * @enum {string}
             */
            backchannelAuthenticationRequestSigningAlg?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "PS256" | "PS384" | "PS512";
            /**
             * @description Whether the client can send `user_code`, a code known only to the user that keeps strangers from setting off authentication requests (OpenID Connect CIBA Core section 4). It takes effect where the authorization server supports it.
             * @example true
             */
            backchannelUserCodeParameter?: boolean;
            /**
             * @description Whether the requesting party tokens of UMA 2.0 are JWTs that a resource server verifies by itself. False or absent means references that it has to introspect.
             * @example false
             */
            rptAsJwt?: boolean;
            /**
             * @description Where a requesting party may be sent back to after UMA has gathered claims; `claims_redirect_uri` of the request must equal one of them (UMA 2.0 Grant section 3.3.2). The rules for `redirectUris` hold here too; absent means that claims cannot be gathered interactively.
             * @example [
             *       "https://print.example.com/uma/callback"
             *     ]
             */
            claimRedirectUris?: string[];
            /**
             * @description The https address of the client's public keys, a JWK Set (RFC 7517). Its signatures (client assertions, request objects) are verified with them, and what is encrypted for it is encrypted to them. Keys can be changed there without a change to the client, which is why it is preferred to `jwks`; a client has one or the other.
             * @example https://print.example.com/jwks.json
             */
            jwksUri?: string;
            /**
             * @description The client's public keys by value, for a client that cannot publish them: a string that holds the JSON text of a JWK Set (RFC 7517 section 5), not an object. Dynamic registration takes and returns an object. Private and symmetric keys have no place in it.
             * @example {"keys":[{"kty":"EC","use":"sig","alg":"ES256","kid":"sign-1","crv":"P-256", "x":"-C1BNTU2uIc4gUNWjWWc4cNS2GIP_rl2IVQTfdY5Dpk","y":"v3-eEBxeb_EvtUQlZtu899F5eik408Uxw2acZgID-gU"}, {"kty":"RSA","use":"enc","alg":"RSA-OAEP","kid":"encrypt-1","e":"AQAB", "n":"jeiyL3p9dH-tTyBqVf-kRaS4bJk5W1iyrh7Cs173AA4wFPhpSr-FHLTCMetPMMTSFg-Cc8Stidyw7bztv9PeUwQCA1DxOUZT9CO6FpD-3tgL-xXMYAMZDxD2XvjMMVKwPns2zbplTDkUSfzE8cV_HzcVw-hAPsyQ1K1ZzrrwjNlRZRk4dzM7Nki-IqXiNfbTuFwRVVNPkt6CNN1oSgQ_VD-cLJMLdpk1_dy3PYDJ8EZ6Bb0lFV5mikqhYMgI4ac8zzXPCBzxOrqJjdaoS2TXXGb2IT7ZZ4ldZxYmuvVpPcIuC6SX_nKUywnIvkCpV_gRq1KMEBJH6RJDTILZeHYXWw"}]}
             */
            jwks?: string;
            /**
             * @description The JWS algorithm (RFC 7518 section 3) that ID tokens for the client are signed with, such as `RS256` or `ES256`; `HS256` and the like use the client secret as key. Absent leaves it to the authorization server, as a rule `RS256` (OpenID Connect Dynamic Client Registration section 2).
             * @example RS256
             */
            idTokenSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 4) that encrypts the content key of ID tokens for the client, such as `RSA-OAEP`; the token is signed first. It needs a key of the client. Absent means that ID tokens are not encrypted.
             * @example RSA-OAEP
             */
            idTokenEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 5) that encrypts the content of ID tokens, such as `A256GCM`. It is used only together with `idTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            idTokenEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that access tokens are signed with when they are JWTs, such as `RS256`. Absent leaves it to the authorization server; the built-in one signs with `RS256` in either case.
             * @example RS256
             */
            accessTokenSigningAlg?: string;
            /**
             * @description The JWS algorithm that UserInfo replies to the client are signed with; they are JWTs then (OpenID Connect Core section 5.3.2). Absent means plain JSON.
             * @example RS256
             */
            userInfoSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of UserInfo replies to a key of the client, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            userInfoEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of UserInfo replies, such as `A256GCM`. It is used only together with `userInfoEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            userInfoEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that the client signs its request objects with (OpenID Connect Core section 6.1, RFC 9101); the authorization server refuses those signed with another one. Absent allows every algorithm that the server supports.
             * @example ES256
             */
            requestObjectSigningAlg?: string;
            /**
             * @description The JWE algorithm with which the client encrypts the content key of its request objects to a key of the authorization server, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent says nothing: the client may encrypt them or not.
             * @example RSA-OAEP
             */
            requestObjectEncryptionAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of request objects, such as `A256GCM`. It is used only together with `requestObjectEncryptionAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            requestObjectEncryptionEnc?: string;
            /**
             * @description The JWS algorithm of the assertions that the client authenticates with under `private_key_jwt` or `client_secret_jwt`; assertions signed with another one are refused, and `none` never counts (OpenID Connect Dynamic Client Registration section 2). Absent allows every algorithm that the server supports for the method.
             * @example ES256
             */
            tokenEndpointAuthSigningAlg?: string;
            /**
             * @description Keeps what the user has consented to, so that the consent page comes back only for scopes that are new. Otherwise the user is asked each time.
             * @example true
             */
            persistClientAuthorizations?: boolean;
            /**
             * @description An https address of the client that another site sends the user to in order to start a sign-in; the client answers with an authorization request (OpenID Connect Core section 4). Absent means that only the client itself starts one.
             * @example https://print.example.com/login/start
             */
            initiateLoginUri?: string;
            /**
             * @description Addresses of request objects that the client uses by reference (OpenID Connect Core section 6.2, RFC 9101 section 5.2). Where the authorization server demands registration, `request_uri` must be one of them; a fragment can hold the SHA-256 digest of the file.
             * @example [
             *       "https://print.example.com/requests/checkout.jwt"
             *     ]
             */
            requestUris?: string[];
            /**
             * @description The authentication context classes that are asked for when a request names none, the preferred one first (OpenID Connect Dynamic Client Registration section 2). Absent leaves the choice to the authorization server.
             * @example [
             *       "otp"
             *     ]
             */
            defaultAcrValues?: string[];
            /**
             * @description When the client ends (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). From then on it is refused like an unknown client, and once it has ended and nobody has changed it for a day, it is removed; dynamic registration sets the date from `lifetime`. Absent means that the client does not end.
             * @example 2030-01-15T09:30:00
             */
            expirationDate?: string;
            /**
             * @description The name of the client in several languages, chosen by the `ui_locales` of a request or the language of the browser. Its `""` language is `clientName`. Dynamic registration writes the others as `client_name#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "Photo print shop",
             *         "de": "Fotodruckerei"
             *       }
             *     }
             */
            clientNameLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The logo in several languages, for one that contains text. Its `""` language is `logoUri`. Dynamic registration writes the others as `logo_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/logo.png",
             *         "de": "https://print.example.com/de/logo.png"
             *       }
             *     }
             */
            logoUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The home page in several languages. Its `""` language is `clientUri`. Dynamic registration writes the others as `client_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/",
             *         "de": "https://print.example.com/de/"
             *       }
             *     }
             */
            clientUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The privacy policy in several languages. Its `""` language is `policyUri`. Dynamic registration writes the others as `policy_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/privacy",
             *         "de": "https://print.example.com/de/privacy"
             *       }
             *     }
             */
            policyUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The terms of service in several languages. Its `""` language is `tosUri`. Dynamic registration writes the others as `tos_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/terms",
             *         "de": "https://print.example.com/de/terms"
             *       }
             *     }
             */
            tosUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The organization that the client belongs to, by name or by id. Software statements and scripts may rely on it; no OAuth flow does.
             * @example example-photo
             */
            organization?: string;
            /**
             * @description Groups or roles of the client, which scripts and policies of a deployment decide by. They have no meaning of their own in OAuth.
             * @example [
             *       "retail"
             *     ]
             */
            groups?: string[];
            /**
             * @description When the client was registered (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Dynamic registration sets it and returns epoch seconds (RFC 7591 section 3.2.1); an administrator may give it, for example for a client that comes from another system.
             * @example 2026-01-15T09:30:00
             */
            clientIdIssuedAt?: string;
            /**
             * @description When the secret stops working (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); the client itself stays. Absent means that the secret does not expire, for which dynamic registration returns 0 (RFC 7591 section 3.2.1).
             * @example 2029-01-15T09:30:00
             */
            clientSecretExpiresAt?: string;
            /**
             * @description Values for which a client has no property: named attributes that a deployment's own scripts and services read. They can be searched with `customAttributes.name=value` and change no OAuth flow by themselves.
             * @example [
             *       {
             *         "name": "department",
             *         "multiValued": false,
             *         "values": [
             *           "Retail"
             *         ],
             *         "value": "Retail",
             *         "displayValue": "Retail"
             *       }
             *     ]
             */
            customAttributes?: components["schemas"]["CustomObjectAttribute"][];
            /**
             * @description The object classes of the client's entry, where Janssen stores clients in an LDAP directory. They have no effect otherwise.
             * @example [
             *       "top"
             *     ]
             */
            customObjectClasses?: string[];
            /**
             * @description The further settings of the client, one object inside it as in Janssen. A PUT replaces it as a whole; absent is stored as an empty object.
             * @example {
             *       "requirePkce": true,
             *       "parLifetime": 600
             *     }
             */
            attributes?: components["schemas"]["ClientAttributesInput"];
        };
        /** @description Client as it is answered. Members without a value are left out. */
        ClientReply: {
            /**
             * @description The id of the client, which it sends as `client_id` in OAuth requests (RFC 6749 section 2.2). A caller may choose it on creation, where one that is taken is refused with 409; otherwise the service makes one. It never changes.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum: string;
            /**
             * @description Takes the client out of use without removing it: the token endpoint refuses it as it refuses an unknown client, and this API refuses the tokens that it already has. Absent means that the client is active.
             * @example false
             */
            disabled: boolean;
            /**
             * @description The name that users read on sign-in and consent pages (RFC 7591 section 2). `displayName` and the `""` language of `clientNameLocalized` hold the same value. A client without a name can only be shown by its id.
             * @example Photo print shop
             */
            clientName?: string;
            /**
             * @description Another name of `clientName`, with the same value in every reply. A write may give either of the two. Where a client is created with two different ones the later in the document counts, unless the request is strict; to change both to different values is refused.
             * @example Photo print shop
             */
            displayName?: string;
            /**
             * @description The secret that the client proves itself with: 8 to 256 printable ASCII characters, no space. A client whose authentication methods need one gets a random secret when this is left out on creation: of 256 bits, or of 64 characters where it is the key of an algorithm. Leaving it out of an update keeps the present one, and sending that one again changes nothing. It is shown in the reply that sets it, and later only where the deployment keeps secrets recoverable. Where the client states an algorithm such as `HS512`, the secret has at least as many bytes as the hash (RFC 7518 section 3.2); where it states none, only those are taken that the secret is long enough for.
             * @example s6BhdRkqt3-example-secret
             */
            clientSecret?: string;
            /**
             * @description Notes for administrators: what the client is for and who runs it. Searches with `pattern` look here as well; users and the client itself never see it.
             * @example Prints photos that customers choose from their albums.
             */
            description?: string;
            /**
             * @description How the client authenticates at the token endpoint and the other endpoints that it calls directly (OpenID Connect Core section 9, RFC 8705). `none` makes it a public client, which has no secret and relies on PKCE. Absent is stored as `client_secret_basic`; more methods can be accepted through `attributes.additionalTokenEndpointAuthMethods`. The built-in authorization server takes `client_secret_basic`, `client_secret_post`, `client_secret_jwt` and `private_key_jwt`; the others are for the deployment's.
             * @example client_secret_basic
             * @enum {string}
             */
            tokenEndpointAuthMethod: "client_secret_basic" | "client_secret_post" | "client_secret_jwt" | "private_key_jwt" | "access_token" | "tls_client_auth" | "self_signed_tls_client_auth" | "none" | "spiffe_jwt";
            /**
             * @description Whether all clients see the same `sub` claim for a user (`public`), or each sector its own, so that clients cannot compare their users (`pairwise`; OpenID Connect Core section 8). Absent is stored as `public`.
             * @example public
             * @enum {string}
             */
            subjectType: "public" | "pairwise";
            /**
             * @description The https address of a JSON array that names every redirect URI of the client. Pairwise subjects are then computed from the host of this address (OpenID Connect Core section 8.1); without it from the host of the redirect URIs, which must be one and the same.
             * @example https://print.example.com/sector.json
             */
            sectorIdentifierUri?: string;
            /**
             * @description The grants that the token endpoint accepts from the client (RFC 7591 section 2); it refuses every other one. `authorization_code` and `implicit` need redirect URIs and fitting response types. Absent is stored as an empty list, with which the client gets no tokens.
             * @example [
             *       "authorization_code",
             *       "refresh_token",
             *       "urn:openid:params:grant-type:ciba"
             *     ]
             */
            grantTypes: ("none" | "authorization_code" | "implicit" | "password" | "client_credentials" | "refresh_token" | "urn:ietf:params:oauth:grant-type:uma-ticket" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:openid:params:grant-type:ciba" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:jwt-bearer")[];
            /**
             * @description What the client may ask the authorization endpoint for (RFC 6749 section 3.1.1); a combination is an entry of its own. `code` goes with the grant type `authorization_code`, `token` and `id_token` with `implicit`, a combination with those of its parts. Absent means that the client sends no authorization requests.
             * @example [
             *       "code"
             *     ]
             */
            responseTypes?: ("code" | "token" | "id_token" | "code token" | "code id_token" | "id_token token" | "code id_token token")[];
            /**
             * @description Lets the authorization server grant the requested scopes without asking the user, where the server allows trusted clients at all. It is meant for clients of the same operator; false or absent asks the user.
             * @example false
             */
            trustedClient: boolean;
            /**
             * @description Decides which redirect URIs are acceptable: a `web` client is called back over https, a `native` one runs on the device of the user and may use a private-use scheme or a loopback address (OpenID Connect Dynamic Client Registration section 2, RFC 8252 section 7). Absent is stored as `web`.
             * @example web
             * @enum {string}
             */
            applicationType: "web" | "native";
            /**
             * @description Where the authorization server may send the user back to with its answer. The `redirect_uri` of a request must equal one of them character by character, except for the port of a native client's loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3). A client with the grant type `authorization_code` or `implicit`, or with a response type, must have one; for every other client an empty list and none are the same.
             * @example [
             *       "https://print.example.com/callback"
             *     ]
             */
            redirectUris?: string[];
            /**
             * @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none.
             * @example [
             *       "inum=F0C4,ou=scopes,o=jans",
             *       "inum=43F1,ou=scopes,o=jans",
             *       "inum=764C,ou=scopes,o=jans"
             *     ]
             */
            scopes?: string[];
            /**
             * @description The claims that the client may ask for one by one with the `claims` parameter (OpenID Connect Core section 5.5), besides those that come with its scopes. Each is written as a DN or as the name of the claim, must exist, and is answered as a DN.
             * @example [
             *       "inum=8F88,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether access tokens are JWTs that an API verifies by itself (RFC 9068), or references that it has to introspect (RFC 7662), which is what false or absent means. The built-in authorization server issues JWTs in either case.
             * @example true
             */
            accessTokenAsJwt: boolean;
            /**
             * @description Puts the claims of the granted scopes into the ID token as well. Otherwise a client that also gets an access token reads them from the UserInfo endpoint (OpenID Connect Core section 5.4).
             * @example false
             */
            includeClaimsInIdToken: boolean;
            /**
             * @description The member of the `cnf` claim in which ID tokens carry the hash of the Token Binding id, as a rule `tbh` (OpenID Connect Token Bound Authentication). Absent means that ID tokens are not bound.
             * @example tbh
             */
            idTokenTokenBindingCnf?: string;
            /**
             * Format: int32
             * @description How many seconds access tokens of the client are valid. Absent or 0 leaves it to the authorization server; the built-in one never issues them for more than 3600 seconds.
             * @example 300
             */
            accessTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds refresh tokens of the client are valid. Absent leaves it to the authorization server.
             * @example 14400
             */
            refreshTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds ago the user may have signed in when a request has no `max_age` of its own; after that the user signs in again (OpenID Connect Dynamic Client Registration section 2). Absent means no limit.
             * @example 3600
             */
            defaultMaxAge?: number;
            /**
             * @description A page of the client that the authorization server loads in an iframe when the user signs out, so that the client ends its own session (OpenID Connect Front-Channel Logout section 2). It uses https and the host of a redirect URI; absent means that the browser does not tell the client.
             * @example https://print.example.com/logout/frontchannel
             */
            frontChannelLogoutUri?: string;
            /**
             * @description Adds `iss` and `sid` to the front-channel logout URI, so that the client can tell which session ends (OpenID Connect Front-Channel Logout section 2).
             * @example true
             */
            frontChannelLogoutSessionRequired: boolean;
            /**
             * @description Where the user may be sent after a logout that the client has asked for; `post_logout_redirect_uri` of that request must equal one of them (OpenID Connect RP-Initiated Logout section 3). Absent means that the user stays at the authorization server.
             * @example [
             *       "https://print.example.com/"
             *     ]
             */
            postLogoutRedirectUris?: string[];
            /**
             * @description The home page of the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/
             */
            clientUri?: string;
            /**
             * @description A page that says how the client treats the data of its users, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/privacy
             */
            policyUri?: string;
            /**
             * @description The address of an image that stands beside the name of the client on sign-in and consent pages (RFC 7591 section 2). Absent means that the name stands alone.
             * @example https://print.example.com/logo.png
             */
            logoUri?: string;
            /**
             * @description The terms that users accept when they use the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/terms
             */
            tosUri?: string;
            /**
             * @description How to reach the people responsible for the client, as a rule e-mail addresses (RFC 7591 section 2). Administrators use them; an authorization server may show them to users.
             * @example [
             *       "web@print.example.com"
             *     ]
             */
            contacts?: string[];
            /**
             * @description The web origins (scheme, host and port) whose scripts may call the authorization server from a browser as this client (CORS). Absent means that the client adds none to those that the server allows anyway.
             * @example [
             *       "https://print.example.com"
             *     ]
             */
            authorizedOrigins?: string[];
            /**
             * @description Identifies the software that the client is an instance of: the same for all its instances and versions (RFC 7591 section 2). It is a claim of the registrant unless a software statement confirms it.
             * @example 4NRB1-0XZABZI9E6-5SM3R
             */
            softwareId?: string;
            /**
             * @description The version of the software that `softwareId` names; it changes with every release (RFC 7591 section 2).
             * @example 2.4.1
             */
            softwareVersion?: string;
            /**
             * @description A signed JWT in which a third party vouches for the metadata of the software (RFC 7591 section 2.3). Its claims win over the plain members of a registration request; it is kept and returned exactly as it was received.
             * @example eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL3N0YXRlbWVudHMuZXhhbXBsZSIsInNvZnR3YXJlX2lkIjoiNE5SQjEtMFhaQUJaSTlFNi01U00zUiJ9.ZXhhbXBsZS1zaWduYXR1cmU
             */
            softwareStatement?: string;
            /**
             * @description How the client learns the outcome of a CIBA request: it asks again and again (`poll`), it is told to fetch the tokens (`ping`), or they are sent to it (`push`); see OpenID Connect CIBA Core section 5. Absent means that the client does not use CIBA.
             * @example ping
             * @enum {string}
             */
            backchannelTokenDeliveryMode?: "poll" | "ping" | "push";
            /**
             * @description The https endpoint of the client that the authorization server calls in the modes `ping` and `push`, which cannot work without it (OpenID Connect CIBA Core section 4). It is not used in the mode `poll`.
             * @example https://print.example.com/ciba/notify
             */
            backchannelClientNotificationEndpoint?: string;
            /**
             * @description The JWS algorithm that the client signs its CIBA requests with (OpenID Connect CIBA Core sections 4 and 7.1.1). Absent means that it sends them unsigned.
             * @example ES256
             * @enum {string}
             */
            backchannelAuthenticationRequestSigningAlg?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "PS256" | "PS384" | "PS512";
            /**
             * @description Whether the client can send `user_code`, a code known only to the user that keeps strangers from setting off authentication requests (OpenID Connect CIBA Core section 4). It takes effect where the authorization server supports it.
             * @example true
             */
            backchannelUserCodeParameter: boolean;
            /**
             * @description Whether the requesting party tokens of UMA 2.0 are JWTs that a resource server verifies by itself. False or absent means references that it has to introspect.
             * @example false
             */
            rptAsJwt: boolean;
            /**
             * @description Where a requesting party may be sent back to after UMA has gathered claims; `claims_redirect_uri` of the request must equal one of them (UMA 2.0 Grant section 3.3.2). The rules for `redirectUris` hold here too; absent means that claims cannot be gathered interactively.
             * @example [
             *       "https://print.example.com/uma/callback"
             *     ]
             */
            claimRedirectUris?: string[];
            /**
             * @description The https address of the client's public keys, a JWK Set (RFC 7517). Its signatures (client assertions, request objects) are verified with them, and what is encrypted for it is encrypted to them. Keys can be changed there without a change to the client, which is why it is preferred to `jwks`; a client has one or the other.
             * @example https://print.example.com/jwks.json
             */
            jwksUri?: string;
            /**
             * @description The client's public keys by value, for a client that cannot publish them: a string that holds the JSON text of a JWK Set (RFC 7517 section 5), not an object. Dynamic registration takes and returns an object. Private and symmetric keys have no place in it.
             * @example {"keys":[{"kty":"EC","use":"sig","alg":"ES256","kid":"sign-1","crv":"P-256", "x":"-C1BNTU2uIc4gUNWjWWc4cNS2GIP_rl2IVQTfdY5Dpk","y":"v3-eEBxeb_EvtUQlZtu899F5eik408Uxw2acZgID-gU"}, {"kty":"RSA","use":"enc","alg":"RSA-OAEP","kid":"encrypt-1","e":"AQAB", "n":"jeiyL3p9dH-tTyBqVf-kRaS4bJk5W1iyrh7Cs173AA4wFPhpSr-FHLTCMetPMMTSFg-Cc8Stidyw7bztv9PeUwQCA1DxOUZT9CO6FpD-3tgL-xXMYAMZDxD2XvjMMVKwPns2zbplTDkUSfzE8cV_HzcVw-hAPsyQ1K1ZzrrwjNlRZRk4dzM7Nki-IqXiNfbTuFwRVVNPkt6CNN1oSgQ_VD-cLJMLdpk1_dy3PYDJ8EZ6Bb0lFV5mikqhYMgI4ac8zzXPCBzxOrqJjdaoS2TXXGb2IT7ZZ4ldZxYmuvVpPcIuC6SX_nKUywnIvkCpV_gRq1KMEBJH6RJDTILZeHYXWw"}]}
             */
            jwks?: string;
            /**
             * @description The JWS algorithm (RFC 7518 section 3) that ID tokens for the client are signed with, such as `RS256` or `ES256`; `HS256` and the like use the client secret as key. Absent leaves it to the authorization server, as a rule `RS256` (OpenID Connect Dynamic Client Registration section 2).
             * @example RS256
             */
            idTokenSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 4) that encrypts the content key of ID tokens for the client, such as `RSA-OAEP`; the token is signed first. It needs a key of the client. Absent means that ID tokens are not encrypted.
             * @example RSA-OAEP
             */
            idTokenEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 5) that encrypts the content of ID tokens, such as `A256GCM`. It is used only together with `idTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            idTokenEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that access tokens are signed with when they are JWTs, such as `RS256`. Absent leaves it to the authorization server; the built-in one signs with `RS256` in either case.
             * @example RS256
             */
            accessTokenSigningAlg?: string;
            /**
             * @description The JWS algorithm that UserInfo replies to the client are signed with; they are JWTs then (OpenID Connect Core section 5.3.2). Absent means plain JSON.
             * @example RS256
             */
            userInfoSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of UserInfo replies to a key of the client, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            userInfoEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of UserInfo replies, such as `A256GCM`. It is used only together with `userInfoEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            userInfoEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that the client signs its request objects with (OpenID Connect Core section 6.1, RFC 9101); the authorization server refuses those signed with another one. Absent allows every algorithm that the server supports.
             * @example ES256
             */
            requestObjectSigningAlg?: string;
            /**
             * @description The JWE algorithm with which the client encrypts the content key of its request objects to a key of the authorization server, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent says nothing: the client may encrypt them or not.
             * @example RSA-OAEP
             */
            requestObjectEncryptionAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of request objects, such as `A256GCM`. It is used only together with `requestObjectEncryptionAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            requestObjectEncryptionEnc?: string;
            /**
             * @description The JWS algorithm of the assertions that the client authenticates with under `private_key_jwt` or `client_secret_jwt`; assertions signed with another one are refused, and `none` never counts (OpenID Connect Dynamic Client Registration section 2). Absent allows every algorithm that the server supports for the method.
             * @example ES256
             */
            tokenEndpointAuthSigningAlg?: string;
            /**
             * @description Keeps what the user has consented to, so that the consent page comes back only for scopes that are new. Otherwise the user is asked each time.
             * @example true
             */
            persistClientAuthorizations: boolean;
            /**
             * @description An https address of the client that another site sends the user to in order to start a sign-in; the client answers with an authorization request (OpenID Connect Core section 4). Absent means that only the client itself starts one.
             * @example https://print.example.com/login/start
             */
            initiateLoginUri?: string;
            /**
             * @description Addresses of request objects that the client uses by reference (OpenID Connect Core section 6.2, RFC 9101 section 5.2). Where the authorization server demands registration, `request_uri` must be one of them; a fragment can hold the SHA-256 digest of the file.
             * @example [
             *       "https://print.example.com/requests/checkout.jwt"
             *     ]
             */
            requestUris?: string[];
            /**
             * @description The authentication context classes that are asked for when a request names none, the preferred one first (OpenID Connect Dynamic Client Registration section 2). Absent leaves the choice to the authorization server.
             * @example [
             *       "otp"
             *     ]
             */
            defaultAcrValues?: string[];
            /**
             * @description When the client ends (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). From then on it is refused like an unknown client, and once it has ended and nobody has changed it for a day, it is removed; dynamic registration sets the date from `lifetime`. Absent means that the client does not end.
             * @example 2030-01-15T09:30:00
             */
            expirationDate?: string;
            /**
             * @description Whether the client may be removed once it has ended: true exactly when `expirationDate` is set. Derived by the server; a value on input is ignored.
             * @example true
             */
            deletable: boolean;
            /**
             * @description The name of the client in several languages, chosen by the `ui_locales` of a request or the language of the browser. Its `""` language is `clientName`. Dynamic registration writes the others as `client_name#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "Photo print shop",
             *         "de": "Fotodruckerei"
             *       }
             *     }
             */
            clientNameLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The logo in several languages, for one that contains text. Its `""` language is `logoUri`. Dynamic registration writes the others as `logo_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/logo.png",
             *         "de": "https://print.example.com/de/logo.png"
             *       }
             *     }
             */
            logoUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The home page in several languages. Its `""` language is `clientUri`. Dynamic registration writes the others as `client_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/",
             *         "de": "https://print.example.com/de/"
             *       }
             *     }
             */
            clientUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The privacy policy in several languages. Its `""` language is `policyUri`. Dynamic registration writes the others as `policy_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/privacy",
             *         "de": "https://print.example.com/de/privacy"
             *       }
             *     }
             */
            policyUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The terms of service in several languages. Its `""` language is `tosUri`. Dynamic registration writes the others as `tos_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/terms",
             *         "de": "https://print.example.com/de/terms"
             *       }
             *     }
             */
            tosUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The directory name of the client, `inum=<inum>,ou=clients,o=jans`, by which Janssen's tools refer to it. Derived from `inum`; a value on input is ignored.
             * @example inum=6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60,ou=clients,o=jans
             */
            dn: string;
            /**
             * @description Another name of `dn`, always with the same value. A value on input is ignored.
             * @example inum=6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60,ou=clients,o=jans
             */
            baseDn: string;
            /**
             * @description The organization that the client belongs to, by name or by id. Software statements and scripts may rely on it; no OAuth flow does.
             * @example example-photo
             */
            organization?: string;
            /**
             * @description Groups or roles of the client, which scripts and policies of a deployment decide by. They have no meaning of their own in OAuth.
             * @example [
             *       "retail"
             *     ]
             */
            groups?: string[];
            /**
             * @description Tells registrations of the same software from others: SHA-256, in hexadecimal, of the software id, the issuer of the software statement, the redirect URIs with the ports of loopback addresses left out, and the id of the initial access token. Only clients that registered themselves have it. Nothing is refused because of it.
             * @example 2b1f0c7f5d3a9d0f4b8a6c1e7d5f3b9a0c2e4d6f8a1b3c5d7e9f0a2b4c6d8e0f
             */
            registrationFingerprint?: string;
            /**
             * @description What an administrator should look at in a client that registered itself, as ids of rules: `same-name-on-other-host` when another client has its name and redirects to other hosts, `pages-on-own-host` when its pages or its logo are not on a host of its redirect URIs (RFC 7591 section 5).
             * @example [
             *       "same-name-on-other-host"
             *     ]
             */
            registrationWarnings?: string[];
            /** @description Of a client that registered itself and waits for an administrator, or waited: what was decided. `approve` and `reject` write it, and a value on input is ignored. */
            approval?: components["schemas"]["ClientApprovalReply"];
            /**
             * @description When the client was registered (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Dynamic registration sets it and returns epoch seconds (RFC 7591 section 3.2.1); an administrator may give it, for example for a client that comes from another system.
             * @example 2026-01-15T09:30:00
             */
            clientIdIssuedAt?: string;
            /**
             * @description When the secret stops working (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); the client itself stays. Absent means that the secret does not expire, for which dynamic registration returns 0 (RFC 7591 section 3.2.1).
             * @example 2029-01-15T09:30:00
             */
            clientSecretExpiresAt?: string;
            /**
             * @description The token with which a client that registered itself reads, changes and removes its own registration (RFC 7592 section 3). Dynamic registration makes it and shows it in its own replies only; a value on input is ignored.
             * @example reg-23410913-example-token
             */
            registrationAccessToken?: string;
            /**
             * @description The main authentication method, the value of `tokenEndpointAuthMethod`. Derived by the server; a value on input is ignored.
             * @example client_secret_basic
             */
            authenticationMethod: string;
            /**
             * @description Every authentication method that is accepted from the client: `authenticationMethod`, then `attributes.additionalTokenEndpointAuthMethods`. Derived by the server; a value on input is ignored.
             * @example [
             *       "client_secret_basic",
             *       "private_key_jwt",
             *       "tls_client_auth"
             *     ]
             */
            allAuthenticationMethods: string[];
            /**
             * @description When the client was made here (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. One that was moved from another server may have an earlier `clientIdIssuedAt`.
             * @example 2026-01-31T12:00:00
             */
            createdAt?: string;
            /**
             * @description When the client or its secret was changed last, by whomever (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). A use is no change. Written by the server; a value on input is ignored.
             * @example 2026-02-01T08:00:00
             */
            updatedAt?: string;
            /**
             * @description How the client came in: an administrator made it (`admin`), also by an import; it registered itself with nothing (`open`), with an initial access token (`initial-token`, also where it had a statement as well) or with a software statement (`statement`); it registered itself before this was kept, and how is not known (`registration`); the service made it for its first administrator (`setup`) or to be tried out (`seed`). Written by the server; a value on input is ignored.
             * @example admin
             * @enum {string}
             */
            registrationMethod?: "admin" | "open" | "initial-token" | "statement" | "registration" | "setup" | "seed";
            /**
             * @description Who or what let the client in: the administrator, as `caller` in its history; the id of the initial access token; the issuer of the software statement. Absent where nobody did, and where it is not known any more. Written by the server; a value on input is ignored.
             * @example 5b0f7c3e-2f4d-4f0b-8a55-6c1f0a9e7d21
             */
            registeredBy?: string;
            /**
             * @description When the client was last used, accurate to about a minute (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. Absent means never.
             * @example 2026-03-02T08:00:00
             */
            lastAccessTime?: string;
            /**
             * @description When the client last authenticated with success, accurate to about a minute (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Written by the server; a value on input is ignored. Absent means never.
             * @example 2026-03-02T08:00:00
             */
            lastLogonTime?: string;
            /**
             * Format: int32
             * @description The lifetime in seconds that Janssen's database derives from the expiry of a client. It is here for compatibility and ignored on input; `expirationDate` is what counts.
             * @example 126230400
             */
            ttl?: number;
            /**
             * @description Values for which a client has no property: named attributes that a deployment's own scripts and services read. They can be searched with `customAttributes.name=value` and change no OAuth flow by themselves.
             * @example [
             *       {
             *         "name": "department",
             *         "multiValued": false,
             *         "values": [
             *           "Retail"
             *         ],
             *         "value": "Retail",
             *         "displayValue": "Retail"
             *       }
             *     ]
             */
            customAttributes?: components["schemas"]["CustomObjectAttribute"][];
            /**
             * @description The object classes of the client's entry, where Janssen stores clients in an LDAP directory. They have no effect otherwise.
             * @example [
             *       "top"
             *     ]
             */
            customObjectClasses?: string[];
            /** @description The further settings of the client, one object inside it as in Janssen. A PUT replaces it as a whole; absent is stored as an empty object. */
            attributes: components["schemas"]["ClientAttributesReply"];
        };
        /** @description The writable members of Scope. Unknown members are ignored. */
        ScopeInput: {
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example F0C4
             */
            inum?: string;
            /**
             * @description The scope as it stands in requests and tokens (RFC 6749 section 3.3): printable ASCII without spaces, quotes and backslashes. Case counts. No two scopes have the same.
             * @example orders.read
             */
            id: string;
            /**
             * @description The name that administrators read. Absent is stored as the `id`.
             * @example Read orders
             */
            displayName?: string;
            /**
             * @description What the scope allows, as users read it on consent pages.
             * @example See the orders of the user.
             */
            description?: string;
            /**
             * @description The address of a picture for consent pages.
             * @example https://shop.example.com/orders.png
             */
            iconUrl?: string;
            /**
             * @description What kind of scope it is: `openid` releases claims about users, `dynamic` claims that scripts compute, `uma` belongs to User-Managed Access, `spontaneous` was made for one client by a pattern, `oauth` is any other.
             * @example oauth
             * @enum {string}
             */
            scopeType?: "openid" | "dynamic" | "uma" | "spontaneous" | "oauth";
            /**
             * @description The claims that the scope releases (OpenID Connect Core section 5.4), written by name or as directory names and answered as directory names.
             * @example [
             *       "inum=CAE3,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether clients that register themselves and ask for no scope get this one: true exactly where `registration` is `default`. Of the two the one that is changed counts.
             * @example false
             */
            defaultScope?: boolean;
            /**
             * @description How clients that register themselves get the scope: without asking for any (`default`), when they ask for it (`on-request`), or not at all.
             * @example on-request
             * @enum {string}
             */
            registration?: "default" | "on-request" | "never";
            /**
             * @description Whether the claims come as one object named after the scope.
             * @example false
             */
            groupClaims?: boolean;
            /**
             * @description The scripts that compute the claims of a `dynamic` scope, as directory names.
             * @example [
             *       "inum=CB5B-3211,ou=scripts,o=jans"
             *     ]
             */
            dynamicScopeScripts?: string[];
            /**
             * @description The scripts that decide about a `uma` scope, as directory names.
             * @example [
             *       "inum=2DAF-F9A5,ou=scripts,o=jans"
             *     ]
             */
            umaAuthorizationPolicies?: string[];
            /** @description Further settings. */
            attributes?: components["schemas"]["ScopeAttributesInput"];
            /**
             * @description Notes about the maker, by name.
             * @example {
             *       "team": "shop"
             *     }
             */
            creatorAttributes?: {
                [key: string]: string;
            };
            /**
             * @description When the scope ends: tokens that are issued from then on do not have it. In UTC without a zone; a fraction, `Z` or an offset is taken on input.
             * @example 2031-01-31T12:00:00
             */
            expirationDate?: string;
        };
        /** @description Scope as it is answered. Members without a value are left out. */
        ScopeReply: {
            /**
             * @description The name of the scope in the directory, by which clients refer to it.
             * @example inum=F0C4,ou=scopes,o=jans
             */
            dn: string;
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example F0C4
             */
            inum: string;
            /**
             * @description The scope as it stands in requests and tokens (RFC 6749 section 3.3): printable ASCII without spaces, quotes and backslashes. Case counts. No two scopes have the same.
             * @example orders.read
             */
            id: string;
            /**
             * @description The name that administrators read. Absent is stored as the `id`.
             * @example Read orders
             */
            displayName: string;
            /**
             * @description What the scope allows, as users read it on consent pages.
             * @example See the orders of the user.
             */
            description?: string;
            /**
             * @description The address of a picture for consent pages.
             * @example https://shop.example.com/orders.png
             */
            iconUrl?: string;
            /**
             * @description What kind of scope it is: `openid` releases claims about users, `dynamic` claims that scripts compute, `uma` belongs to User-Managed Access, `spontaneous` was made for one client by a pattern, `oauth` is any other.
             * @example oauth
             * @enum {string}
             */
            scopeType: "openid" | "dynamic" | "uma" | "spontaneous" | "oauth";
            /**
             * @description The claims that the scope releases (OpenID Connect Core section 5.4), written by name or as directory names and answered as directory names.
             * @example [
             *       "inum=CAE3,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether clients that register themselves and ask for no scope get this one: true exactly where `registration` is `default`. Of the two the one that is changed counts.
             * @example false
             */
            defaultScope: boolean;
            /**
             * @description How clients that register themselves get the scope: without asking for any (`default`), when they ask for it (`on-request`), or not at all.
             * @example on-request
             * @enum {string}
             */
            registration: "default" | "on-request" | "never";
            /**
             * @description Whether the claims come as one object named after the scope.
             * @example false
             */
            groupClaims: boolean;
            /**
             * @description The scripts that compute the claims of a `dynamic` scope, as directory names.
             * @example [
             *       "inum=CB5B-3211,ou=scripts,o=jans"
             *     ]
             */
            dynamicScopeScripts?: string[];
            /**
             * @description The scripts that decide about a `uma` scope, as directory names.
             * @example [
             *       "inum=2DAF-F9A5,ou=scripts,o=jans"
             *     ]
             */
            umaAuthorizationPolicies?: string[];
            /** @description Further settings. */
            attributes?: components["schemas"]["ScopeAttributesReply"];
            /**
             * @description Who made the scope, the client that called. Ignored on input.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            creatorId?: string;
            /**
             * @description What `creatorId` names.
             * @example client
             * @enum {string}
             */
            creatorType?: "none" | "client" | "user" | "auto";
            /**
             * @description Notes about the maker, by name.
             * @example {
             *       "team": "shop"
             *     }
             */
            creatorAttributes?: {
                [key: string]: string;
            };
            /**
             * @description When the scope was made, in UTC without a zone.
             * @example 2026-01-31T12:00:00
             */
            creationDate?: string;
            /**
             * @description When the scope ends: tokens that are issued from then on do not have it. In UTC without a zone; a fraction, `Z` or an offset is taken on input.
             * @example 2031-01-31T12:00:00
             */
            expirationDate?: string;
            /**
             * @description Whether the scope has an `expirationDate`.
             * @example false
             */
            deletable: boolean;
            /**
             * @description Whether `scopeType` is `uma`.
             * @example false
             */
            umaType: boolean;
            /**
             * @description The same as `dn`.
             * @example inum=F0C4,ou=scopes,o=jans
             */
            baseDn: string;
        };
        /** @description The writable members of JansAttribute. Unknown members are ignored. */
        JansAttributeInput: {
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example 08E2
             */
            inum?: string;
            /**
             * @description The name of the claim: printable ASCII without spaces, quotes and backslashes. Case counts. No two claims have the same, and clients and scopes can refer to the claim by it.
             * @example departmentNumber
             */
            name: string;
            /**
             * @description The name that people read. Absent is stored as the `name`.
             * @example Department
             */
            displayName?: string;
            /**
             * @description What the claim says about a user.
             * @example Number of the department.
             */
            description?: string;
            /**
             * @description The name of the claim in ID tokens and at the userinfo endpoint. Absent means `name`.
             * @example department_number
             */
            claimName?: string;
            /**
             * @description Whether the claim is in use.
             * @example active
             * @enum {string}
             */
            status?: "active" | "inactive" | "expired" | "register";
            /**
             * @description What kind of value the claim has.
             * @example string
             * @enum {string}
             */
            dataType?: "string" | "numeric" | "boolean" | "binary" | "certificate" | "generalizedTime" | "json";
            /**
             * @description Whether a user can have several values.
             * @example false
             */
            oxMultiValuedAttribute?: boolean;
            /**
             * @description Whether every user has to have a value.
             * @example false
             */
            required?: boolean;
            /**
             * @description Who may see the value.
             * @example [
             *       "user",
             *       "admin"
             *     ]
             */
            viewType?: ("admin" | "owner" | "manager" | "user" | "whitePages")[];
            /**
             * @description Who may change the value.
             * @example [
             *       "admin"
             *     ]
             */
            editType?: ("admin" | "owner" | "manager" | "user" | "whitePages")[];
            /**
             * @description Which protocol the claim is for.
             * @example [
             *       "openid"
             *     ]
             */
            usageType?: "openid"[];
            /** @description What a value has to be. */
            attributeValidation?: components["schemas"]["AttributeValidationInput"];
            /**
             * @description Whether the authorization server leaves the claim out of its metadata.
             * @example false
             */
            jansHideOnDiscovery?: boolean;
            /**
             * @description Whether the claim is an attribute of the SCIM extension.
             * @example false
             */
            scimCustomAttr?: boolean;
            /**
             * @description The table or class that holds the values.
             * @example jansPerson
             */
            origin?: string;
            /**
             * @description The attribute that the value is taken from.
             * @example departmentNumber
             */
            sourceAttribute?: string;
            /**
             * @description The format of the name identifier in SAML.
             * @example urn:oasis:names:tc:SAML:2.0:nameid-format:persistent
             */
            nameIdType?: string;
            /**
             * @description The name of the attribute in SAML 1.
             * @example urn:mace:dir:attribute-def:departmentNumber
             */
            saml1Uri?: string;
            /**
             * @description The name of the attribute in SAML 2.
             * @example urn:oid:2.16.840.1.113730.3.1.2
             */
            saml2Uri?: string;
            /**
             * @description The URN of the attribute.
             * @example urn:mace:dir:attribute-def:departmentNumber
             */
            urn?: string;
            /**
             * @description Where more is said about it.
             * @example https://example.com/attributes#department
             */
            seeAlso?: string;
            /**
             * @description A hint for forms.
             * @example Four digits
             */
            tooltip?: string;
        };
        /** @description JansAttribute as it is answered. Members without a value are left out. */
        JansAttributeReply: {
            /**
             * @description The name of the claim in the directory, by which clients and scopes refer to it.
             * @example inum=08E2,ou=attributes,o=jans
             */
            dn: string;
            /**
             * @description Always false. A mark of Janssen's forms.
             * @example false
             */
            selected?: boolean;
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example 08E2
             */
            inum: string;
            /**
             * @description The name of the claim: printable ASCII without spaces, quotes and backslashes. Case counts. No two claims have the same, and clients and scopes can refer to the claim by it.
             * @example departmentNumber
             */
            name: string;
            /**
             * @description The name that people read. Absent is stored as the `name`.
             * @example Department
             */
            displayName: string;
            /**
             * @description What the claim says about a user.
             * @example Number of the department.
             */
            description?: string;
            /**
             * @description The name of the claim in ID tokens and at the userinfo endpoint. Absent means `name`.
             * @example department_number
             */
            claimName?: string;
            /**
             * @description Whether the claim is in use.
             * @example active
             * @enum {string}
             */
            status: "active" | "inactive" | "expired" | "register";
            /**
             * @description What kind of value the claim has.
             * @example string
             * @enum {string}
             */
            dataType: "string" | "numeric" | "boolean" | "binary" | "certificate" | "generalizedTime" | "json";
            /**
             * @description Whether a user can have several values.
             * @example false
             */
            oxMultiValuedAttribute: boolean;
            /**
             * @description Whether every user has to have a value.
             * @example false
             */
            required: boolean;
            /**
             * @description Who may see the value.
             * @example [
             *       "user",
             *       "admin"
             *     ]
             */
            viewType?: ("admin" | "owner" | "manager" | "user" | "whitePages")[];
            /**
             * @description Who may change the value.
             * @example [
             *       "admin"
             *     ]
             */
            editType?: ("admin" | "owner" | "manager" | "user" | "whitePages")[];
            /**
             * @description Which protocol the claim is for.
             * @example [
             *       "openid"
             *     ]
             */
            usageType?: "openid"[];
            /** @description What a value has to be. */
            attributeValidation?: components["schemas"]["AttributeValidationReply"];
            /**
             * @description Whether the authorization server leaves the claim out of its metadata.
             * @example false
             */
            jansHideOnDiscovery: boolean;
            /**
             * @description Whether the claim is an attribute of the SCIM extension.
             * @example false
             */
            scimCustomAttr: boolean;
            /**
             * @description The table or class that holds the values.
             * @example jansPerson
             */
            origin?: string;
            /**
             * @description The attribute that the value is taken from.
             * @example departmentNumber
             */
            sourceAttribute?: string;
            /**
             * @description The format of the name identifier in SAML.
             * @example urn:oasis:names:tc:SAML:2.0:nameid-format:persistent
             */
            nameIdType?: string;
            /**
             * @description The name of the attribute in SAML 1.
             * @example urn:mace:dir:attribute-def:departmentNumber
             */
            saml1Uri?: string;
            /**
             * @description The name of the attribute in SAML 2.
             * @example urn:oid:2.16.840.1.113730.3.1.2
             */
            saml2Uri?: string;
            /**
             * @description The URN of the attribute.
             * @example urn:mace:dir:attribute-def:departmentNumber
             */
            urn?: string;
            /**
             * @description Where more is said about it.
             * @example https://example.com/attributes#department
             */
            seeAlso?: string;
            /**
             * @description A hint for forms.
             * @example Four digits
             */
            tooltip?: string;
            /**
             * @description Always false. A mark of Janssen's forms.
             * @example false
             */
            custom?: boolean;
            /**
             * @description Whether `viewType` has `admin`.
             * @example true
             */
            adminCanView?: boolean;
            /**
             * @description Whether `editType` has `admin`.
             * @example true
             */
            adminCanEdit?: boolean;
            /**
             * @description Whether administrators may see or change the value.
             * @example true
             */
            adminCanAccess?: boolean;
            /**
             * @description Whether `viewType` has `user`.
             * @example true
             */
            userCanView?: boolean;
            /**
             * @description Whether `editType` has `user`.
             * @example false
             */
            userCanEdit?: boolean;
            /**
             * @description Whether users may see or change the value.
             * @example true
             */
            userCanAccess?: boolean;
            /**
             * @description Whether `viewType` has `whitePages`.
             * @example false
             */
            whitePagesCanView?: boolean;
            /**
             * @description The same as `dn`.
             * @example inum=08E2,ou=attributes,o=jans
             */
            baseDn: string;
        };
        /** @description The writable members of CustomScript. Unknown members are ignored. */
        CustomScriptInput: {
            /**
             * @description The id of the record, chosen by who creates the script or made by the service. It never changes.
             * @example 2DAF-F9A5
             */
            inum?: string;
            /**
             * @description The name of the script: letters, digits, spaces and `_ - : / .`. No two scripts have the same.
             * @example redirect_hosts
             */
            name: string;
            /**
             * @description Further names.
             * @example [
             *       "redirect_policy"
             *     ]
             */
            aliases?: string[];
            /**
             * @description What the script is for.
             * @example Lets clients register redirect URIs of our own hosts only.
             */
            description?: string;
            /**
             * @description The text of the script. JavaScript is read when it is written, and what cannot be is refused with its line and column; nothing runs then.
             * @example function createClient(ctx) { return true; }
             */
            script?: string;
            /**
             * @description What the script takes part in.
             * @example client_registration
             * @enum {string}
             */
            scriptType: "person_authentication" | "authorization_challenge" | "introspection" | "resource_owner_password_credentials" | "application_session" | "link_interception" | "client_registration" | "id_generator" | "uma_rpt_policy" | "uma_rpt_claims" | "uma_claims_gathering" | "access_evaluation" | "access_evaluation_discovery" | "token_exchange" | "consent_gathering" | "dynamic_scope" | "spontaneous_scope" | "end_session" | "post_authn" | "client_authn" | "select_account" | "create_user" | "scim" | "ciba_end_user_notification" | "revoke_token" | "persistence_extension" | "idp" | "discovery" | "cookie" | "health_check" | "authz_detail" | "update_token" | "tx_token" | "logout_status_jwt" | "par" | "config_api_auth" | "modify_ssa_response" | "fido2_extension" | "lock_extension" | "identity_assertion";
            /**
             * @description The language of the script. Only `javascript` runs here.
             * @example javascript
             * @enum {string}
             */
            programmingLanguage: "javascript" | "python" | "java";
            /**
             * @description Settings for the service that runs the script, such as `usage_type`.
             * @example [
             *       {
             *         "value1": "usage_type",
             *         "value2": "interactive"
             *       }
             *     ]
             */
            moduleProperties?: components["schemas"]["SimpleCustomProperty"][];
            /**
             * @description What the script is configured with, each under a name of its own. The value of a hidden one is encrypted where it is kept and answered as `********`; that, or no value, keeps it when it is sent back.
             * @example [
             *       {
             *         "value1": "hosts",
             *         "value2": "shop.example.com",
             *         "hide": false
             *       }
             *     ]
             */
            configurationProperties?: components["schemas"]["SimpleExtendedCustomProperty"][];
            /**
             * Format: int32
             * @description The place among the scripts of its type. Where only one of them may answer, it is the one with the highest.
             * @example 10
             */
            level?: number;
            /**
             * @description Whether the script runs.
             * @example true
             */
            enabled?: boolean;
            /**
             * @description A mark of Janssen's pages.
             * @example false
             */
            modified?: boolean;
            /**
             * @description A mark of Janssen's pages, of scripts that came with an installation.
             * @example false
             */
            internal?: boolean;
            /**
             * @description Where the text is. It is always in the database.
             * @example db
             * @enum {string}
             */
            locationType?: "db";
        };
        /** @description CustomScript as it is answered. Members without a value are left out. */
        CustomScriptReply: {
            /**
             * @description The name of the script in the directory, by which clients refer to it.
             * @example inum=2DAF-F9A5,ou=scripts,o=jans
             */
            dn: string;
            /**
             * @description The id of the record, chosen by who creates the script or made by the service. It never changes.
             * @example 2DAF-F9A5
             */
            inum: string;
            /**
             * @description The name of the script: letters, digits, spaces and `_ - : / .`. No two scripts have the same.
             * @example redirect_hosts
             */
            name: string;
            /**
             * @description Further names.
             * @example [
             *       "redirect_policy"
             *     ]
             */
            aliases?: string[];
            /**
             * @description What the script is for.
             * @example Lets clients register redirect URIs of our own hosts only.
             */
            description?: string;
            /**
             * @description The text of the script. JavaScript is read when it is written, and what cannot be is refused with its line and column; nothing runs then.
             * @example function createClient(ctx) { return true; }
             */
            script?: string;
            /**
             * @description What the script takes part in.
             * @example client_registration
             * @enum {string}
             */
            scriptType: "person_authentication" | "authorization_challenge" | "introspection" | "resource_owner_password_credentials" | "application_session" | "link_interception" | "client_registration" | "id_generator" | "uma_rpt_policy" | "uma_rpt_claims" | "uma_claims_gathering" | "access_evaluation" | "access_evaluation_discovery" | "token_exchange" | "consent_gathering" | "dynamic_scope" | "spontaneous_scope" | "end_session" | "post_authn" | "client_authn" | "select_account" | "create_user" | "scim" | "ciba_end_user_notification" | "revoke_token" | "persistence_extension" | "idp" | "discovery" | "cookie" | "health_check" | "authz_detail" | "update_token" | "tx_token" | "logout_status_jwt" | "par" | "config_api_auth" | "modify_ssa_response" | "fido2_extension" | "lock_extension" | "identity_assertion";
            /**
             * @description The language of the script. Only `javascript` runs here.
             * @example javascript
             * @enum {string}
             */
            programmingLanguage: "javascript" | "python" | "java";
            /**
             * @description Settings for the service that runs the script, such as `usage_type`.
             * @example [
             *       {
             *         "value1": "usage_type",
             *         "value2": "interactive"
             *       }
             *     ]
             */
            moduleProperties?: components["schemas"]["SimpleCustomProperty"][];
            /**
             * @description What the script is configured with, each under a name of its own. The value of a hidden one is encrypted where it is kept and answered as `********`; that, or no value, keeps it when it is sent back.
             * @example [
             *       {
             *         "value1": "hosts",
             *         "value2": "shop.example.com",
             *         "hide": false
             *       }
             *     ]
             */
            configurationProperties?: components["schemas"]["SimpleExtendedCustomProperty"][];
            /**
             * Format: int32
             * @description The place among the scripts of its type. Where only one of them may answer, it is the one with the highest.
             * @example 10
             */
            level: number;
            /**
             * Format: int64
             * @description The number of the revision that this is, counted up by each write.
             * @example 1
             */
            revision: number;
            /**
             * @description Whether the script runs.
             * @example true
             */
            enabled: boolean;
            /**
             * @description Whether the script is kept, but never runs here: it is of another language than `javascript` or of another type than `client_registration`.
             * @example false
             */
            storedOnly: boolean;
            /** @description The last failure of the script. A write of the script clears it. */
            scriptError?: components["schemas"]["ScriptErrorReply"];
            /**
             * @description A mark of Janssen's pages.
             * @example false
             */
            modified: boolean;
            /**
             * @description A mark of Janssen's pages, of scripts that came with an installation.
             * @example false
             */
            internal: boolean;
            /**
             * @description Where the text is. It is always in the database.
             * @example db
             * @enum {string}
             */
            locationType: "db";
            /**
             * @description The same as `dn`.
             * @example inum=2DAF-F9A5,ou=scripts,o=jans
             */
            baseDn: string;
        };
        /** @description The writable members of ClientAttributes. Unknown members are ignored. */
        ClientAttributesInput: {
            /**
             * @description Authentication methods that are accepted from the client besides `tokenEndpointAuthMethod`, for example while it moves from a secret to a key. The values are those of that property. Absent means that only the one method is accepted.
             * @example [
             *       "private_key_jwt",
             *       "tls_client_auth"
             *     ]
             */
            additionalTokenEndpointAuthMethods?: string[];
            /**
             * @description The user attribute whose value becomes the `sub` claim for this client, where the authorization server allows a choice and `subjectType` is `public`. Absent means the identifier that the server uses for all clients.
             * @example uid
             */
            jansSubAttr?: string;
            /**
             * @description A regular expression that the `redirect_uri` of a request may match instead of being listed in `redirectUris`, where the authorization server allows it. Exact URIs are safer (RFC 9700 section 2.1); absent means that only these count.
             * @example ^https://print\.example\.com/callback(/[a-z]+)?$
             */
            redirectUrisRegex?: string;
            /**
             * @description Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected.
             * @example false
             */
            runIntrospectionScriptBeforeJwtCreation?: boolean;
            /**
             * @description Values that are added to the `aud` claim of the client's tokens, so that the APIs which they name accept them. Absent adds none. The built-in authorization server issues tokens for one of them at a time, to a client that names it in `resource` (RFC 8707); such a token does not open this API.
             * @example [
             *       "https://api.print.example.com"
             *     ]
             */
            additionalAudience?: string[];
            /**
             * Format: int32
             * @description How many seconds ID tokens for the client are valid. Absent leaves it to the authorization server.
             * @example 3600
             */
            idTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds transaction tokens for the client are valid; they carry the context of one call through the services behind an API and are short-lived. Absent leaves it to the authorization server.
             * @example 180
             */
            txTokenLifetime?: number;
            /**
             * @description Makes the client prove possession of a key with DPoP in every token request, and binds its access tokens to that key, so that a stolen token is of no use (RFC 9449 section 5.2). Otherwise DPoP is the client's choice. The built-in authorization server keeps to it as well.
             * @example false
             */
            dpopBoundAccessToken?: boolean;
            /**
             * @description Whether `offline_access` yields a refresh token even though the user was not asked, which OpenID Connect Core section 11 normally demands. Absent means the setting of the authorization server.
             * @example false
             */
            allowOfflineAccessWithoutConsent?: boolean;
            /**
             * @description The https endpoint of the client to which the authorization server posts a logout token when a session ends (OpenID Connect Back-Channel Logout section 2). It is a list for compatibility, as a rule with one entry, on the host of a redirect URI; dynamic registration takes and returns a single URI.
             * @example [
             *       "https://print.example.com/logout/backchannel"
             *     ]
             */
            backchannelLogoutUri?: string[];
            /**
             * @description Makes every logout token carry `sid`, so that the client can end one session and not all of the user's (OpenID Connect Back-Channel Logout section 2).
             * @example true
             */
            backchannelLogoutSessionRequired?: boolean;
            /**
             * @description The attestation that the client presented at registration, a JWT that says what software runs on which device and is still to be appraised. Registration scripts decide by it; absent means that none was presented.
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F0dGVzdGVyLmV4YW1wbGUiLCJzdWIiOiJwaG90by1wcmludC1zaG9wIn0.ZXhhbXBsZS1zaWduYXR1cmU
             */
            evidence?: string;
            /**
             * Format: int32
             * @description How many seconds the `request_uri` of a pushed authorization request can be used (RFC 9126 section 2.2). Absent or 0 means 600.
             * @example 600
             */
            parLifetime?: number;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @example false
             */
            requirePar?: boolean;
            /**
             * @description Scripts that change the claims of the UMA requesting party tokens of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-F995,ou=scripts,o=jans"
             *     ]
             */
            rptClaimsScripts?: string[];
            /**
             * @description The JWS algorithm that introspection replies to the client are signed with, such as `RS256` (RFC 9701 section 6). The client is the API that asks here; absent means that it gets plain JSON, which the built-in authorization server answers in either case.
             * @example RS256
             */
            introspectionSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of introspection replies to the client with one of its public keys, such as `RSA-OAEP` (RFC 9701 section 6). Absent means that they are not encrypted; the built-in authorization server never does that.
             * @example RSA-OAEP
             */
            introspectionEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of introspection replies to the client, such as `A256GCM`. It is used only together with `introspectionEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            introspectionEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that transaction tokens for the client are signed with, such as `RS256` (OAuth Transaction Tokens). Absent leaves it to the authorization server.
             * @example RS256
             */
            txTokenSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of transaction tokens for the client with one of its public keys, such as `RSA-OAEP` (OAuth Transaction Tokens). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            txTokenEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of transaction tokens for the client, such as `A256GCM`. It is used only together with `txTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            txTokenEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that authorization responses to the client are signed with, such as `RS256` (JARM section 3). They are JWTs when the request has one of the `jwt` response modes; `none` is not possible, and absent leaves it to the authorization server.
             * @example RS256
             */
            jansAuthSignedRespAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of authorization responses to the client with one of its public keys, such as `RSA-OAEP` (JARM section 3). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            jansAuthEncRespAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of authorization responses to the client, such as `A256GCM`. It is used only together with `jansAuthEncRespAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            jansAuthEncRespEnc?: string;
            /**
             * @description The JWS algorithm that logout status JWTs are signed with, such as `RS256`; a client asks for one with `logout_status_jwt=true` and learns from a status list whether the user is still signed in. Absent leaves it to the authorization server.
             * @example RS256
             */
            logoutStatusJwtSignedResponseAlg?: string;
            /**
             * @description Refuses authorization requests of the client that have no `code_challenge` (RFC 7636, RFC 9700 section 2.1.1). False or absent means that only the setting of the authorization server counts.
             * @example true
             */
            requirePkce?: boolean;
            /**
             * @description Makes the authorization server put the time of the authentication into every ID token of the client, as the claim `auth_time` (OpenID Connect Dynamic Client Registration section 2). Janssen accepts it and keeps it nowhere.
             * @example true
             */
            requireAuthTime?: boolean;
            /**
             * @description Treats every authorization request of the client as if it had `prompt=login`: the user signs in again even while a session is there (OpenID Connect Core section 3.1.2.1).
             * @example false
             */
            jansDefaultPromptLogin?: boolean;
            /**
             * @description Lets the client ask for scopes that nobody has registered: those that match `spontaneousScopes` are created when a token is requested, where the authorization server allows it. Otherwise unknown scopes are not granted; the built-in authorization server never grants them.
             * @example true
             */
            allowSpontaneousScopes?: boolean;
            /**
             * @description Regular expressions for the scopes that may come into being spontaneously. They count only with `allowSpontaneousScopes`; absent means that none may.
             * @example [
             *       "^https://print\\.example\\.com/orders/[0-9]+$"
             *     ]
             */
            spontaneousScopes?: string[];
            /**
             * @description The only authentication context classes that the client may ask for; a request for another one is refused. Absent allows all that the authorization server has.
             * @example [
             *       "otp",
             *       "fido2"
             *     ]
             */
            jansAuthorizedAcr?: string[];
            /**
             * Format: int32
             * @description The lowest level of authentication that is good enough for the client, as the authorization server numbers its methods. `minimumAcrLevelAutoresolve` says what happens to a request below it; absent or -1 means no minimum.
             * @example 10
             */
            minimumAcrLevel?: number;
            /**
             * @description What happens to a request whose level is below `minimumAcrLevel`: with true the authorization server takes a method that reaches it, with false or absent it refuses the request.
             * @example true
             */
            minimumAcrLevelAutoresolve?: boolean;
            /**
             * @description The order in which methods are tried when the authorization server raises the level by itself, the preferred one first. It counts only with `minimumAcrLevelAutoresolve`; absent leaves the order to the server.
             * @example [
             *       "fido2",
             *       "otp"
             *     ]
             */
            minimumAcrPriorityList?: string[];
            /**
             * @description The types that the client may use in `authorization_details`, with which a request asks for finer rights than a scope can name (RFC 9396 section 10). Absent means none. The built-in authorization server ignores `authorization_details`.
             * @example [
             *       "payment_initiation"
             *     ]
             */
            authorizationDetailsTypes?: string[];
            /**
             * @description The subject that the client's certificate must have when it authenticates with `tls_client_auth`, as a string of RFC 4514 (RFC 8705 section 2.1.2). That method needs it; other methods do not read it.
             * @example CN=print.example.com,O=Example Photo,C=US
             */
            tlsClientAuthSubjectDn?: string;
            /**
             * @description The identity of the workload that the client runs as: `spiffe_jwt` accepts only a JWT-SVID for it. A trailing `/*` takes in every workload below the path.
             * @example spiffe://print.example.com/checkout
             */
            spiffeId?: string;
            /**
             * @description The https address of the trust bundle, the keys that SVIDs of the client are verified with. Absent means the bundle that the authorization server has for the trust domain of `spiffeId`.
             * @example https://print.example.com/spiffe/bundle.json
             */
            spiffeBundleEndpoint?: string;
            /**
             * @description Keeps the consent that users have given when the client ends, for records or for a client that is to come back. Otherwise it may be removed together with the client.
             * @example false
             */
            keepClientAuthorizationAfterExpiration?: boolean;
            /**
             * @description Scripts that change which spontaneous scopes a request of the client results in, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-F9A1,ou=scripts,o=jans"
             *     ]
             */
            spontaneousScopeScriptDns?: string[];
            /**
             * @description Scripts that change the claims and lifetimes of ID tokens, access tokens and refresh tokens of the client before they are issued, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2D3E.5A03,ou=scripts,o=jans"
             *     ]
             */
            updateTokenScriptDns?: string[];
            /**
             * @description Scripts that run after the user has signed in and may demand another sign-in or another consent for the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=CACD-5901,ou=scripts,o=jans"
             *     ]
             */
            postAuthnScripts?: string[];
            /**
             * @description Scripts that change the reply when a token of the client is introspected, as DNs; with `runIntrospectionScriptBeforeJwtCreation` they also change JWT access tokens. With an empty or absent list none runs.
             * @example [
             *       "inum=A44E-4F3D,ou=scripts,o=jans"
             *     ]
             */
            introspectionScripts?: string[];
            /**
             * @description Scripts that check the user of a password grant of the client, as DNs; all of them must succeed. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-BA90,ou=scripts,o=jans"
             *     ]
             */
            ropcScripts?: string[];
            /**
             * @description Scripts that lead the user through consent pages of their own in place of the usual one, as DNs; the one with the highest level runs. With an empty or absent list none runs.
             * @example [
             *       "inum=DAA9-BA60,ou=scripts,o=jans"
             *     ]
             */
            consentGatheringScripts?: string[];
            /**
             * @description Scripts that check token exchanges of the client (RFC 8693) and change the reply, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BEB2-9D41,ou=scripts,o=jans"
             *     ]
             */
            tokenExchangeScripts?: string[];
            /**
             * @description Scripts that change the claims and the lifetime of logout status JWTs of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BE21-C3D5,ou=scripts,o=jans"
             *     ]
             */
            logoutStatusJwtScriptDns?: string[];
            /**
             * @description Scripts that check requests which the client pushes (RFC 9126) and change the reply, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=CABA-2277,ou=scripts,o=jans"
             *     ]
             */
            parScriptDns?: string[];
            /**
             * @description Scripts that change the claims and the lifetime of transaction tokens of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BE1F-77A2,ou=scripts,o=jans"
             *     ]
             */
            txTokenScriptDns?: string[];
            /**
             * @description Scripts that change the identity assertion grants (ID-JAG) which the client obtains by token exchange for use at another authorization server, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BEB2-9D42,ou=scripts,o=jans"
             *     ]
             */
            idJagScripts?: string[];
            /**
             * Format: int32
             * @description The lifetime in seconds that was asked for when the client registered itself. The registration computes `expirationDate` from it, once; absent means that the registrant left it to the server.
             * @example 126230400
             */
            requestedLifetime?: number;
        };
        /** @description ClientAttributes as it is answered. Members without a value are left out. */
        ClientAttributesReply: {
            /**
             * @description Authentication methods that are accepted from the client besides `tokenEndpointAuthMethod`, for example while it moves from a secret to a key. The values are those of that property. Absent means that only the one method is accepted.
             * @example [
             *       "private_key_jwt",
             *       "tls_client_auth"
             *     ]
             */
            additionalTokenEndpointAuthMethods: string[];
            /**
             * @description The user attribute whose value becomes the `sub` claim for this client, where the authorization server allows a choice and `subjectType` is `public`. Absent means the identifier that the server uses for all clients.
             * @example uid
             */
            jansSubAttr?: string;
            /**
             * @description A regular expression that the `redirect_uri` of a request may match instead of being listed in `redirectUris`, where the authorization server allows it. Exact URIs are safer (RFC 9700 section 2.1); absent means that only these count.
             * @example ^https://print\.example\.com/callback(/[a-z]+)?$
             */
            redirectUrisRegex?: string;
            /**
             * @description Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected.
             * @example false
             */
            runIntrospectionScriptBeforeJwtCreation: boolean;
            /**
             * @description Values that are added to the `aud` claim of the client's tokens, so that the APIs which they name accept them. Absent adds none. The built-in authorization server issues tokens for one of them at a time, to a client that names it in `resource` (RFC 8707); such a token does not open this API.
             * @example [
             *       "https://api.print.example.com"
             *     ]
             */
            additionalAudience: string[];
            /**
             * Format: int32
             * @description How many seconds ID tokens for the client are valid. Absent leaves it to the authorization server.
             * @example 3600
             */
            idTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds transaction tokens for the client are valid; they carry the context of one call through the services behind an API and are short-lived. Absent leaves it to the authorization server.
             * @example 180
             */
            txTokenLifetime?: number;
            /**
             * @description Makes the client prove possession of a key with DPoP in every token request, and binds its access tokens to that key, so that a stolen token is of no use (RFC 9449 section 5.2). Otherwise DPoP is the client's choice. The built-in authorization server keeps to it as well.
             * @example false
             */
            dpopBoundAccessToken: boolean;
            /**
             * @description Whether `offline_access` yields a refresh token even though the user was not asked, which OpenID Connect Core section 11 normally demands. Absent means the setting of the authorization server.
             * @example false
             */
            allowOfflineAccessWithoutConsent?: boolean;
            /**
             * @description The https endpoint of the client to which the authorization server posts a logout token when a session ends (OpenID Connect Back-Channel Logout section 2). It is a list for compatibility, as a rule with one entry, on the host of a redirect URI; dynamic registration takes and returns a single URI.
             * @example [
             *       "https://print.example.com/logout/backchannel"
             *     ]
             */
            backchannelLogoutUri?: string[];
            /**
             * @description Makes every logout token carry `sid`, so that the client can end one session and not all of the user's (OpenID Connect Back-Channel Logout section 2).
             * @example true
             */
            backchannelLogoutSessionRequired: boolean;
            /**
             * @description The attestation that the client presented at registration, a JWT that says what software runs on which device and is still to be appraised. Registration scripts decide by it; absent means that none was presented.
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F0dGVzdGVyLmV4YW1wbGUiLCJzdWIiOiJwaG90by1wcmludC1zaG9wIn0.ZXhhbXBsZS1zaWduYXR1cmU
             */
            evidence?: string;
            /**
             * Format: int32
             * @description How many seconds the `request_uri` of a pushed authorization request can be used (RFC 9126 section 2.2). Absent or 0 means 600.
             * @example 600
             */
            parLifetime: number;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @example false
             */
            requirePar: boolean;
            /**
             * @description Scripts that change the claims of the UMA requesting party tokens of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-F995,ou=scripts,o=jans"
             *     ]
             */
            rptClaimsScripts?: string[];
            /**
             * @description The JWS algorithm that introspection replies to the client are signed with, such as `RS256` (RFC 9701 section 6). The client is the API that asks here; absent means that it gets plain JSON, which the built-in authorization server answers in either case.
             * @example RS256
             */
            introspectionSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of introspection replies to the client with one of its public keys, such as `RSA-OAEP` (RFC 9701 section 6). Absent means that they are not encrypted; the built-in authorization server never does that.
             * @example RSA-OAEP
             */
            introspectionEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of introspection replies to the client, such as `A256GCM`. It is used only together with `introspectionEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            introspectionEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that transaction tokens for the client are signed with, such as `RS256` (OAuth Transaction Tokens). Absent leaves it to the authorization server.
             * @example RS256
             */
            txTokenSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of transaction tokens for the client with one of its public keys, such as `RSA-OAEP` (OAuth Transaction Tokens). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            txTokenEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of transaction tokens for the client, such as `A256GCM`. It is used only together with `txTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            txTokenEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that authorization responses to the client are signed with, such as `RS256` (JARM section 3). They are JWTs when the request has one of the `jwt` response modes; `none` is not possible, and absent leaves it to the authorization server.
             * @example RS256
             */
            jansAuthSignedRespAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of authorization responses to the client with one of its public keys, such as `RSA-OAEP` (JARM section 3). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            jansAuthEncRespAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of authorization responses to the client, such as `A256GCM`. It is used only together with `jansAuthEncRespAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            jansAuthEncRespEnc?: string;
            /**
             * @description The JWS algorithm that logout status JWTs are signed with, such as `RS256`; a client asks for one with `logout_status_jwt=true` and learns from a status list whether the user is still signed in. Absent leaves it to the authorization server.
             * @example RS256
             */
            logoutStatusJwtSignedResponseAlg?: string;
            /**
             * @description Refuses authorization requests of the client that have no `code_challenge` (RFC 7636, RFC 9700 section 2.1.1). False or absent means that only the setting of the authorization server counts.
             * @example true
             */
            requirePkce: boolean;
            /**
             * @description Makes the authorization server put the time of the authentication into every ID token of the client, as the claim `auth_time` (OpenID Connect Dynamic Client Registration section 2). Janssen accepts it and keeps it nowhere.
             * @example true
             */
            requireAuthTime: boolean;
            /**
             * @description Treats every authorization request of the client as if it had `prompt=login`: the user signs in again even while a session is there (OpenID Connect Core section 3.1.2.1).
             * @example false
             */
            jansDefaultPromptLogin: boolean;
            /**
             * @description Lets the client ask for scopes that nobody has registered: those that match `spontaneousScopes` are created when a token is requested, where the authorization server allows it. Otherwise unknown scopes are not granted; the built-in authorization server never grants them.
             * @example true
             */
            allowSpontaneousScopes: boolean;
            /**
             * @description Regular expressions for the scopes that may come into being spontaneously. They count only with `allowSpontaneousScopes`; absent means that none may.
             * @example [
             *       "^https://print\\.example\\.com/orders/[0-9]+$"
             *     ]
             */
            spontaneousScopes: string[];
            /**
             * @description The only authentication context classes that the client may ask for; a request for another one is refused. Absent allows all that the authorization server has.
             * @example [
             *       "otp",
             *       "fido2"
             *     ]
             */
            jansAuthorizedAcr?: string[];
            /**
             * Format: int32
             * @description The lowest level of authentication that is good enough for the client, as the authorization server numbers its methods. `minimumAcrLevelAutoresolve` says what happens to a request below it; absent or -1 means no minimum.
             * @example 10
             */
            minimumAcrLevel: number;
            /**
             * @description What happens to a request whose level is below `minimumAcrLevel`: with true the authorization server takes a method that reaches it, with false or absent it refuses the request.
             * @example true
             */
            minimumAcrLevelAutoresolve: boolean;
            /**
             * @description The order in which methods are tried when the authorization server raises the level by itself, the preferred one first. It counts only with `minimumAcrLevelAutoresolve`; absent leaves the order to the server.
             * @example [
             *       "fido2",
             *       "otp"
             *     ]
             */
            minimumAcrPriorityList?: string[];
            /**
             * @description The types that the client may use in `authorization_details`, with which a request asks for finer rights than a scope can name (RFC 9396 section 10). Absent means none. The built-in authorization server ignores `authorization_details`.
             * @example [
             *       "payment_initiation"
             *     ]
             */
            authorizationDetailsTypes: string[];
            /**
             * @description The subject that the client's certificate must have when it authenticates with `tls_client_auth`, as a string of RFC 4514 (RFC 8705 section 2.1.2). That method needs it; other methods do not read it.
             * @example CN=print.example.com,O=Example Photo,C=US
             */
            tlsClientAuthSubjectDn?: string;
            /**
             * @description The identity of the workload that the client runs as: `spiffe_jwt` accepts only a JWT-SVID for it. A trailing `/*` takes in every workload below the path.
             * @example spiffe://print.example.com/checkout
             */
            spiffeId?: string;
            /**
             * @description The https address of the trust bundle, the keys that SVIDs of the client are verified with. Absent means the bundle that the authorization server has for the trust domain of `spiffeId`.
             * @example https://print.example.com/spiffe/bundle.json
             */
            spiffeBundleEndpoint?: string;
            /**
             * @description Keeps the consent that users have given when the client ends, for records or for a client that is to come back. Otherwise it may be removed together with the client.
             * @example false
             */
            keepClientAuthorizationAfterExpiration: boolean;
            /**
             * @description Scripts that change which spontaneous scopes a request of the client results in, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-F9A1,ou=scripts,o=jans"
             *     ]
             */
            spontaneousScopeScriptDns?: string[];
            /**
             * @description Scripts that change the claims and lifetimes of ID tokens, access tokens and refresh tokens of the client before they are issued, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=2D3E.5A03,ou=scripts,o=jans"
             *     ]
             */
            updateTokenScriptDns?: string[];
            /**
             * @description Scripts that run after the user has signed in and may demand another sign-in or another consent for the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=CACD-5901,ou=scripts,o=jans"
             *     ]
             */
            postAuthnScripts?: string[];
            /**
             * @description Scripts that change the reply when a token of the client is introspected, as DNs; with `runIntrospectionScriptBeforeJwtCreation` they also change JWT access tokens. With an empty or absent list none runs.
             * @example [
             *       "inum=A44E-4F3D,ou=scripts,o=jans"
             *     ]
             */
            introspectionScripts?: string[];
            /**
             * @description Scripts that check the user of a password grant of the client, as DNs; all of them must succeed. With an empty or absent list none runs.
             * @example [
             *       "inum=2DAF-BA90,ou=scripts,o=jans"
             *     ]
             */
            ropcScripts?: string[];
            /**
             * @description Scripts that lead the user through consent pages of their own in place of the usual one, as DNs; the one with the highest level runs. With an empty or absent list none runs.
             * @example [
             *       "inum=DAA9-BA60,ou=scripts,o=jans"
             *     ]
             */
            consentGatheringScripts?: string[];
            /**
             * @description Scripts that check token exchanges of the client (RFC 8693) and change the reply, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BEB2-9D41,ou=scripts,o=jans"
             *     ]
             */
            tokenExchangeScripts?: string[];
            /**
             * @description Scripts that change the claims and the lifetime of logout status JWTs of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BE21-C3D5,ou=scripts,o=jans"
             *     ]
             */
            logoutStatusJwtScriptDns?: string[];
            /**
             * @description Scripts that check requests which the client pushes (RFC 9126) and change the reply, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=CABA-2277,ou=scripts,o=jans"
             *     ]
             */
            parScriptDns?: string[];
            /**
             * @description Scripts that change the claims and the lifetime of transaction tokens of the client, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BE1F-77A2,ou=scripts,o=jans"
             *     ]
             */
            txTokenScriptDns?: string[];
            /**
             * @description Scripts that change the identity assertion grants (ID-JAG) which the client obtains by token exchange for use at another authorization server, as DNs. With an empty or absent list none runs.
             * @example [
             *       "inum=BEB2-9D42,ou=scripts,o=jans"
             *     ]
             */
            idJagScripts?: string[];
            /**
             * Format: int32
             * @description The lifetime in seconds that was asked for when the client registered itself. The registration computes `expirationDate` from it, once; absent means that the registrant left it to the server.
             * @example 126230400
             */
            requestedLifetime?: number;
            /**
             * @description Whether the client was made from a client id metadata document: the client id in the request was a URL, and the metadata were read from there. Written by the server; a value on input is ignored.
             * @example true
             */
            cimdClient?: boolean;
            /**
             * @description The URL that such a client sends as `client_id`, the address of its metadata document; `inum` is derived from it. Written by the server; a value on input is ignored.
             * @example https://print.example.com/client.json
             */
            cimdOriginalClientId?: string;
            /**
             * @description Until when the copy of the metadata document is used (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); after that it is fetched again. Written by the server; a value on input is ignored.
             * @example 2026-03-02T09:00:00
             */
            cimdExpiresAt?: string;
        };
        /** @description ClientApproval as it is answered. Members without a value are left out. */
        ClientApprovalReply: {
            /**
             * @description `waiting` until an administrator decides, `rejected` when one has said no: such a client is disabled, and only approving it changes that. `pending_change` when a client that is in use asks for a change that waits; it goes on as it is meanwhile. Dynamic registration answers it as `status`.
             * @example waiting
             * @enum {string}
             */
            state?: "waiting" | "approved" | "rejected" | "pending_change";
            /**
             * @description Why it was decided so, in the words of who decided.
             * @example their product team asked for it
             */
            reason?: string;
            /**
             * @description The client whose token it was decided with; absent while nobody has.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            by?: string;
            /**
             * @description Since when the state is what it is (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone).
             * @example 2026-01-15T09:30:00
             */
            at?: string;
            /**
             * @description The change that waits, as a merge patch (RFC 7396) of this client.
             * @example {
             *       "redirectUris": [
             *         "https://new.example.com/callback"
             *       ]
             *     }
             */
            change?: {
                [key: string]: unknown;
            };
        };
        /** @description The writable members of ScopeAttributes. Unknown members are ignored. */
        ScopeAttributesInput: {
            /**
             * @description The patterns by which spontaneous scopes were made from this one.
             * @example [
             *       "^transaction:.+$"
             *     ]
             */
            spontaneousClientScopes?: string[];
            /**
             * @description Whether the authorization server lists the scope in its metadata.
             * @example true
             */
            showInConfigurationEndpoint?: boolean;
        };
        /** @description ScopeAttributes as it is answered. Members without a value are left out. */
        ScopeAttributesReply: {
            /**
             * @description The patterns by which spontaneous scopes were made from this one.
             * @example [
             *       "^transaction:.+$"
             *     ]
             */
            spontaneousClientScopes?: string[];
            /**
             * @description Whether the authorization server lists the scope in its metadata.
             * @example true
             */
            showInConfigurationEndpoint?: boolean;
        };
        /** @description The writable members of AttributeValidation. Unknown members are ignored. */
        AttributeValidationInput: {
            /**
             * Format: int32
             * @description The least number of characters.
             * @example 1
             */
            minLength?: number;
            /**
             * Format: int32
             * @description The greatest number of characters.
             * @example 64
             */
            maxLength?: number;
            /**
             * @description A regular expression that a value matches.
             * @example ^\d{4}$
             */
            regexp?: string;
        };
        /** @description AttributeValidation as it is answered. Members without a value are left out. */
        AttributeValidationReply: {
            /**
             * Format: int32
             * @description The least number of characters.
             * @example 1
             */
            minLength?: number;
            /**
             * Format: int32
             * @description The greatest number of characters.
             * @example 64
             */
            maxLength?: number;
            /**
             * @description A regular expression that a value matches.
             * @example ^\d{4}$
             */
            regexp?: string;
        };
        /** @description ScriptError as it is answered. Members without a value are left out. */
        ScriptErrorReply: {
            /**
             * @description When it failed, in UTC without a zone.
             * @example 2026-01-31T12:00:00
             */
            raisedAt?: string;
            /**
             * @description What went wrong, and where.
             * @example TypeError: cannot read property 'length' of undefined at createClient (script:3:18)
             */
            stackTrace?: string;
        };
        /** @description The writable members of the Client that `inum` names, which replace those that it has. */
        ClientUpdate: {
            /**
             * @description The id of the client, which it sends as `client_id` in OAuth requests (RFC 6749 section 2.2). A caller may choose it on creation, where one that is taken is refused with 409; otherwise the service makes one. It never changes.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            inum: string;
            /**
             * @description Takes the client out of use without removing it: the token endpoint refuses it as it refuses an unknown client, and this API refuses the tokens that it already has. Absent means that the client is active.
             * @example false
             */
            disabled?: boolean;
            /**
             * @description The name that users read on sign-in and consent pages (RFC 7591 section 2). `displayName` and the `""` language of `clientNameLocalized` hold the same value. A client without a name can only be shown by its id.
             * @example Photo print shop
             */
            clientName?: string;
            /**
             * @description Another name of `clientName`, with the same value in every reply. A write may give either of the two. Where a client is created with two different ones the later in the document counts, unless the request is strict; to change both to different values is refused.
             * @example Photo print shop
             */
            displayName?: string;
            /**
             * @description The secret that the client proves itself with: 8 to 256 printable ASCII characters, no space. A client whose authentication methods need one gets a random secret when this is left out on creation: of 256 bits, or of 64 characters where it is the key of an algorithm. Leaving it out of an update keeps the present one, and sending that one again changes nothing. It is shown in the reply that sets it, and later only where the deployment keeps secrets recoverable. Where the client states an algorithm such as `HS512`, the secret has at least as many bytes as the hash (RFC 7518 section 3.2); where it states none, only those are taken that the secret is long enough for.
             * @example s6BhdRkqt3-example-secret
             */
            clientSecret?: string;
            /**
             * @description In place of `clientSecret`, its hash as another system keeps it, so that the client goes on with the secret that it has: bcrypt up to cost 13, PBKDF2 (`$pbkdf2-sha256$i=…$salt$hash`) up to 1,000,000 rounds, scrypt and Argon2 in their PHC form. It is never shown, and replaced by a digest of ours when the client has authenticated once. A client that needs the secret itself, as for `client_secret_jwt`, cannot have it.
             * @example $pbkdf2-sha256$i=25000,l=32$c2FsdHNhbHRzYWx0$IWQ5yO0O2pV7sZ3tNDMHBqEk2HqNh9bhR7jPFF9bWfc
             */
            clientSecretHash?: string;
            /**
             * @description Notes for administrators: what the client is for and who runs it. Searches with `pattern` look here as well; users and the client itself never see it.
             * @example Prints photos that customers choose from their albums.
             */
            description?: string;
            /**
             * @description How the client authenticates at the token endpoint and the other endpoints that it calls directly (OpenID Connect Core section 9, RFC 8705). `none` makes it a public client, which has no secret and relies on PKCE. Absent is stored as `client_secret_basic`; more methods can be accepted through `attributes.additionalTokenEndpointAuthMethods`. The built-in authorization server takes `client_secret_basic`, `client_secret_post`, `client_secret_jwt` and `private_key_jwt`; the others are for the deployment's.
             * @example client_secret_basic
             * @enum {string}
             */
            tokenEndpointAuthMethod?: "client_secret_basic" | "client_secret_post" | "client_secret_jwt" | "private_key_jwt" | "access_token" | "tls_client_auth" | "self_signed_tls_client_auth" | "none" | "spiffe_jwt";
            /**
             * @description Whether all clients see the same `sub` claim for a user (`public`), or each sector its own, so that clients cannot compare their users (`pairwise`; OpenID Connect Core section 8). Absent is stored as `public`.
             * @example public
             * @enum {string}
             */
            subjectType?: "public" | "pairwise";
            /**
             * @description The https address of a JSON array that names every redirect URI of the client. Pairwise subjects are then computed from the host of this address (OpenID Connect Core section 8.1); without it from the host of the redirect URIs, which must be one and the same.
             * @example https://print.example.com/sector.json
             */
            sectorIdentifierUri?: string;
            /**
             * @description The grants that the token endpoint accepts from the client (RFC 7591 section 2); it refuses every other one. `authorization_code` and `implicit` need redirect URIs and fitting response types. Absent is stored as an empty list, with which the client gets no tokens.
             * @example [
             *       "authorization_code",
             *       "refresh_token",
             *       "urn:openid:params:grant-type:ciba"
             *     ]
             */
            grantTypes?: ("none" | "authorization_code" | "implicit" | "password" | "client_credentials" | "refresh_token" | "urn:ietf:params:oauth:grant-type:uma-ticket" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:openid:params:grant-type:ciba" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:jwt-bearer")[];
            /**
             * @description What the client may ask the authorization endpoint for (RFC 6749 section 3.1.1); a combination is an entry of its own. `code` goes with the grant type `authorization_code`, `token` and `id_token` with `implicit`, a combination with those of its parts. Absent means that the client sends no authorization requests.
             * @example [
             *       "code"
             *     ]
             */
            responseTypes?: ("code" | "token" | "id_token" | "code token" | "code id_token" | "id_token token" | "code id_token token")[];
            /**
             * @description Lets the authorization server grant the requested scopes without asking the user, where the server allows trusted clients at all. It is meant for clients of the same operator; false or absent asks the user.
             * @example false
             */
            trustedClient?: boolean;
            /**
             * @description Decides which redirect URIs are acceptable: a `web` client is called back over https, a `native` one runs on the device of the user and may use a private-use scheme or a loopback address (OpenID Connect Dynamic Client Registration section 2, RFC 8252 section 7). Absent is stored as `web`.
             * @example web
             * @enum {string}
             */
            applicationType?: "web" | "native";
            /**
             * @description Where the authorization server may send the user back to with its answer. The `redirect_uri` of a request must equal one of them character by character, except for the port of a native client's loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3). A client with the grant type `authorization_code` or `implicit`, or with a response type, must have one; for every other client an empty list and none are the same.
             * @example [
             *       "https://print.example.com/callback"
             *     ]
             */
            redirectUris?: string[];
            /**
             * @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none.
             * @example [
             *       "inum=F0C4,ou=scopes,o=jans",
             *       "inum=43F1,ou=scopes,o=jans",
             *       "inum=764C,ou=scopes,o=jans"
             *     ]
             */
            scopes?: string[];
            /**
             * @description The claims that the client may ask for one by one with the `claims` parameter (OpenID Connect Core section 5.5), besides those that come with its scopes. Each is written as a DN or as the name of the claim, must exist, and is answered as a DN.
             * @example [
             *       "inum=8F88,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether access tokens are JWTs that an API verifies by itself (RFC 9068), or references that it has to introspect (RFC 7662), which is what false or absent means. The built-in authorization server issues JWTs in either case.
             * @example true
             */
            accessTokenAsJwt?: boolean;
            /**
             * @description Puts the claims of the granted scopes into the ID token as well. Otherwise a client that also gets an access token reads them from the UserInfo endpoint (OpenID Connect Core section 5.4).
             * @example false
             */
            includeClaimsInIdToken?: boolean;
            /**
             * @description The member of the `cnf` claim in which ID tokens carry the hash of the Token Binding id, as a rule `tbh` (OpenID Connect Token Bound Authentication). Absent means that ID tokens are not bound.
             * @example tbh
             */
            idTokenTokenBindingCnf?: string;
            /**
             * Format: int32
             * @description How many seconds access tokens of the client are valid. Absent or 0 leaves it to the authorization server; the built-in one never issues them for more than 3600 seconds.
             * @example 300
             */
            accessTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds refresh tokens of the client are valid. Absent leaves it to the authorization server.
             * @example 14400
             */
            refreshTokenLifetime?: number;
            /**
             * Format: int32
             * @description How many seconds ago the user may have signed in when a request has no `max_age` of its own; after that the user signs in again (OpenID Connect Dynamic Client Registration section 2). Absent means no limit.
             * @example 3600
             */
            defaultMaxAge?: number;
            /**
             * @description A page of the client that the authorization server loads in an iframe when the user signs out, so that the client ends its own session (OpenID Connect Front-Channel Logout section 2). It uses https and the host of a redirect URI; absent means that the browser does not tell the client.
             * @example https://print.example.com/logout/frontchannel
             */
            frontChannelLogoutUri?: string;
            /**
             * @description Adds `iss` and `sid` to the front-channel logout URI, so that the client can tell which session ends (OpenID Connect Front-Channel Logout section 2).
             * @example true
             */
            frontChannelLogoutSessionRequired?: boolean;
            /**
             * @description Where the user may be sent after a logout that the client has asked for; `post_logout_redirect_uri` of that request must equal one of them (OpenID Connect RP-Initiated Logout section 3). Absent means that the user stays at the authorization server.
             * @example [
             *       "https://print.example.com/"
             *     ]
             */
            postLogoutRedirectUris?: string[];
            /**
             * @description The home page of the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/
             */
            clientUri?: string;
            /**
             * @description A page that says how the client treats the data of its users, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/privacy
             */
            policyUri?: string;
            /**
             * @description The address of an image that stands beside the name of the client on sign-in and consent pages (RFC 7591 section 2). Absent means that the name stands alone.
             * @example https://print.example.com/logo.png
             */
            logoUri?: string;
            /**
             * @description The terms that users accept when they use the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/terms
             */
            tosUri?: string;
            /**
             * @description How to reach the people responsible for the client, as a rule e-mail addresses (RFC 7591 section 2). Administrators use them; an authorization server may show them to users.
             * @example [
             *       "web@print.example.com"
             *     ]
             */
            contacts?: string[];
            /**
             * @description The web origins (scheme, host and port) whose scripts may call the authorization server from a browser as this client (CORS). Absent means that the client adds none to those that the server allows anyway.
             * @example [
             *       "https://print.example.com"
             *     ]
             */
            authorizedOrigins?: string[];
            /**
             * @description Identifies the software that the client is an instance of: the same for all its instances and versions (RFC 7591 section 2). It is a claim of the registrant unless a software statement confirms it.
             * @example 4NRB1-0XZABZI9E6-5SM3R
             */
            softwareId?: string;
            /**
             * @description The version of the software that `softwareId` names; it changes with every release (RFC 7591 section 2).
             * @example 2.4.1
             */
            softwareVersion?: string;
            /**
             * @description A signed JWT in which a third party vouches for the metadata of the software (RFC 7591 section 2.3). Its claims win over the plain members of a registration request; it is kept and returned exactly as it was received.
             * @example eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL3N0YXRlbWVudHMuZXhhbXBsZSIsInNvZnR3YXJlX2lkIjoiNE5SQjEtMFhaQUJaSTlFNi01U00zUiJ9.ZXhhbXBsZS1zaWduYXR1cmU
             */
            softwareStatement?: string;
            /**
             * @description How the client learns the outcome of a CIBA request: it asks again and again (`poll`), it is told to fetch the tokens (`ping`), or they are sent to it (`push`); see OpenID Connect CIBA Core section 5. Absent means that the client does not use CIBA.
             * @example ping
             * @enum {string}
             */
            backchannelTokenDeliveryMode?: "poll" | "ping" | "push";
            /**
             * @description The https endpoint of the client that the authorization server calls in the modes `ping` and `push`, which cannot work without it (OpenID Connect CIBA Core section 4). It is not used in the mode `poll`.
             * @example https://print.example.com/ciba/notify
             */
            backchannelClientNotificationEndpoint?: string;
            /**
             * @description The JWS algorithm that the client signs its CIBA requests with (OpenID Connect CIBA Core sections 4 and 7.1.1). Absent means that it sends them unsigned.
             * @example ES256
             * @enum {string}
             */
            backchannelAuthenticationRequestSigningAlg?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "PS256" | "PS384" | "PS512";
            /**
             * @description Whether the client can send `user_code`, a code known only to the user that keeps strangers from setting off authentication requests (OpenID Connect CIBA Core section 4). It takes effect where the authorization server supports it.
             * @example true
             */
            backchannelUserCodeParameter?: boolean;
            /**
             * @description Whether the requesting party tokens of UMA 2.0 are JWTs that a resource server verifies by itself. False or absent means references that it has to introspect.
             * @example false
             */
            rptAsJwt?: boolean;
            /**
             * @description Where a requesting party may be sent back to after UMA has gathered claims; `claims_redirect_uri` of the request must equal one of them (UMA 2.0 Grant section 3.3.2). The rules for `redirectUris` hold here too; absent means that claims cannot be gathered interactively.
             * @example [
             *       "https://print.example.com/uma/callback"
             *     ]
             */
            claimRedirectUris?: string[];
            /**
             * @description The https address of the client's public keys, a JWK Set (RFC 7517). Its signatures (client assertions, request objects) are verified with them, and what is encrypted for it is encrypted to them. Keys can be changed there without a change to the client, which is why it is preferred to `jwks`; a client has one or the other.
             * @example https://print.example.com/jwks.json
             */
            jwksUri?: string;
            /**
             * @description The client's public keys by value, for a client that cannot publish them: a string that holds the JSON text of a JWK Set (RFC 7517 section 5), not an object. Dynamic registration takes and returns an object. Private and symmetric keys have no place in it.
             * @example {"keys":[{"kty":"EC","use":"sig","alg":"ES256","kid":"sign-1","crv":"P-256", "x":"-C1BNTU2uIc4gUNWjWWc4cNS2GIP_rl2IVQTfdY5Dpk","y":"v3-eEBxeb_EvtUQlZtu899F5eik408Uxw2acZgID-gU"}, {"kty":"RSA","use":"enc","alg":"RSA-OAEP","kid":"encrypt-1","e":"AQAB", "n":"jeiyL3p9dH-tTyBqVf-kRaS4bJk5W1iyrh7Cs173AA4wFPhpSr-FHLTCMetPMMTSFg-Cc8Stidyw7bztv9PeUwQCA1DxOUZT9CO6FpD-3tgL-xXMYAMZDxD2XvjMMVKwPns2zbplTDkUSfzE8cV_HzcVw-hAPsyQ1K1ZzrrwjNlRZRk4dzM7Nki-IqXiNfbTuFwRVVNPkt6CNN1oSgQ_VD-cLJMLdpk1_dy3PYDJ8EZ6Bb0lFV5mikqhYMgI4ac8zzXPCBzxOrqJjdaoS2TXXGb2IT7ZZ4ldZxYmuvVpPcIuC6SX_nKUywnIvkCpV_gRq1KMEBJH6RJDTILZeHYXWw"}]}
             */
            jwks?: string;
            /**
             * @description The JWS algorithm (RFC 7518 section 3) that ID tokens for the client are signed with, such as `RS256` or `ES256`; `HS256` and the like use the client secret as key. Absent leaves it to the authorization server, as a rule `RS256` (OpenID Connect Dynamic Client Registration section 2).
             * @example RS256
             */
            idTokenSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 4) that encrypts the content key of ID tokens for the client, such as `RSA-OAEP`; the token is signed first. It needs a key of the client. Absent means that ID tokens are not encrypted.
             * @example RSA-OAEP
             */
            idTokenEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 5) that encrypts the content of ID tokens, such as `A256GCM`. It is used only together with `idTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            idTokenEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that access tokens are signed with when they are JWTs, such as `RS256`. Absent leaves it to the authorization server; the built-in one signs with `RS256` in either case.
             * @example RS256
             */
            accessTokenSigningAlg?: string;
            /**
             * @description The JWS algorithm that UserInfo replies to the client are signed with; they are JWTs then (OpenID Connect Core section 5.3.2). Absent means plain JSON.
             * @example RS256
             */
            userInfoSignedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of UserInfo replies to a key of the client, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            userInfoEncryptedResponseAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of UserInfo replies, such as `A256GCM`. It is used only together with `userInfoEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            userInfoEncryptedResponseEnc?: string;
            /**
             * @description The JWS algorithm that the client signs its request objects with (OpenID Connect Core section 6.1, RFC 9101); the authorization server refuses those signed with another one. Absent allows every algorithm that the server supports.
             * @example ES256
             */
            requestObjectSigningAlg?: string;
            /**
             * @description The JWE algorithm with which the client encrypts the content key of its request objects to a key of the authorization server, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent says nothing: the client may encrypt them or not.
             * @example RSA-OAEP
             */
            requestObjectEncryptionAlg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of request objects, such as `A256GCM`. It is used only together with `requestObjectEncryptionAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            requestObjectEncryptionEnc?: string;
            /**
             * @description The JWS algorithm of the assertions that the client authenticates with under `private_key_jwt` or `client_secret_jwt`; assertions signed with another one are refused, and `none` never counts (OpenID Connect Dynamic Client Registration section 2). Absent allows every algorithm that the server supports for the method.
             * @example ES256
             */
            tokenEndpointAuthSigningAlg?: string;
            /**
             * @description Keeps what the user has consented to, so that the consent page comes back only for scopes that are new. Otherwise the user is asked each time.
             * @example true
             */
            persistClientAuthorizations?: boolean;
            /**
             * @description An https address of the client that another site sends the user to in order to start a sign-in; the client answers with an authorization request (OpenID Connect Core section 4). Absent means that only the client itself starts one.
             * @example https://print.example.com/login/start
             */
            initiateLoginUri?: string;
            /**
             * @description Addresses of request objects that the client uses by reference (OpenID Connect Core section 6.2, RFC 9101 section 5.2). Where the authorization server demands registration, `request_uri` must be one of them; a fragment can hold the SHA-256 digest of the file.
             * @example [
             *       "https://print.example.com/requests/checkout.jwt"
             *     ]
             */
            requestUris?: string[];
            /**
             * @description The authentication context classes that are asked for when a request names none, the preferred one first (OpenID Connect Dynamic Client Registration section 2). Absent leaves the choice to the authorization server.
             * @example [
             *       "otp"
             *     ]
             */
            defaultAcrValues?: string[];
            /**
             * @description When the client ends (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). From then on it is refused like an unknown client, and once it has ended and nobody has changed it for a day, it is removed; dynamic registration sets the date from `lifetime`. Absent means that the client does not end.
             * @example 2030-01-15T09:30:00
             */
            expirationDate?: string;
            /**
             * @description The name of the client in several languages, chosen by the `ui_locales` of a request or the language of the browser. Its `""` language is `clientName`. Dynamic registration writes the others as `client_name#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "Photo print shop",
             *         "de": "Fotodruckerei"
             *       }
             *     }
             */
            clientNameLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The logo in several languages, for one that contains text. Its `""` language is `logoUri`. Dynamic registration writes the others as `logo_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/logo.png",
             *         "de": "https://print.example.com/de/logo.png"
             *       }
             *     }
             */
            logoUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The home page in several languages. Its `""` language is `clientUri`. Dynamic registration writes the others as `client_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/",
             *         "de": "https://print.example.com/de/"
             *       }
             *     }
             */
            clientUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The privacy policy in several languages. Its `""` language is `policyUri`. Dynamic registration writes the others as `policy_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/privacy",
             *         "de": "https://print.example.com/de/privacy"
             *       }
             *     }
             */
            policyUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The terms of service in several languages. Its `""` language is `tosUri`. Dynamic registration writes the others as `tos_uri#de` (RFC 7591 section 2.2).
             * @example {
             *       "values": {
             *         "": "https://print.example.com/terms",
             *         "de": "https://print.example.com/de/terms"
             *       }
             *     }
             */
            tosUriLocalized?: components["schemas"]["LocalizedString"];
            /**
             * @description The organization that the client belongs to, by name or by id. Software statements and scripts may rely on it; no OAuth flow does.
             * @example example-photo
             */
            organization?: string;
            /**
             * @description Groups or roles of the client, which scripts and policies of a deployment decide by. They have no meaning of their own in OAuth.
             * @example [
             *       "retail"
             *     ]
             */
            groups?: string[];
            /**
             * @description When the client was registered (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Dynamic registration sets it and returns epoch seconds (RFC 7591 section 3.2.1); an administrator may give it, for example for a client that comes from another system.
             * @example 2026-01-15T09:30:00
             */
            clientIdIssuedAt?: string;
            /**
             * @description When the secret stops working (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); the client itself stays. Absent means that the secret does not expire, for which dynamic registration returns 0 (RFC 7591 section 3.2.1).
             * @example 2029-01-15T09:30:00
             */
            clientSecretExpiresAt?: string;
            /**
             * @description Values for which a client has no property: named attributes that a deployment's own scripts and services read. They can be searched with `customAttributes.name=value` and change no OAuth flow by themselves.
             * @example [
             *       {
             *         "name": "department",
             *         "multiValued": false,
             *         "values": [
             *           "Retail"
             *         ],
             *         "value": "Retail",
             *         "displayValue": "Retail"
             *       }
             *     ]
             */
            customAttributes?: components["schemas"]["CustomObjectAttribute"][];
            /**
             * @description The object classes of the client's entry, where Janssen stores clients in an LDAP directory. They have no effect otherwise.
             * @example [
             *       "top"
             *     ]
             */
            customObjectClasses?: string[];
            /**
             * @description The further settings of the client, one object inside it as in Janssen. A PUT replaces it as a whole; absent is stored as an empty object.
             * @example {
             *       "requirePkce": true,
             *       "parLifetime": 600
             *     }
             */
            attributes?: components["schemas"]["ClientAttributesInput"];
        };
        /** @description The writable members of the Scope that `inum` names, which replace those that it has. */
        ScopeUpdate: {
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example F0C4
             */
            inum: string;
            /**
             * @description The scope as it stands in requests and tokens (RFC 6749 section 3.3): printable ASCII without spaces, quotes and backslashes. Case counts. No two scopes have the same.
             * @example orders.read
             */
            id: string;
            /**
             * @description The name that administrators read. Absent is stored as the `id`.
             * @example Read orders
             */
            displayName?: string;
            /**
             * @description What the scope allows, as users read it on consent pages.
             * @example See the orders of the user.
             */
            description?: string;
            /**
             * @description The address of a picture for consent pages.
             * @example https://shop.example.com/orders.png
             */
            iconUrl?: string;
            /**
             * @description What kind of scope it is: `openid` releases claims about users, `dynamic` claims that scripts compute, `uma` belongs to User-Managed Access, `spontaneous` was made for one client by a pattern, `oauth` is any other.
             * @example oauth
             * @enum {string}
             */
            scopeType?: "openid" | "dynamic" | "uma" | "spontaneous" | "oauth";
            /**
             * @description The claims that the scope releases (OpenID Connect Core section 5.4), written by name or as directory names and answered as directory names.
             * @example [
             *       "inum=CAE3,ou=attributes,o=jans"
             *     ]
             */
            claims?: string[];
            /**
             * @description Whether clients that register themselves and ask for no scope get this one: true exactly where `registration` is `default`. Of the two the one that is changed counts.
             * @example false
             */
            defaultScope?: boolean;
            /**
             * @description How clients that register themselves get the scope: without asking for any (`default`), when they ask for it (`on-request`), or not at all.
             * @example on-request
             * @enum {string}
             */
            registration?: "default" | "on-request" | "never";
            /**
             * @description Whether the claims come as one object named after the scope.
             * @example false
             */
            groupClaims?: boolean;
            /**
             * @description The scripts that compute the claims of a `dynamic` scope, as directory names.
             * @example [
             *       "inum=CB5B-3211,ou=scripts,o=jans"
             *     ]
             */
            dynamicScopeScripts?: string[];
            /**
             * @description The scripts that decide about a `uma` scope, as directory names.
             * @example [
             *       "inum=2DAF-F9A5,ou=scripts,o=jans"
             *     ]
             */
            umaAuthorizationPolicies?: string[];
            /** @description Further settings. */
            attributes?: components["schemas"]["ScopeAttributesInput"];
            /**
             * @description Notes about the maker, by name.
             * @example {
             *       "team": "shop"
             *     }
             */
            creatorAttributes?: {
                [key: string]: string;
            };
            /**
             * @description When the scope ends: tokens that are issued from then on do not have it. In UTC without a zone; a fraction, `Z` or an offset is taken on input.
             * @example 2031-01-31T12:00:00
             */
            expirationDate?: string;
        };
        /** @description The writable members of the JansAttribute that `inum` names, which replace those that it has. */
        JansAttributeUpdate: {
            /**
             * @description The id of the record, made by the service. It never changes.
             * @example 08E2
             */
            inum: string;
            /**
             * @description The name of the claim: printable ASCII without spaces, quotes and backslashes. Case counts. No two claims have the same, and clients and scopes can refer to the claim by it.
             * @example departmentNumber
             */
            name: string;
            /**
             * @description The name that people read. Absent is stored as the `name`.
             * @example Department
             */
            displayName?: string;
            /**
             * @description What the claim says about a user.
             * @example Number of the department.
             */
            description?: string;
            /**
             * @description The name of the claim in ID tokens and at the userinfo endpoint. Absent means `name`.
             * @example department_number
             */
            claimName?: string;
            /**
             * @description Whether the claim is in use.
             * @example active
             * @enum {string}
             */
            status?: "active" | "inactive" | "expired" | "register";
            /**
             * @description What kind of value the claim has.
             * @example string
             * @enum {string}
             */
            dataType?: "string" | "numeric" | "boolean" | "binary" | "certificate" | "generalizedTime" | "json";
            /**
             * @description Whether a user can have several values.
             * @example false
             */
            oxMultiValuedAttribute?: boolean;
            /**
             * @description Whether every user has to have a value.
             * @example false
             */
            required?: boolean;
            /**
             * @description Who may see the value.
             * @example [
             *       "user",
             *       "admin"
             *     ]
             */
            viewType?: ("admin" | "owner" | "manager" | "user" | "whitePages")[];
            /**
             * @description Who may change the value.
             * @example [
             *       "admin"
             *     ]
             */
            editType?: ("admin" | "owner" | "manager" | "user" | "whitePages")[];
            /**
             * @description Which protocol the claim is for.
             * @example [
             *       "openid"
             *     ]
             */
            usageType?: "openid"[];
            /** @description What a value has to be. */
            attributeValidation?: components["schemas"]["AttributeValidationInput"];
            /**
             * @description Whether the authorization server leaves the claim out of its metadata.
             * @example false
             */
            jansHideOnDiscovery?: boolean;
            /**
             * @description Whether the claim is an attribute of the SCIM extension.
             * @example false
             */
            scimCustomAttr?: boolean;
            /**
             * @description The table or class that holds the values.
             * @example jansPerson
             */
            origin?: string;
            /**
             * @description The attribute that the value is taken from.
             * @example departmentNumber
             */
            sourceAttribute?: string;
            /**
             * @description The format of the name identifier in SAML.
             * @example urn:oasis:names:tc:SAML:2.0:nameid-format:persistent
             */
            nameIdType?: string;
            /**
             * @description The name of the attribute in SAML 1.
             * @example urn:mace:dir:attribute-def:departmentNumber
             */
            saml1Uri?: string;
            /**
             * @description The name of the attribute in SAML 2.
             * @example urn:oid:2.16.840.1.113730.3.1.2
             */
            saml2Uri?: string;
            /**
             * @description The URN of the attribute.
             * @example urn:mace:dir:attribute-def:departmentNumber
             */
            urn?: string;
            /**
             * @description Where more is said about it.
             * @example https://example.com/attributes#department
             */
            seeAlso?: string;
            /**
             * @description A hint for forms.
             * @example Four digits
             */
            tooltip?: string;
        };
        /** @description The writable members of the CustomScript that `inum` names, which replace those that it has. */
        CustomScriptUpdate: {
            /**
             * @description The id of the record, chosen by who creates the script or made by the service. It never changes.
             * @example 2DAF-F9A5
             */
            inum: string;
            /**
             * @description The name of the script: letters, digits, spaces and `_ - : / .`. No two scripts have the same.
             * @example redirect_hosts
             */
            name: string;
            /**
             * @description Further names.
             * @example [
             *       "redirect_policy"
             *     ]
             */
            aliases?: string[];
            /**
             * @description What the script is for.
             * @example Lets clients register redirect URIs of our own hosts only.
             */
            description?: string;
            /**
             * @description The text of the script. JavaScript is read when it is written, and what cannot be is refused with its line and column; nothing runs then.
             * @example function createClient(ctx) { return true; }
             */
            script?: string;
            /**
             * @description What the script takes part in.
             * @example client_registration
             * @enum {string}
             */
            scriptType: "person_authentication" | "authorization_challenge" | "introspection" | "resource_owner_password_credentials" | "application_session" | "link_interception" | "client_registration" | "id_generator" | "uma_rpt_policy" | "uma_rpt_claims" | "uma_claims_gathering" | "access_evaluation" | "access_evaluation_discovery" | "token_exchange" | "consent_gathering" | "dynamic_scope" | "spontaneous_scope" | "end_session" | "post_authn" | "client_authn" | "select_account" | "create_user" | "scim" | "ciba_end_user_notification" | "revoke_token" | "persistence_extension" | "idp" | "discovery" | "cookie" | "health_check" | "authz_detail" | "update_token" | "tx_token" | "logout_status_jwt" | "par" | "config_api_auth" | "modify_ssa_response" | "fido2_extension" | "lock_extension" | "identity_assertion";
            /**
             * @description The language of the script. Only `javascript` runs here.
             * @example javascript
             * @enum {string}
             */
            programmingLanguage: "javascript" | "python" | "java";
            /**
             * @description Settings for the service that runs the script, such as `usage_type`.
             * @example [
             *       {
             *         "value1": "usage_type",
             *         "value2": "interactive"
             *       }
             *     ]
             */
            moduleProperties?: components["schemas"]["SimpleCustomProperty"][];
            /**
             * @description What the script is configured with, each under a name of its own. The value of a hidden one is encrypted where it is kept and answered as `********`; that, or no value, keeps it when it is sent back.
             * @example [
             *       {
             *         "value1": "hosts",
             *         "value2": "shop.example.com",
             *         "hide": false
             *       }
             *     ]
             */
            configurationProperties?: components["schemas"]["SimpleExtendedCustomProperty"][];
            /**
             * Format: int32
             * @description The place among the scripts of its type. Where only one of them may answer, it is the one with the highest.
             * @example 10
             */
            level?: number;
            /**
             * @description Whether the script runs.
             * @example true
             */
            enabled?: boolean;
            /**
             * @description A mark of Janssen's pages.
             * @example false
             */
            modified?: boolean;
            /**
             * @description A mark of Janssen's pages, of scripts that came with an installation.
             * @example false
             */
            internal?: boolean;
            /**
             * @description Where the text is. It is always in the database.
             * @example db
             * @enum {string}
             */
            locationType?: "db";
        };
        /** @description Client metadata (RFC 7591 section 2). The members client_name, client_uri, logo_uri, policy_uri and tos_uri may stand in other languages as well, under names such as `client_name#fr` (BCP 47). Unknown members are ignored. */
        RegistrationRequest: {
            /**
             * @description The name that users read on sign-in and consent pages (RFC 7591 section 2). `displayName` and the `""` language of `clientNameLocalized` hold the same value. A client without a name can only be shown by its id.
             * @example Photo print shop
             */
            client_name?: string;
            /**
             * @description How the client authenticates at the token endpoint and the other endpoints that it calls directly (OpenID Connect Core section 9, RFC 8705). `none` makes it a public client, which has no secret and relies on PKCE. Absent is stored as `client_secret_basic`; more methods can be accepted through `attributes.additionalTokenEndpointAuthMethods`. The built-in authorization server takes `client_secret_basic`, `client_secret_post`, `client_secret_jwt` and `private_key_jwt`; the others are for the deployment's.
             * @example client_secret_basic
             * @enum {string}
             */
            token_endpoint_auth_method?: "client_secret_basic" | "client_secret_post" | "client_secret_jwt" | "private_key_jwt" | "access_token" | "tls_client_auth" | "self_signed_tls_client_auth" | "none" | "spiffe_jwt";
            /**
             * @description Whether all clients see the same `sub` claim for a user (`public`), or each sector its own, so that clients cannot compare their users (`pairwise`; OpenID Connect Core section 8). Absent is stored as `public`.
             * @example public
             * @enum {string}
             */
            subject_type?: "public" | "pairwise";
            /**
             * @description The https address of a JSON array that names every redirect URI of the client. Pairwise subjects are then computed from the host of this address (OpenID Connect Core section 8.1); without it from the host of the redirect URIs, which must be one and the same.
             * @example https://print.example.com/sector.json
             */
            sector_identifier_uri?: string;
            /**
             * @description The grants that the token endpoint accepts from the client (RFC 7591 section 2); it refuses every other one. `authorization_code` and `implicit` need redirect URIs and fitting response types. Absent is stored as an empty list, with which the client gets no tokens.
             * @example [
             *       "authorization_code",
             *       "refresh_token",
             *       "urn:openid:params:grant-type:ciba"
             *     ]
             */
            grant_types?: ("none" | "authorization_code" | "implicit" | "password" | "client_credentials" | "refresh_token" | "urn:ietf:params:oauth:grant-type:uma-ticket" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:openid:params:grant-type:ciba" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:jwt-bearer")[];
            /**
             * @description What the client may ask the authorization endpoint for (RFC 6749 section 3.1.1); a combination is an entry of its own. `code` goes with the grant type `authorization_code`, `token` and `id_token` with `implicit`, a combination with those of its parts. Absent means that the client sends no authorization requests.
             * @example [
             *       "code"
             *     ]
             */
            response_types?: ("code" | "token" | "id_token" | "code token" | "code id_token" | "id_token token" | "code id_token token")[];
            /**
             * @description Decides which redirect URIs are acceptable: a `web` client is called back over https, a `native` one runs on the device of the user and may use a private-use scheme or a loopback address (OpenID Connect Dynamic Client Registration section 2, RFC 8252 section 7). Absent is stored as `web`.
             * @example web
             * @enum {string}
             */
            application_type?: "web" | "native";
            /**
             * @description Where the authorization server may send the user back to with its answer. The `redirect_uri` of a request must equal one of them character by character, except for the port of a native client's loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3). A client with the grant type `authorization_code` or `implicit`, or with a response type, must have one; for every other client an empty list and none are the same.
             * @example [
             *       "https://print.example.com/callback"
             *     ]
             */
            redirect_uris?: string[];
            /** @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none. */
            scope?: string;
            /** @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none. */
            scopes?: string;
            /** @description The claims that the client may ask for one by one with the `claims` parameter (OpenID Connect Core section 5.5), besides those that come with its scopes. Each is written as a DN or as the name of the claim, must exist, and is answered as a DN. */
            claims?: string;
            /**
             * @description Whether access tokens are JWTs that an API verifies by itself (RFC 9068), or references that it has to introspect (RFC 7662), which is what false or absent means. The built-in authorization server issues JWTs in either case.
             * @example true
             */
            access_token_as_jwt?: boolean;
            /**
             * @description The member of the `cnf` claim in which ID tokens carry the hash of the Token Binding id, as a rule `tbh` (OpenID Connect Token Bound Authentication). Absent means that ID tokens are not bound.
             * @example tbh
             */
            id_token_token_binding_cnf?: string;
            /**
             * Format: int32
             * @description How many seconds access tokens of the client are valid. Absent or 0 leaves it to the authorization server; the built-in one never issues them for more than 3600 seconds.
             * @example 300
             */
            access_token_lifetime?: number;
            /**
             * Format: int32
             * @description How many seconds ago the user may have signed in when a request has no `max_age` of its own; after that the user signs in again (OpenID Connect Dynamic Client Registration section 2). Absent means no limit.
             * @example 3600
             */
            default_max_age?: number;
            /**
             * @description A page of the client that the authorization server loads in an iframe when the user signs out, so that the client ends its own session (OpenID Connect Front-Channel Logout section 2). It uses https and the host of a redirect URI; absent means that the browser does not tell the client.
             * @example https://print.example.com/logout/frontchannel
             */
            frontchannel_logout_uri?: string;
            /**
             * @description Adds `iss` and `sid` to the front-channel logout URI, so that the client can tell which session ends (OpenID Connect Front-Channel Logout section 2).
             * @example true
             */
            frontchannel_logout_session_required?: boolean;
            /**
             * @description Where the user may be sent after a logout that the client has asked for; `post_logout_redirect_uri` of that request must equal one of them (OpenID Connect RP-Initiated Logout section 3). Absent means that the user stays at the authorization server.
             * @example [
             *       "https://print.example.com/"
             *     ]
             */
            post_logout_redirect_uris?: string[];
            /**
             * @description The home page of the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/
             */
            client_uri?: string;
            /**
             * @description A page that says how the client treats the data of its users, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/privacy
             */
            policy_uri?: string;
            /**
             * @description The address of an image that stands beside the name of the client on sign-in and consent pages (RFC 7591 section 2). Absent means that the name stands alone.
             * @example https://print.example.com/logo.png
             */
            logo_uri?: string;
            /**
             * @description The terms that users accept when they use the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/terms
             */
            tos_uri?: string;
            /**
             * @description How to reach the people responsible for the client, as a rule e-mail addresses (RFC 7591 section 2). Administrators use them; an authorization server may show them to users.
             * @example [
             *       "web@print.example.com"
             *     ]
             */
            contacts?: string[];
            /**
             * @description The web origins (scheme, host and port) whose scripts may call the authorization server from a browser as this client (CORS). Absent means that the client adds none to those that the server allows anyway.
             * @example [
             *       "https://print.example.com"
             *     ]
             */
            authorized_origins?: string[];
            /**
             * @description Identifies the software that the client is an instance of: the same for all its instances and versions (RFC 7591 section 2). It is a claim of the registrant unless a software statement confirms it.
             * @example 4NRB1-0XZABZI9E6-5SM3R
             */
            software_id?: string;
            /**
             * @description The version of the software that `softwareId` names; it changes with every release (RFC 7591 section 2).
             * @example 2.4.1
             */
            software_version?: string;
            /**
             * @description A signed JWT in which a third party vouches for the metadata of the software (RFC 7591 section 2.3). Its claims win over the plain members of a registration request; it is kept and returned exactly as it was received.
             * @example eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL3N0YXRlbWVudHMuZXhhbXBsZSIsInNvZnR3YXJlX2lkIjoiNE5SQjEtMFhaQUJaSTlFNi01U00zUiJ9.ZXhhbXBsZS1zaWduYXR1cmU
             */
            software_statement?: string;
            /**
             * @description How the client learns the outcome of a CIBA request: it asks again and again (`poll`), it is told to fetch the tokens (`ping`), or they are sent to it (`push`); see OpenID Connect CIBA Core section 5. Absent means that the client does not use CIBA.
             * @example ping
             * @enum {string}
             */
            backchannel_token_delivery_mode?: "poll" | "ping" | "push";
            /**
             * @description The https endpoint of the client that the authorization server calls in the modes `ping` and `push`, which cannot work without it (OpenID Connect CIBA Core section 4). It is not used in the mode `poll`.
             * @example https://print.example.com/ciba/notify
             */
            backchannel_client_notification_endpoint?: string;
            /**
             * @description The JWS algorithm that the client signs its CIBA requests with (OpenID Connect CIBA Core sections 4 and 7.1.1). Absent means that it sends them unsigned.
             * @example ES256
             * @enum {string}
             */
            backchannel_authentication_request_signing_alg?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "PS256" | "PS384" | "PS512";
            /**
             * @description Whether the client can send `user_code`, a code known only to the user that keeps strangers from setting off authentication requests (OpenID Connect CIBA Core section 4). It takes effect where the authorization server supports it.
             * @example true
             */
            backchannel_user_code_parameter?: boolean;
            /**
             * @description Whether the requesting party tokens of UMA 2.0 are JWTs that a resource server verifies by itself. False or absent means references that it has to introspect.
             * @example false
             */
            rpt_as_jwt?: boolean;
            /**
             * @description Where a requesting party may be sent back to after UMA has gathered claims; `claims_redirect_uri` of the request must equal one of them (UMA 2.0 Grant section 3.3.2). The rules for `redirectUris` hold here too; absent means that claims cannot be gathered interactively.
             * @example [
             *       "https://print.example.com/uma/callback"
             *     ]
             */
            claims_redirect_uri?: string[];
            /**
             * @description The https address of the client's public keys, a JWK Set (RFC 7517). Its signatures (client assertions, request objects) are verified with them, and what is encrypted for it is encrypted to them. Keys can be changed there without a change to the client, which is why it is preferred to `jwks`; a client has one or the other.
             * @example https://print.example.com/jwks.json
             */
            jwks_uri?: string;
            /** @description The client's public keys by value, for a client that cannot publish them: a string that holds the JSON text of a JWK Set (RFC 7517 section 5), not an object. Dynamic registration takes and returns an object. Private and symmetric keys have no place in it. */
            jwks?: {
                [key: string]: unknown;
            };
            /**
             * @description The JWS algorithm (RFC 7518 section 3) that ID tokens for the client are signed with, such as `RS256` or `ES256`; `HS256` and the like use the client secret as key. Absent leaves it to the authorization server, as a rule `RS256` (OpenID Connect Dynamic Client Registration section 2).
             * @example RS256
             */
            id_token_signed_response_alg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 4) that encrypts the content key of ID tokens for the client, such as `RSA-OAEP`; the token is signed first. It needs a key of the client. Absent means that ID tokens are not encrypted.
             * @example RSA-OAEP
             */
            id_token_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 5) that encrypts the content of ID tokens, such as `A256GCM`. It is used only together with `idTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            id_token_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that access tokens are signed with when they are JWTs, such as `RS256`. Absent leaves it to the authorization server; the built-in one signs with `RS256` in either case.
             * @example RS256
             */
            access_token_signing_alg?: string;
            /**
             * @description The JWS algorithm that UserInfo replies to the client are signed with; they are JWTs then (OpenID Connect Core section 5.3.2). Absent means plain JSON.
             * @example RS256
             */
            userinfo_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of UserInfo replies to a key of the client, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            userinfo_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of UserInfo replies, such as `A256GCM`. It is used only together with `userInfoEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            userinfo_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that the client signs its request objects with (OpenID Connect Core section 6.1, RFC 9101); the authorization server refuses those signed with another one. Absent allows every algorithm that the server supports.
             * @example ES256
             */
            request_object_signing_alg?: string;
            /**
             * @description The JWE algorithm with which the client encrypts the content key of its request objects to a key of the authorization server, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent says nothing: the client may encrypt them or not.
             * @example RSA-OAEP
             */
            request_object_encryption_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of request objects, such as `A256GCM`. It is used only together with `requestObjectEncryptionAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            request_object_encryption_enc?: string;
            /**
             * @description The JWS algorithm of the assertions that the client authenticates with under `private_key_jwt` or `client_secret_jwt`; assertions signed with another one are refused, and `none` never counts (OpenID Connect Dynamic Client Registration section 2). Absent allows every algorithm that the server supports for the method.
             * @example ES256
             */
            token_endpoint_auth_signing_alg?: string;
            /**
             * @description An https address of the client that another site sends the user to in order to start a sign-in; the client answers with an authorization request (OpenID Connect Core section 4). Absent means that only the client itself starts one.
             * @example https://print.example.com/login/start
             */
            initiate_login_uri?: string;
            /**
             * @description Addresses of request objects that the client uses by reference (OpenID Connect Core section 6.2, RFC 9101 section 5.2). Where the authorization server demands registration, `request_uri` must be one of them; a fragment can hold the SHA-256 digest of the file.
             * @example [
             *       "https://print.example.com/requests/checkout.jwt"
             *     ]
             */
            request_uris?: string[];
            /**
             * @description The authentication context classes that are asked for when a request names none, the preferred one first (OpenID Connect Dynamic Client Registration section 2). Absent leaves the choice to the authorization server.
             * @example [
             *       "otp"
             *     ]
             */
            default_acr_values?: string[];
            /**
             * @description The organization that the client belongs to, by name or by id. Software statements and scripts may rely on it; no OAuth flow does.
             * @example example-photo
             */
            org_id?: string;
            /**
             * @description Authentication methods that are accepted from the client besides `tokenEndpointAuthMethod`, for example while it moves from a secret to a key. The values are those of that property. Absent means that only the one method is accepted.
             * @example [
             *       "private_key_jwt",
             *       "tls_client_auth"
             *     ]
             */
            additional_token_endpoint_auth_methods?: string[];
            /**
             * @description The user attribute whose value becomes the `sub` claim for this client, where the authorization server allows a choice and `subjectType` is `public`. Absent means the identifier that the server uses for all clients.
             * @example uid
             */
            public_subject_identifier_attribute?: string;
            /**
             * @description Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected.
             * @example false
             */
            run_introspection_script_before_jwt_creation?: boolean;
            /**
             * @description Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected.
             * @example false
             */
            run_introspection_script_before_access_token_as_jwt_creation_and_include_claims?: boolean;
            /**
             * Format: int32
             * @description How many seconds ID tokens for the client are valid. Absent leaves it to the authorization server.
             * @example 3600
             */
            id_token_lifetime?: number;
            /**
             * Format: int32
             * @description How many seconds transaction tokens for the client are valid; they carry the context of one call through the services behind an API and are short-lived. Absent leaves it to the authorization server.
             * @example 180
             */
            tx_token_lifetime?: number;
            /**
             * @description Makes the client prove possession of a key with DPoP in every token request, and binds its access tokens to that key, so that a stolen token is of no use (RFC 9449 section 5.2). Otherwise DPoP is the client's choice. The built-in authorization server keeps to it as well.
             * @example false
             */
            dpop_bound_access_tokens?: boolean;
            /** @description The https endpoint of the client to which the authorization server posts a logout token when a session ends (OpenID Connect Back-Channel Logout section 2). It is a list for compatibility, as a rule with one entry, on the host of a redirect URI; dynamic registration takes and returns a single URI. */
            backchannel_logout_uri?: string;
            /**
             * @description Makes every logout token carry `sid`, so that the client can end one session and not all of the user's (OpenID Connect Back-Channel Logout section 2).
             * @example true
             */
            backchannel_logout_session_required?: boolean;
            /**
             * @description The attestation that the client presented at registration, a JWT that says what software runs on which device and is still to be appraised. Registration scripts decide by it; absent means that none was presented.
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F0dGVzdGVyLmV4YW1wbGUiLCJzdWIiOiJwaG90by1wcmludC1zaG9wIn0.ZXhhbXBsZS1zaWduYXR1cmU
             */
            evidence?: string;
            /**
             * Format: int32
             * @description How many seconds the `request_uri` of a pushed authorization request can be used (RFC 9126 section 2.2). Absent or 0 means 600.
             * @example 600
             */
            par_lifetime?: number;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @example false
             */
            require_par?: boolean;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @example false
             */
            require_pushed_authorization_requests?: boolean;
            /**
             * @description The JWS algorithm that introspection replies to the client are signed with, such as `RS256` (RFC 9701 section 6). The client is the API that asks here; absent means that it gets plain JSON, which the built-in authorization server answers in either case.
             * @example RS256
             */
            introspection_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of introspection replies to the client with one of its public keys, such as `RSA-OAEP` (RFC 9701 section 6). Absent means that they are not encrypted; the built-in authorization server never does that.
             * @example RSA-OAEP
             */
            introspection_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of introspection replies to the client, such as `A256GCM`. It is used only together with `introspectionEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            introspection_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that transaction tokens for the client are signed with, such as `RS256` (OAuth Transaction Tokens). Absent leaves it to the authorization server.
             * @example RS256
             */
            tx_token_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of transaction tokens for the client with one of its public keys, such as `RSA-OAEP` (OAuth Transaction Tokens). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            tx_token_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of transaction tokens for the client, such as `A256GCM`. It is used only together with `txTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            tx_token_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that authorization responses to the client are signed with, such as `RS256` (JARM section 3). They are JWTs when the request has one of the `jwt` response modes; `none` is not possible, and absent leaves it to the authorization server.
             * @example RS256
             */
            authorization_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of authorization responses to the client with one of its public keys, such as `RSA-OAEP` (JARM section 3). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            authorization_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of authorization responses to the client, such as `A256GCM`. It is used only together with `jansAuthEncRespAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            authorization_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that logout status JWTs are signed with, such as `RS256`; a client asks for one with `logout_status_jwt=true` and learns from a status list whether the user is still signed in. Absent leaves it to the authorization server.
             * @example RS256
             */
            logout_status_jwt_signed_response_alg?: string;
            /**
             * @description Refuses authorization requests of the client that have no `code_challenge` (RFC 7636, RFC 9700 section 2.1.1). False or absent means that only the setting of the authorization server counts.
             * @example true
             */
            require_pkce?: boolean;
            /**
             * @description Makes the authorization server put the time of the authentication into every ID token of the client, as the claim `auth_time` (OpenID Connect Dynamic Client Registration section 2). Janssen accepts it and keeps it nowhere.
             * @example true
             */
            require_auth_time?: boolean;
            /**
             * @description Treats every authorization request of the client as if it had `prompt=login`: the user signs in again even while a session is there (OpenID Connect Core section 3.1.2.1).
             * @example false
             */
            default_prompt_login?: boolean;
            /**
             * @description The only authentication context classes that the client may ask for; a request for another one is refused. Absent allows all that the authorization server has.
             * @example [
             *       "otp",
             *       "fido2"
             *     ]
             */
            authorized_acr_values?: string[];
            /**
             * Format: int32
             * @description The lowest level of authentication that is good enough for the client, as the authorization server numbers its methods. `minimumAcrLevelAutoresolve` says what happens to a request below it; absent or -1 means no minimum.
             * @example 10
             */
            minimum_acr_level?: number;
            /**
             * @description What happens to a request whose level is below `minimumAcrLevel`: with true the authorization server takes a method that reaches it, with false or absent it refuses the request.
             * @example true
             */
            minimum_acr_level_autoresolve?: boolean;
            /**
             * @description The order in which methods are tried when the authorization server raises the level by itself, the preferred one first. It counts only with `minimumAcrLevelAutoresolve`; absent leaves the order to the server.
             * @example [
             *       "fido2",
             *       "otp"
             *     ]
             */
            minimum_acr_priority_list?: string[];
            /**
             * @description The types that the client may use in `authorization_details`, with which a request asks for finer rights than a scope can name (RFC 9396 section 10). Absent means none. The built-in authorization server ignores `authorization_details`.
             * @example [
             *       "payment_initiation"
             *     ]
             */
            authorization_details_types?: string[];
            /**
             * @description The subject that the client's certificate must have when it authenticates with `tls_client_auth`, as a string of RFC 4514 (RFC 8705 section 2.1.2). That method needs it; other methods do not read it.
             * @example CN=print.example.com,O=Example Photo,C=US
             */
            tls_client_auth_subject_dn?: string;
            /**
             * @description The identity of the workload that the client runs as: `spiffe_jwt` accepts only a JWT-SVID for it. A trailing `/*` takes in every workload below the path.
             * @example spiffe://print.example.com/checkout
             */
            spiffe_id?: string;
            /**
             * @description The https address of the trust bundle, the keys that SVIDs of the client are verified with. Absent means the bundle that the authorization server has for the trust domain of `spiffeId`.
             * @example https://print.example.com/spiffe/bundle.json
             */
            spiffe_bundle_endpoint?: string;
            /**
             * @description Keeps the consent that users have given when the client ends, for records or for a client that is to come back. Otherwise it may be removed together with the client.
             * @example false
             */
            keep_client_authorization_after_expiration?: boolean;
            /**
             * Format: int32
             * @description The lifetime in seconds that was asked for when the client registered itself. The registration computes `expirationDate` from it, once; absent means that the registrant left it to the server.
             * @example 126230400
             */
            lifetime?: number;
        } & {
            [key: string]: unknown;
        };
        /** @description The whole metadata of a client, which replaces what it has (RFC 7592 section 2.2). */
        RegistrationUpdate: {
            /**
             * @description The name that users read on sign-in and consent pages (RFC 7591 section 2). `displayName` and the `""` language of `clientNameLocalized` hold the same value. A client without a name can only be shown by its id.
             * @example Photo print shop
             */
            client_name?: string;
            /**
             * @description How the client authenticates at the token endpoint and the other endpoints that it calls directly (OpenID Connect Core section 9, RFC 8705). `none` makes it a public client, which has no secret and relies on PKCE. Absent is stored as `client_secret_basic`; more methods can be accepted through `attributes.additionalTokenEndpointAuthMethods`. The built-in authorization server takes `client_secret_basic`, `client_secret_post`, `client_secret_jwt` and `private_key_jwt`; the others are for the deployment's.
             * @example client_secret_basic
             * @enum {string}
             */
            token_endpoint_auth_method?: "client_secret_basic" | "client_secret_post" | "client_secret_jwt" | "private_key_jwt" | "access_token" | "tls_client_auth" | "self_signed_tls_client_auth" | "none" | "spiffe_jwt";
            /**
             * @description Whether all clients see the same `sub` claim for a user (`public`), or each sector its own, so that clients cannot compare their users (`pairwise`; OpenID Connect Core section 8). Absent is stored as `public`.
             * @example public
             * @enum {string}
             */
            subject_type?: "public" | "pairwise";
            /**
             * @description The https address of a JSON array that names every redirect URI of the client. Pairwise subjects are then computed from the host of this address (OpenID Connect Core section 8.1); without it from the host of the redirect URIs, which must be one and the same.
             * @example https://print.example.com/sector.json
             */
            sector_identifier_uri?: string;
            /**
             * @description The grants that the token endpoint accepts from the client (RFC 7591 section 2); it refuses every other one. `authorization_code` and `implicit` need redirect URIs and fitting response types. Absent is stored as an empty list, with which the client gets no tokens.
             * @example [
             *       "authorization_code",
             *       "refresh_token",
             *       "urn:openid:params:grant-type:ciba"
             *     ]
             */
            grant_types?: ("none" | "authorization_code" | "implicit" | "password" | "client_credentials" | "refresh_token" | "urn:ietf:params:oauth:grant-type:uma-ticket" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:openid:params:grant-type:ciba" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:jwt-bearer")[];
            /**
             * @description What the client may ask the authorization endpoint for (RFC 6749 section 3.1.1); a combination is an entry of its own. `code` goes with the grant type `authorization_code`, `token` and `id_token` with `implicit`, a combination with those of its parts. Absent means that the client sends no authorization requests.
             * @example [
             *       "code"
             *     ]
             */
            response_types?: ("code" | "token" | "id_token" | "code token" | "code id_token" | "id_token token" | "code id_token token")[];
            /**
             * @description Decides which redirect URIs are acceptable: a `web` client is called back over https, a `native` one runs on the device of the user and may use a private-use scheme or a loopback address (OpenID Connect Dynamic Client Registration section 2, RFC 8252 section 7). Absent is stored as `web`.
             * @example web
             * @enum {string}
             */
            application_type?: "web" | "native";
            /**
             * @description Where the authorization server may send the user back to with its answer. The `redirect_uri` of a request must equal one of them character by character, except for the port of a native client's loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3). A client with the grant type `authorization_code` or `implicit`, or with a response type, must have one; for every other client an empty list and none are the same.
             * @example [
             *       "https://print.example.com/callback"
             *     ]
             */
            redirect_uris?: string[];
            /** @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none. */
            scope?: string;
            /** @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none. */
            scopes?: string;
            /** @description The claims that the client may ask for one by one with the `claims` parameter (OpenID Connect Core section 5.5), besides those that come with its scopes. Each is written as a DN or as the name of the claim, must exist, and is answered as a DN. */
            claims?: string;
            /**
             * @description Whether access tokens are JWTs that an API verifies by itself (RFC 9068), or references that it has to introspect (RFC 7662), which is what false or absent means. The built-in authorization server issues JWTs in either case.
             * @example true
             */
            access_token_as_jwt?: boolean;
            /**
             * @description The member of the `cnf` claim in which ID tokens carry the hash of the Token Binding id, as a rule `tbh` (OpenID Connect Token Bound Authentication). Absent means that ID tokens are not bound.
             * @example tbh
             */
            id_token_token_binding_cnf?: string;
            /**
             * Format: int32
             * @description How many seconds access tokens of the client are valid. Absent or 0 leaves it to the authorization server; the built-in one never issues them for more than 3600 seconds.
             * @example 300
             */
            access_token_lifetime?: number;
            /**
             * Format: int32
             * @description How many seconds ago the user may have signed in when a request has no `max_age` of its own; after that the user signs in again (OpenID Connect Dynamic Client Registration section 2). Absent means no limit.
             * @example 3600
             */
            default_max_age?: number;
            /**
             * @description A page of the client that the authorization server loads in an iframe when the user signs out, so that the client ends its own session (OpenID Connect Front-Channel Logout section 2). It uses https and the host of a redirect URI; absent means that the browser does not tell the client.
             * @example https://print.example.com/logout/frontchannel
             */
            frontchannel_logout_uri?: string;
            /**
             * @description Adds `iss` and `sid` to the front-channel logout URI, so that the client can tell which session ends (OpenID Connect Front-Channel Logout section 2).
             * @example true
             */
            frontchannel_logout_session_required?: boolean;
            /**
             * @description Where the user may be sent after a logout that the client has asked for; `post_logout_redirect_uri` of that request must equal one of them (OpenID Connect RP-Initiated Logout section 3). Absent means that the user stays at the authorization server.
             * @example [
             *       "https://print.example.com/"
             *     ]
             */
            post_logout_redirect_uris?: string[];
            /**
             * @description The home page of the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/
             */
            client_uri?: string;
            /**
             * @description A page that says how the client treats the data of its users, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/privacy
             */
            policy_uri?: string;
            /**
             * @description The address of an image that stands beside the name of the client on sign-in and consent pages (RFC 7591 section 2). Absent means that the name stands alone.
             * @example https://print.example.com/logo.png
             */
            logo_uri?: string;
            /**
             * @description The terms that users accept when they use the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/terms
             */
            tos_uri?: string;
            /**
             * @description How to reach the people responsible for the client, as a rule e-mail addresses (RFC 7591 section 2). Administrators use them; an authorization server may show them to users.
             * @example [
             *       "web@print.example.com"
             *     ]
             */
            contacts?: string[];
            /**
             * @description The web origins (scheme, host and port) whose scripts may call the authorization server from a browser as this client (CORS). Absent means that the client adds none to those that the server allows anyway.
             * @example [
             *       "https://print.example.com"
             *     ]
             */
            authorized_origins?: string[];
            /**
             * @description Identifies the software that the client is an instance of: the same for all its instances and versions (RFC 7591 section 2). It is a claim of the registrant unless a software statement confirms it.
             * @example 4NRB1-0XZABZI9E6-5SM3R
             */
            software_id?: string;
            /**
             * @description The version of the software that `softwareId` names; it changes with every release (RFC 7591 section 2).
             * @example 2.4.1
             */
            software_version?: string;
            /**
             * @description A signed JWT in which a third party vouches for the metadata of the software (RFC 7591 section 2.3). Its claims win over the plain members of a registration request; it is kept and returned exactly as it was received.
             * @example eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL3N0YXRlbWVudHMuZXhhbXBsZSIsInNvZnR3YXJlX2lkIjoiNE5SQjEtMFhaQUJaSTlFNi01U00zUiJ9.ZXhhbXBsZS1zaWduYXR1cmU
             */
            software_statement?: string;
            /**
             * @description How the client learns the outcome of a CIBA request: it asks again and again (`poll`), it is told to fetch the tokens (`ping`), or they are sent to it (`push`); see OpenID Connect CIBA Core section 5. Absent means that the client does not use CIBA.
             * @example ping
             * @enum {string}
             */
            backchannel_token_delivery_mode?: "poll" | "ping" | "push";
            /**
             * @description The https endpoint of the client that the authorization server calls in the modes `ping` and `push`, which cannot work without it (OpenID Connect CIBA Core section 4). It is not used in the mode `poll`.
             * @example https://print.example.com/ciba/notify
             */
            backchannel_client_notification_endpoint?: string;
            /**
             * @description The JWS algorithm that the client signs its CIBA requests with (OpenID Connect CIBA Core sections 4 and 7.1.1). Absent means that it sends them unsigned.
             * @example ES256
             * @enum {string}
             */
            backchannel_authentication_request_signing_alg?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "PS256" | "PS384" | "PS512";
            /**
             * @description Whether the client can send `user_code`, a code known only to the user that keeps strangers from setting off authentication requests (OpenID Connect CIBA Core section 4). It takes effect where the authorization server supports it.
             * @example true
             */
            backchannel_user_code_parameter?: boolean;
            /**
             * @description Whether the requesting party tokens of UMA 2.0 are JWTs that a resource server verifies by itself. False or absent means references that it has to introspect.
             * @example false
             */
            rpt_as_jwt?: boolean;
            /**
             * @description Where a requesting party may be sent back to after UMA has gathered claims; `claims_redirect_uri` of the request must equal one of them (UMA 2.0 Grant section 3.3.2). The rules for `redirectUris` hold here too; absent means that claims cannot be gathered interactively.
             * @example [
             *       "https://print.example.com/uma/callback"
             *     ]
             */
            claims_redirect_uri?: string[];
            /**
             * @description The https address of the client's public keys, a JWK Set (RFC 7517). Its signatures (client assertions, request objects) are verified with them, and what is encrypted for it is encrypted to them. Keys can be changed there without a change to the client, which is why it is preferred to `jwks`; a client has one or the other.
             * @example https://print.example.com/jwks.json
             */
            jwks_uri?: string;
            /** @description The client's public keys by value, for a client that cannot publish them: a string that holds the JSON text of a JWK Set (RFC 7517 section 5), not an object. Dynamic registration takes and returns an object. Private and symmetric keys have no place in it. */
            jwks?: {
                [key: string]: unknown;
            };
            /**
             * @description The JWS algorithm (RFC 7518 section 3) that ID tokens for the client are signed with, such as `RS256` or `ES256`; `HS256` and the like use the client secret as key. Absent leaves it to the authorization server, as a rule `RS256` (OpenID Connect Dynamic Client Registration section 2).
             * @example RS256
             */
            id_token_signed_response_alg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 4) that encrypts the content key of ID tokens for the client, such as `RSA-OAEP`; the token is signed first. It needs a key of the client. Absent means that ID tokens are not encrypted.
             * @example RSA-OAEP
             */
            id_token_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 5) that encrypts the content of ID tokens, such as `A256GCM`. It is used only together with `idTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            id_token_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that access tokens are signed with when they are JWTs, such as `RS256`. Absent leaves it to the authorization server; the built-in one signs with `RS256` in either case.
             * @example RS256
             */
            access_token_signing_alg?: string;
            /**
             * @description The JWS algorithm that UserInfo replies to the client are signed with; they are JWTs then (OpenID Connect Core section 5.3.2). Absent means plain JSON.
             * @example RS256
             */
            userinfo_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of UserInfo replies to a key of the client, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            userinfo_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of UserInfo replies, such as `A256GCM`. It is used only together with `userInfoEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            userinfo_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that the client signs its request objects with (OpenID Connect Core section 6.1, RFC 9101); the authorization server refuses those signed with another one. Absent allows every algorithm that the server supports.
             * @example ES256
             */
            request_object_signing_alg?: string;
            /**
             * @description The JWE algorithm with which the client encrypts the content key of its request objects to a key of the authorization server, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent says nothing: the client may encrypt them or not.
             * @example RSA-OAEP
             */
            request_object_encryption_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of request objects, such as `A256GCM`. It is used only together with `requestObjectEncryptionAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            request_object_encryption_enc?: string;
            /**
             * @description The JWS algorithm of the assertions that the client authenticates with under `private_key_jwt` or `client_secret_jwt`; assertions signed with another one are refused, and `none` never counts (OpenID Connect Dynamic Client Registration section 2). Absent allows every algorithm that the server supports for the method.
             * @example ES256
             */
            token_endpoint_auth_signing_alg?: string;
            /**
             * @description An https address of the client that another site sends the user to in order to start a sign-in; the client answers with an authorization request (OpenID Connect Core section 4). Absent means that only the client itself starts one.
             * @example https://print.example.com/login/start
             */
            initiate_login_uri?: string;
            /**
             * @description Addresses of request objects that the client uses by reference (OpenID Connect Core section 6.2, RFC 9101 section 5.2). Where the authorization server demands registration, `request_uri` must be one of them; a fragment can hold the SHA-256 digest of the file.
             * @example [
             *       "https://print.example.com/requests/checkout.jwt"
             *     ]
             */
            request_uris?: string[];
            /**
             * @description The authentication context classes that are asked for when a request names none, the preferred one first (OpenID Connect Dynamic Client Registration section 2). Absent leaves the choice to the authorization server.
             * @example [
             *       "otp"
             *     ]
             */
            default_acr_values?: string[];
            /**
             * @description The organization that the client belongs to, by name or by id. Software statements and scripts may rely on it; no OAuth flow does.
             * @example example-photo
             */
            org_id?: string;
            /**
             * @description Authentication methods that are accepted from the client besides `tokenEndpointAuthMethod`, for example while it moves from a secret to a key. The values are those of that property. Absent means that only the one method is accepted.
             * @example [
             *       "private_key_jwt",
             *       "tls_client_auth"
             *     ]
             */
            additional_token_endpoint_auth_methods?: string[];
            /**
             * @description The user attribute whose value becomes the `sub` claim for this client, where the authorization server allows a choice and `subjectType` is `public`. Absent means the identifier that the server uses for all clients.
             * @example uid
             */
            public_subject_identifier_attribute?: string;
            /**
             * @description Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected.
             * @example false
             */
            run_introspection_script_before_jwt_creation?: boolean;
            /**
             * @description Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected.
             * @example false
             */
            run_introspection_script_before_access_token_as_jwt_creation_and_include_claims?: boolean;
            /**
             * Format: int32
             * @description How many seconds ID tokens for the client are valid. Absent leaves it to the authorization server.
             * @example 3600
             */
            id_token_lifetime?: number;
            /**
             * Format: int32
             * @description How many seconds transaction tokens for the client are valid; they carry the context of one call through the services behind an API and are short-lived. Absent leaves it to the authorization server.
             * @example 180
             */
            tx_token_lifetime?: number;
            /**
             * @description Makes the client prove possession of a key with DPoP in every token request, and binds its access tokens to that key, so that a stolen token is of no use (RFC 9449 section 5.2). Otherwise DPoP is the client's choice. The built-in authorization server keeps to it as well.
             * @example false
             */
            dpop_bound_access_tokens?: boolean;
            /** @description The https endpoint of the client to which the authorization server posts a logout token when a session ends (OpenID Connect Back-Channel Logout section 2). It is a list for compatibility, as a rule with one entry, on the host of a redirect URI; dynamic registration takes and returns a single URI. */
            backchannel_logout_uri?: string;
            /**
             * @description Makes every logout token carry `sid`, so that the client can end one session and not all of the user's (OpenID Connect Back-Channel Logout section 2).
             * @example true
             */
            backchannel_logout_session_required?: boolean;
            /**
             * @description The attestation that the client presented at registration, a JWT that says what software runs on which device and is still to be appraised. Registration scripts decide by it; absent means that none was presented.
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F0dGVzdGVyLmV4YW1wbGUiLCJzdWIiOiJwaG90by1wcmludC1zaG9wIn0.ZXhhbXBsZS1zaWduYXR1cmU
             */
            evidence?: string;
            /**
             * Format: int32
             * @description How many seconds the `request_uri` of a pushed authorization request can be used (RFC 9126 section 2.2). Absent or 0 means 600.
             * @example 600
             */
            par_lifetime?: number;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @example false
             */
            require_par?: boolean;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @example false
             */
            require_pushed_authorization_requests?: boolean;
            /**
             * @description The JWS algorithm that introspection replies to the client are signed with, such as `RS256` (RFC 9701 section 6). The client is the API that asks here; absent means that it gets plain JSON, which the built-in authorization server answers in either case.
             * @example RS256
             */
            introspection_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of introspection replies to the client with one of its public keys, such as `RSA-OAEP` (RFC 9701 section 6). Absent means that they are not encrypted; the built-in authorization server never does that.
             * @example RSA-OAEP
             */
            introspection_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of introspection replies to the client, such as `A256GCM`. It is used only together with `introspectionEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            introspection_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that transaction tokens for the client are signed with, such as `RS256` (OAuth Transaction Tokens). Absent leaves it to the authorization server.
             * @example RS256
             */
            tx_token_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of transaction tokens for the client with one of its public keys, such as `RSA-OAEP` (OAuth Transaction Tokens). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            tx_token_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of transaction tokens for the client, such as `A256GCM`. It is used only together with `txTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            tx_token_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that authorization responses to the client are signed with, such as `RS256` (JARM section 3). They are JWTs when the request has one of the `jwt` response modes; `none` is not possible, and absent leaves it to the authorization server.
             * @example RS256
             */
            authorization_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of authorization responses to the client with one of its public keys, such as `RSA-OAEP` (JARM section 3). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            authorization_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of authorization responses to the client, such as `A256GCM`. It is used only together with `jansAuthEncRespAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            authorization_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that logout status JWTs are signed with, such as `RS256`; a client asks for one with `logout_status_jwt=true` and learns from a status list whether the user is still signed in. Absent leaves it to the authorization server.
             * @example RS256
             */
            logout_status_jwt_signed_response_alg?: string;
            /**
             * @description Refuses authorization requests of the client that have no `code_challenge` (RFC 7636, RFC 9700 section 2.1.1). False or absent means that only the setting of the authorization server counts.
             * @example true
             */
            require_pkce?: boolean;
            /**
             * @description Makes the authorization server put the time of the authentication into every ID token of the client, as the claim `auth_time` (OpenID Connect Dynamic Client Registration section 2). Janssen accepts it and keeps it nowhere.
             * @example true
             */
            require_auth_time?: boolean;
            /**
             * @description Treats every authorization request of the client as if it had `prompt=login`: the user signs in again even while a session is there (OpenID Connect Core section 3.1.2.1).
             * @example false
             */
            default_prompt_login?: boolean;
            /**
             * @description The only authentication context classes that the client may ask for; a request for another one is refused. Absent allows all that the authorization server has.
             * @example [
             *       "otp",
             *       "fido2"
             *     ]
             */
            authorized_acr_values?: string[];
            /**
             * Format: int32
             * @description The lowest level of authentication that is good enough for the client, as the authorization server numbers its methods. `minimumAcrLevelAutoresolve` says what happens to a request below it; absent or -1 means no minimum.
             * @example 10
             */
            minimum_acr_level?: number;
            /**
             * @description What happens to a request whose level is below `minimumAcrLevel`: with true the authorization server takes a method that reaches it, with false or absent it refuses the request.
             * @example true
             */
            minimum_acr_level_autoresolve?: boolean;
            /**
             * @description The order in which methods are tried when the authorization server raises the level by itself, the preferred one first. It counts only with `minimumAcrLevelAutoresolve`; absent leaves the order to the server.
             * @example [
             *       "fido2",
             *       "otp"
             *     ]
             */
            minimum_acr_priority_list?: string[];
            /**
             * @description The types that the client may use in `authorization_details`, with which a request asks for finer rights than a scope can name (RFC 9396 section 10). Absent means none. The built-in authorization server ignores `authorization_details`.
             * @example [
             *       "payment_initiation"
             *     ]
             */
            authorization_details_types?: string[];
            /**
             * @description The subject that the client's certificate must have when it authenticates with `tls_client_auth`, as a string of RFC 4514 (RFC 8705 section 2.1.2). That method needs it; other methods do not read it.
             * @example CN=print.example.com,O=Example Photo,C=US
             */
            tls_client_auth_subject_dn?: string;
            /**
             * @description The identity of the workload that the client runs as: `spiffe_jwt` accepts only a JWT-SVID for it. A trailing `/*` takes in every workload below the path.
             * @example spiffe://print.example.com/checkout
             */
            spiffe_id?: string;
            /**
             * @description The https address of the trust bundle, the keys that SVIDs of the client are verified with. Absent means the bundle that the authorization server has for the trust domain of `spiffeId`.
             * @example https://print.example.com/spiffe/bundle.json
             */
            spiffe_bundle_endpoint?: string;
            /**
             * @description Keeps the consent that users have given when the client ends, for records or for a client that is to come back. Otherwise it may be removed together with the client.
             * @example false
             */
            keep_client_authorization_after_expiration?: boolean;
            /**
             * Format: int32
             * @description The lifetime in seconds that was asked for when the client registered itself. The registration computes `expirationDate` from it, once; absent means that the registrant left it to the server.
             * @example 126230400
             */
            lifetime?: number;
            /** @description The id of the client, as in the address. */
            client_id: string;
            /** @description The secret that the client has, if it is sent at all. It cannot be chosen. */
            client_secret?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A registration as it is stored, with what was left out completed (RFC 7591 section 3.2.1). The members client_name, client_uri, logo_uri, policy_uri and tos_uri may stand in other languages as well, under names such as `client_name#fr` (BCP 47). */
        RegistrationReply: {
            /**
             * @description The id of the client, which it sends as `client_id` in OAuth requests (RFC 6749 section 2.2). A caller may choose it on creation, where one that is taken is refused with 409; otherwise the service makes one. It never changes.
             * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
             */
            client_id: string;
            /**
             * @description The name that users read on sign-in and consent pages (RFC 7591 section 2). `displayName` and the `""` language of `clientNameLocalized` hold the same value. A client without a name can only be shown by its id.
             * @example Photo print shop
             */
            client_name?: string;
            /**
             * @description The secret that the client proves itself with: 8 to 256 printable ASCII characters, no space. A client whose authentication methods need one gets a random secret when this is left out on creation: of 256 bits, or of 64 characters where it is the key of an algorithm. Leaving it out of an update keeps the present one, and sending that one again changes nothing. It is shown in the reply that sets it, and later only where the deployment keeps secrets recoverable. Where the client states an algorithm such as `HS512`, the secret has at least as many bytes as the hash (RFC 7518 section 3.2); where it states none, only those are taken that the secret is long enough for.
             * @example s6BhdRkqt3-example-secret
             */
            client_secret?: string;
            /**
             * @description How the client authenticates at the token endpoint and the other endpoints that it calls directly (OpenID Connect Core section 9, RFC 8705). `none` makes it a public client, which has no secret and relies on PKCE. Absent is stored as `client_secret_basic`; more methods can be accepted through `attributes.additionalTokenEndpointAuthMethods`. The built-in authorization server takes `client_secret_basic`, `client_secret_post`, `client_secret_jwt` and `private_key_jwt`; the others are for the deployment's.
             * @example client_secret_basic
             * @enum {string}
             */
            token_endpoint_auth_method?: "client_secret_basic" | "client_secret_post" | "client_secret_jwt" | "private_key_jwt" | "access_token" | "tls_client_auth" | "self_signed_tls_client_auth" | "none" | "spiffe_jwt";
            /**
             * @description Whether all clients see the same `sub` claim for a user (`public`), or each sector its own, so that clients cannot compare their users (`pairwise`; OpenID Connect Core section 8). Absent is stored as `public`.
             * @example public
             * @enum {string}
             */
            subject_type?: "public" | "pairwise";
            /**
             * @description The https address of a JSON array that names every redirect URI of the client. Pairwise subjects are then computed from the host of this address (OpenID Connect Core section 8.1); without it from the host of the redirect URIs, which must be one and the same.
             * @example https://print.example.com/sector.json
             */
            sector_identifier_uri?: string;
            /**
             * @description The grants that the token endpoint accepts from the client (RFC 7591 section 2); it refuses every other one. `authorization_code` and `implicit` need redirect URIs and fitting response types. Absent is stored as an empty list, with which the client gets no tokens.
             * @example [
             *       "authorization_code",
             *       "refresh_token",
             *       "urn:openid:params:grant-type:ciba"
             *     ]
             */
            grant_types?: ("none" | "authorization_code" | "implicit" | "password" | "client_credentials" | "refresh_token" | "urn:ietf:params:oauth:grant-type:uma-ticket" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:openid:params:grant-type:ciba" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:jwt-bearer")[];
            /**
             * @description What the client may ask the authorization endpoint for (RFC 6749 section 3.1.1); a combination is an entry of its own. `code` goes with the grant type `authorization_code`, `token` and `id_token` with `implicit`, a combination with those of its parts. Absent means that the client sends no authorization requests.
             * @example [
             *       "code"
             *     ]
             */
            response_types?: ("code" | "token" | "id_token" | "code token" | "code id_token" | "id_token token" | "code id_token token")[];
            /**
             * @description Decides which redirect URIs are acceptable: a `web` client is called back over https, a `native` one runs on the device of the user and may use a private-use scheme or a loopback address (OpenID Connect Dynamic Client Registration section 2, RFC 8252 section 7). Absent is stored as `web`.
             * @example web
             * @enum {string}
             */
            application_type?: "web" | "native";
            /**
             * @description Where the authorization server may send the user back to with its answer. The `redirect_uri` of a request must equal one of them character by character, except for the port of a native client's loopback address (RFC 9700 section 2.1, RFC 8252 section 7.3). A client with the grant type `authorization_code` or `implicit`, or with a response type, must have one; for every other client an empty list and none are the same.
             * @example [
             *       "https://print.example.com/callback"
             *     ]
             */
            redirect_uris?: string[];
            /** @description The scopes that the client can be granted; all others, but for spontaneous ones, are left out of its tokens (RFC 6749 section 3.3). Each is written as a DN or as the id of the scope (`openid`), must exist, and is answered as a DN. Absent means that the client can be granted none. */
            scope?: string;
            /** @description The claims that the client may ask for one by one with the `claims` parameter (OpenID Connect Core section 5.5), besides those that come with its scopes. Each is written as a DN or as the name of the claim, must exist, and is answered as a DN. */
            claims?: string;
            /**
             * @description Whether access tokens are JWTs that an API verifies by itself (RFC 9068), or references that it has to introspect (RFC 7662), which is what false or absent means. The built-in authorization server issues JWTs in either case.
             * @example true
             */
            access_token_as_jwt?: boolean;
            /**
             * @description The member of the `cnf` claim in which ID tokens carry the hash of the Token Binding id, as a rule `tbh` (OpenID Connect Token Bound Authentication). Absent means that ID tokens are not bound.
             * @example tbh
             */
            id_token_token_binding_cnf?: string;
            /**
             * Format: int32
             * @description How many seconds access tokens of the client are valid. Absent or 0 leaves it to the authorization server; the built-in one never issues them for more than 3600 seconds.
             * @example 300
             */
            access_token_lifetime?: number;
            /**
             * Format: int32
             * @description How many seconds ago the user may have signed in when a request has no `max_age` of its own; after that the user signs in again (OpenID Connect Dynamic Client Registration section 2). Absent means no limit.
             * @example 3600
             */
            default_max_age?: number;
            /**
             * @description A page of the client that the authorization server loads in an iframe when the user signs out, so that the client ends its own session (OpenID Connect Front-Channel Logout section 2). It uses https and the host of a redirect URI; absent means that the browser does not tell the client.
             * @example https://print.example.com/logout/frontchannel
             */
            frontchannel_logout_uri?: string;
            /**
             * @description Adds `iss` and `sid` to the front-channel logout URI, so that the client can tell which session ends (OpenID Connect Front-Channel Logout section 2).
             * @example true
             */
            frontchannel_logout_session_required?: boolean;
            /**
             * @description Where the user may be sent after a logout that the client has asked for; `post_logout_redirect_uri` of that request must equal one of them (OpenID Connect RP-Initiated Logout section 3). Absent means that the user stays at the authorization server.
             * @example [
             *       "https://print.example.com/"
             *     ]
             */
            post_logout_redirect_uris?: string[];
            /**
             * @description The home page of the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/
             */
            client_uri?: string;
            /**
             * @description A page that says how the client treats the data of its users, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/privacy
             */
            policy_uri?: string;
            /**
             * @description The address of an image that stands beside the name of the client on sign-in and consent pages (RFC 7591 section 2). Absent means that the name stands alone.
             * @example https://print.example.com/logo.png
             */
            logo_uri?: string;
            /**
             * @description The terms that users accept when they use the client, linked from the consent page (RFC 7591 section 2). Absent means that there is no link.
             * @example https://print.example.com/terms
             */
            tos_uri?: string;
            /**
             * @description How to reach the people responsible for the client, as a rule e-mail addresses (RFC 7591 section 2). Administrators use them; an authorization server may show them to users.
             * @example [
             *       "web@print.example.com"
             *     ]
             */
            contacts?: string[];
            /**
             * @description The web origins (scheme, host and port) whose scripts may call the authorization server from a browser as this client (CORS). Absent means that the client adds none to those that the server allows anyway.
             * @example [
             *       "https://print.example.com"
             *     ]
             */
            authorized_origins?: string[];
            /**
             * @description Identifies the software that the client is an instance of: the same for all its instances and versions (RFC 7591 section 2). It is a claim of the registrant unless a software statement confirms it.
             * @example 4NRB1-0XZABZI9E6-5SM3R
             */
            software_id?: string;
            /**
             * @description The version of the software that `softwareId` names; it changes with every release (RFC 7591 section 2).
             * @example 2.4.1
             */
            software_version?: string;
            /**
             * @description A signed JWT in which a third party vouches for the metadata of the software (RFC 7591 section 2.3). Its claims win over the plain members of a registration request; it is kept and returned exactly as it was received.
             * @example eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL3N0YXRlbWVudHMuZXhhbXBsZSIsInNvZnR3YXJlX2lkIjoiNE5SQjEtMFhaQUJaSTlFNi01U00zUiJ9.ZXhhbXBsZS1zaWduYXR1cmU
             */
            software_statement?: string;
            /**
             * @description How the client learns the outcome of a CIBA request: it asks again and again (`poll`), it is told to fetch the tokens (`ping`), or they are sent to it (`push`); see OpenID Connect CIBA Core section 5. Absent means that the client does not use CIBA.
             * @example ping
             * @enum {string}
             */
            backchannel_token_delivery_mode?: "poll" | "ping" | "push";
            /**
             * @description The https endpoint of the client that the authorization server calls in the modes `ping` and `push`, which cannot work without it (OpenID Connect CIBA Core section 4). It is not used in the mode `poll`.
             * @example https://print.example.com/ciba/notify
             */
            backchannel_client_notification_endpoint?: string;
            /**
             * @description The JWS algorithm that the client signs its CIBA requests with (OpenID Connect CIBA Core sections 4 and 7.1.1). Absent means that it sends them unsigned.
             * @example ES256
             * @enum {string}
             */
            backchannel_authentication_request_signing_alg?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "PS256" | "PS384" | "PS512";
            /**
             * @description Whether the client can send `user_code`, a code known only to the user that keeps strangers from setting off authentication requests (OpenID Connect CIBA Core section 4). It takes effect where the authorization server supports it.
             * @example true
             */
            backchannel_user_code_parameter?: boolean;
            /**
             * @description Whether the requesting party tokens of UMA 2.0 are JWTs that a resource server verifies by itself. False or absent means references that it has to introspect.
             * @example false
             */
            rpt_as_jwt?: boolean;
            /**
             * @description Where a requesting party may be sent back to after UMA has gathered claims; `claims_redirect_uri` of the request must equal one of them (UMA 2.0 Grant section 3.3.2). The rules for `redirectUris` hold here too; absent means that claims cannot be gathered interactively.
             * @example [
             *       "https://print.example.com/uma/callback"
             *     ]
             */
            claims_redirect_uri?: string[];
            /**
             * @description The https address of the client's public keys, a JWK Set (RFC 7517). Its signatures (client assertions, request objects) are verified with them, and what is encrypted for it is encrypted to them. Keys can be changed there without a change to the client, which is why it is preferred to `jwks`; a client has one or the other.
             * @example https://print.example.com/jwks.json
             */
            jwks_uri?: string;
            /** @description The client's public keys by value, for a client that cannot publish them: a string that holds the JSON text of a JWK Set (RFC 7517 section 5), not an object. Dynamic registration takes and returns an object. Private and symmetric keys have no place in it. */
            jwks?: {
                [key: string]: unknown;
            };
            /**
             * @description The JWS algorithm (RFC 7518 section 3) that ID tokens for the client are signed with, such as `RS256` or `ES256`; `HS256` and the like use the client secret as key. Absent leaves it to the authorization server, as a rule `RS256` (OpenID Connect Dynamic Client Registration section 2).
             * @example RS256
             */
            id_token_signed_response_alg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 4) that encrypts the content key of ID tokens for the client, such as `RSA-OAEP`; the token is signed first. It needs a key of the client. Absent means that ID tokens are not encrypted.
             * @example RSA-OAEP
             */
            id_token_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm (RFC 7518 section 5) that encrypts the content of ID tokens, such as `A256GCM`. It is used only together with `idTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            id_token_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that access tokens are signed with when they are JWTs, such as `RS256`. Absent leaves it to the authorization server; the built-in one signs with `RS256` in either case.
             * @example RS256
             */
            access_token_signing_alg?: string;
            /**
             * @description The JWS algorithm that UserInfo replies to the client are signed with; they are JWTs then (OpenID Connect Core section 5.3.2). Absent means plain JSON.
             * @example RS256
             */
            userinfo_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of UserInfo replies to a key of the client, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            userinfo_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of UserInfo replies, such as `A256GCM`. It is used only together with `userInfoEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            userinfo_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that the client signs its request objects with (OpenID Connect Core section 6.1, RFC 9101); the authorization server refuses those signed with another one. Absent allows every algorithm that the server supports.
             * @example ES256
             */
            request_object_signing_alg?: string;
            /**
             * @description The JWE algorithm with which the client encrypts the content key of its request objects to a key of the authorization server, such as `RSA-OAEP` (OpenID Connect Dynamic Client Registration section 2). Absent says nothing: the client may encrypt them or not.
             * @example RSA-OAEP
             */
            request_object_encryption_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of request objects, such as `A256GCM`. It is used only together with `requestObjectEncryptionAlg`; when that stands alone, `A128CBC-HS256` is used (OpenID Connect Dynamic Client Registration section 2).
             * @example A256GCM
             */
            request_object_encryption_enc?: string;
            /**
             * @description The JWS algorithm of the assertions that the client authenticates with under `private_key_jwt` or `client_secret_jwt`; assertions signed with another one are refused, and `none` never counts (OpenID Connect Dynamic Client Registration section 2). Absent allows every algorithm that the server supports for the method.
             * @example ES256
             */
            token_endpoint_auth_signing_alg?: string;
            /**
             * @description An https address of the client that another site sends the user to in order to start a sign-in; the client answers with an authorization request (OpenID Connect Core section 4). Absent means that only the client itself starts one.
             * @example https://print.example.com/login/start
             */
            initiate_login_uri?: string;
            /**
             * @description Addresses of request objects that the client uses by reference (OpenID Connect Core section 6.2, RFC 9101 section 5.2). Where the authorization server demands registration, `request_uri` must be one of them; a fragment can hold the SHA-256 digest of the file.
             * @example [
             *       "https://print.example.com/requests/checkout.jwt"
             *     ]
             */
            request_uris?: string[];
            /**
             * @description The authentication context classes that are asked for when a request names none, the preferred one first (OpenID Connect Dynamic Client Registration section 2). Absent leaves the choice to the authorization server.
             * @example [
             *       "otp"
             *     ]
             */
            default_acr_values?: string[];
            /**
             * @description The organization that the client belongs to, by name or by id. Software statements and scripts may rely on it; no OAuth flow does.
             * @example example-photo
             */
            org_id?: string;
            /**
             * @description Groups or roles of the client, which scripts and policies of a deployment decide by. They have no meaning of their own in OAuth.
             * @example [
             *       "retail"
             *     ]
             */
            groups?: string[];
            /** @description When the client was registered (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone). Dynamic registration sets it and returns epoch seconds (RFC 7591 section 3.2.1); an administrator may give it, for example for a client that comes from another system. */
            client_id_issued_at?: number;
            /** @description When the secret stops working (UTC, answered as yyyy-MM-dd'T'HH:mm:ss without a zone); the client itself stays. Absent means that the secret does not expire, for which dynamic registration returns 0 (RFC 7591 section 3.2.1). */
            client_secret_expires_at?: number;
            /**
             * @description The token with which a client that registered itself reads, changes and removes its own registration (RFC 7592 section 3). Dynamic registration makes it and shows it in its own replies only; a value on input is ignored.
             * @example reg-23410913-example-token
             */
            registration_access_token?: string;
            /**
             * @description Authentication methods that are accepted from the client besides `tokenEndpointAuthMethod`, for example while it moves from a secret to a key. The values are those of that property. Absent means that only the one method is accepted.
             * @example [
             *       "private_key_jwt",
             *       "tls_client_auth"
             *     ]
             */
            additional_token_endpoint_auth_methods?: string[];
            /**
             * @description The user attribute whose value becomes the `sub` claim for this client, where the authorization server allows a choice and `subjectType` is `public`. Absent means the identifier that the server uses for all clients.
             * @example uid
             */
            public_subject_identifier_attribute?: string;
            /**
             * @description A regular expression that the `redirect_uri` of a request may match instead of being listed in `redirectUris`, where the authorization server allows it. Exact URIs are safer (RFC 9700 section 2.1); absent means that only these count.
             * @example ^https://print\.example\.com/callback(/[a-z]+)?$
             */
            redirect_uris_regex?: string;
            /**
             * @description Runs the introspection scripts when an access token is made as a JWT, so that the claims which they add are inside the token. Otherwise they run only when a token is introspected.
             * @example false
             */
            run_introspection_script_before_jwt_creation?: boolean;
            /**
             * @description Values that are added to the `aud` claim of the client's tokens, so that the APIs which they name accept them. Absent adds none. The built-in authorization server issues tokens for one of them at a time, to a client that names it in `resource` (RFC 8707); such a token does not open this API.
             * @example [
             *       "https://api.print.example.com"
             *     ]
             */
            additional_audience?: string[];
            /**
             * Format: int32
             * @description How many seconds ID tokens for the client are valid. Absent leaves it to the authorization server.
             * @example 3600
             */
            id_token_lifetime?: number;
            /**
             * Format: int32
             * @description How many seconds transaction tokens for the client are valid; they carry the context of one call through the services behind an API and are short-lived. Absent leaves it to the authorization server.
             * @example 180
             */
            tx_token_lifetime?: number;
            /**
             * @description Makes the client prove possession of a key with DPoP in every token request, and binds its access tokens to that key, so that a stolen token is of no use (RFC 9449 section 5.2). Otherwise DPoP is the client's choice. The built-in authorization server keeps to it as well.
             * @example false
             */
            dpop_bound_access_tokens?: boolean;
            /** @description The https endpoint of the client to which the authorization server posts a logout token when a session ends (OpenID Connect Back-Channel Logout section 2). It is a list for compatibility, as a rule with one entry, on the host of a redirect URI; dynamic registration takes and returns a single URI. */
            backchannel_logout_uri?: string;
            /**
             * @description Makes every logout token carry `sid`, so that the client can end one session and not all of the user's (OpenID Connect Back-Channel Logout section 2).
             * @example true
             */
            backchannel_logout_session_required?: boolean;
            /**
             * @description The attestation that the client presented at registration, a JWT that says what software runs on which device and is still to be appraised. Registration scripts decide by it; absent means that none was presented.
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F0dGVzdGVyLmV4YW1wbGUiLCJzdWIiOiJwaG90by1wcmludC1zaG9wIn0.ZXhhbXBsZS1zaWduYXR1cmU
             */
            evidence?: string;
            /**
             * Format: int32
             * @description How many seconds the `request_uri` of a pushed authorization request can be used (RFC 9126 section 2.2). Absent or 0 means 600.
             * @example 600
             */
            par_lifetime?: number;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @example false
             */
            require_par?: boolean;
            /**
             * @description Makes the authorization endpoint accept only requests that the client has pushed before (RFC 9126 section 6). Otherwise the client may also send them through the browser.
             * @example false
             */
            require_pushed_authorization_requests?: boolean;
            /**
             * @description The JWS algorithm that introspection replies to the client are signed with, such as `RS256` (RFC 9701 section 6). The client is the API that asks here; absent means that it gets plain JSON, which the built-in authorization server answers in either case.
             * @example RS256
             */
            introspection_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of introspection replies to the client with one of its public keys, such as `RSA-OAEP` (RFC 9701 section 6). Absent means that they are not encrypted; the built-in authorization server never does that.
             * @example RSA-OAEP
             */
            introspection_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of introspection replies to the client, such as `A256GCM`. It is used only together with `introspectionEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            introspection_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that transaction tokens for the client are signed with, such as `RS256` (OAuth Transaction Tokens). Absent leaves it to the authorization server.
             * @example RS256
             */
            tx_token_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of transaction tokens for the client with one of its public keys, such as `RSA-OAEP` (OAuth Transaction Tokens). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            tx_token_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of transaction tokens for the client, such as `A256GCM`. It is used only together with `txTokenEncryptedResponseAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            tx_token_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that authorization responses to the client are signed with, such as `RS256` (JARM section 3). They are JWTs when the request has one of the `jwt` response modes; `none` is not possible, and absent leaves it to the authorization server.
             * @example RS256
             */
            authorization_signed_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content key of authorization responses to the client with one of its public keys, such as `RSA-OAEP` (JARM section 3). Absent means that they are not encrypted.
             * @example RSA-OAEP
             */
            authorization_encrypted_response_alg?: string;
            /**
             * @description The JWE algorithm that encrypts the content of authorization responses to the client, such as `A256GCM`. It is used only together with `jansAuthEncRespAlg`; when that stands alone, `A128CBC-HS256` is used.
             * @example A256GCM
             */
            authorization_encrypted_response_enc?: string;
            /**
             * @description The JWS algorithm that logout status JWTs are signed with, such as `RS256`; a client asks for one with `logout_status_jwt=true` and learns from a status list whether the user is still signed in. Absent leaves it to the authorization server.
             * @example RS256
             */
            logout_status_jwt_signed_response_alg?: string;
            /**
             * @description Refuses authorization requests of the client that have no `code_challenge` (RFC 7636, RFC 9700 section 2.1.1). False or absent means that only the setting of the authorization server counts.
             * @example true
             */
            require_pkce?: boolean;
            /**
             * @description Makes the authorization server put the time of the authentication into every ID token of the client, as the claim `auth_time` (OpenID Connect Dynamic Client Registration section 2). Janssen accepts it and keeps it nowhere.
             * @example true
             */
            require_auth_time?: boolean;
            /**
             * @description Treats every authorization request of the client as if it had `prompt=login`: the user signs in again even while a session is there (OpenID Connect Core section 3.1.2.1).
             * @example false
             */
            default_prompt_login?: boolean;
            /**
             * @description Lets the client ask for scopes that nobody has registered: those that match `spontaneousScopes` are created when a token is requested, where the authorization server allows it. Otherwise unknown scopes are not granted; the built-in authorization server never grants them.
             * @example true
             */
            allow_spontaneous_scopes?: boolean;
            /**
             * @description Regular expressions for the scopes that may come into being spontaneously. They count only with `allowSpontaneousScopes`; absent means that none may.
             * @example [
             *       "^https://print\\.example\\.com/orders/[0-9]+$"
             *     ]
             */
            spontaneous_scopes?: string[];
            /**
             * @description The only authentication context classes that the client may ask for; a request for another one is refused. Absent allows all that the authorization server has.
             * @example [
             *       "otp",
             *       "fido2"
             *     ]
             */
            authorized_acr_values?: string[];
            /**
             * Format: int32
             * @description The lowest level of authentication that is good enough for the client, as the authorization server numbers its methods. `minimumAcrLevelAutoresolve` says what happens to a request below it; absent or -1 means no minimum.
             * @example 10
             */
            minimum_acr_level?: number;
            /**
             * @description What happens to a request whose level is below `minimumAcrLevel`: with true the authorization server takes a method that reaches it, with false or absent it refuses the request.
             * @example true
             */
            minimum_acr_level_autoresolve?: boolean;
            /**
             * @description The order in which methods are tried when the authorization server raises the level by itself, the preferred one first. It counts only with `minimumAcrLevelAutoresolve`; absent leaves the order to the server.
             * @example [
             *       "fido2",
             *       "otp"
             *     ]
             */
            minimum_acr_priority_list?: string[];
            /**
             * @description The types that the client may use in `authorization_details`, with which a request asks for finer rights than a scope can name (RFC 9396 section 10). Absent means none. The built-in authorization server ignores `authorization_details`.
             * @example [
             *       "payment_initiation"
             *     ]
             */
            authorization_details_types?: string[];
            /**
             * @description The subject that the client's certificate must have when it authenticates with `tls_client_auth`, as a string of RFC 4514 (RFC 8705 section 2.1.2). That method needs it; other methods do not read it.
             * @example CN=print.example.com,O=Example Photo,C=US
             */
            tls_client_auth_subject_dn?: string;
            /**
             * @description The identity of the workload that the client runs as: `spiffe_jwt` accepts only a JWT-SVID for it. A trailing `/*` takes in every workload below the path.
             * @example spiffe://print.example.com/checkout
             */
            spiffe_id?: string;
            /**
             * @description The https address of the trust bundle, the keys that SVIDs of the client are verified with. Absent means the bundle that the authorization server has for the trust domain of `spiffeId`.
             * @example https://print.example.com/spiffe/bundle.json
             */
            spiffe_bundle_endpoint?: string;
            /**
             * @description Keeps the consent that users have given when the client ends, for records or for a client that is to come back. Otherwise it may be removed together with the client.
             * @example false
             */
            keep_client_authorization_after_expiration?: boolean;
            /**
             * Format: int32
             * @description The lifetime in seconds that was asked for when the client registered itself. The registration computes `expirationDate` from it, once; absent means that the registrant left it to the server.
             * @example 126230400
             */
            lifetime?: number;
            /**
             * @description `waiting` until an administrator decides, `rejected` when one has said no: such a client is disabled, and only approving it changes that. `pending_change` when a client that is in use asks for a change that waits; it goes on as it is meanwhile. Dynamic registration answers it as `status`.
             * @example waiting
             * @enum {string}
             */
            status?: "waiting" | "approved" | "rejected" | "pending_change";
            /** @description Where the registration is read, changed and removed with the registration access token. */
            registration_client_uri?: string;
        } & {
            [key: string]: unknown;
        };
    };
    responses: {
        /** @description The client. */
        Client: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ClientReply"];
            };
        };
        /** @description The claim. */
        Attribute: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["JansAttributeReply"];
            };
        };
        /** @description The revision, or its differences. */
        Revision: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Revision"];
            };
        };
        /** @description A page of revisions. */
        RevisionPage: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RevisionPagedResult"];
            };
        };
        /** @description The script. */
        Script: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["CustomScriptReply"];
            };
        };
        /** @description The request is not valid; `errors` names the members at fault. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No valid token. `WWW-Authenticate` says what is missing (RFC 6750). */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token lacks a scope, which is named. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is nothing at this address, or no such client, scope, claim or script. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `If-Match` names another version than the current one. */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than 256 KiB. */
        ContentTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The media type is none of those that the operation takes. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The `Idempotency-Key` was sent before, with another request. */
        UnprocessableContent: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A fault of the service. The log has it under the request id. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The database cannot be reached, or the service is busy. `Retry-After` says when to try again. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
        DryRun: boolean;
        /**
         * @description The id of the client.
         * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
         */
        Inum: string;
        /** @description The id of the secret. */
        SecretId: string;
        /** @description Ends the tokens of the client as well: as `revoke-oauth-openid-client-tokens` does. */
        RevokeTokens: boolean;
        /**
         * @description The number of the revision.
         * @example 1
         */
        RevisionNumber: string;
        /**
         * @description The number of another revision: the reply has `differences`, what each member was there and what it is in this one, in place of `document`.
         * @example 1
         */
        Compare: number;
        /** @description The id of the client. The reply that registered it has it. */
        ClientId: string;
        /** @description The id of a software statement. */
        StatementId: string;
        /**
         * @description The organization of software statements.
         * @example org-1
         */
        StatementOrganization: string;
        /** @description The id of the record of an initial access token. The reply that made it has it. */
        RegistrationTokenId: string;
        /**
         * @description The inum of the scope.
         * @example C17A
         */
        ScopeInum: string;
        /** @description The inum of the scope. The reply that created it has it. */
        OwnScopeInum: string;
        /**
         * @description The inum of the claim.
         * @example A901
         */
        ClaimInum: string;
        /** @description The inum of the claim. The reply that created it has it. */
        OwnClaimInum: string;
        /**
         * @description The inum of the script.
         * @example 2DAF-F9A5
         */
        ScriptInum: string;
        /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
        IfMatch: string;
        /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
        Reason: string;
        /** @description `*` is for a write that only creates (RFC 9110 section 13.1.2). PUT never does: what is there is left as it is (412). An ETag refuses that version. */
        IfAbsent: string;
        /** @description The `ETag` of the copy that the caller has. */
        IfNoneMatch: string;
        /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
        Prefer: string;
        /** @description `partial-results` (RFC 7240) takes what a search has found when its time is over: the page then has `isPartial` and a `nextCursor` that goes on from there, and is not refused with 503. Matches are then counted up to 10,000 only. */
        PreferPartial: string;
        /** @description The id of the undo. */
        Undo: string;
        /** @description The id of the run. */
        BulkRun: string;
        /** @description Makes it safe to send the request again: for 24 hours the same key with the same body gets the same reply, the secret included, and nothing is done twice. It is 22 to 128 letters, digits, `-` or `_`, with or without double quotes, random and of at least 128 bits: 22 characters with letters of both cases, 25 with letters of one case, 32 when all are hexadecimal digits, 39 when all are decimal. A UUID of version 4 will do. The same key with another body is refused with 422; while the first request is under way the reply is 409. A request that fails does not use the key up. */
        IdempotencyKey: string;
        /** @description Size of the page, 0 to 200. */
        Limit: number;
        /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
        StartIndex: number;
        /** @description Terms separated by commas, at most 10 of them. An entry matches when its name, description or id contains one of the terms, in any case. */
        Pattern: string;
        /** @description The security profile to judge by. */
        Profile: "rfc9700" | "oauth2.1" | "fapi2" | "mcp";
        /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
        Cursor: string;
        /** @description The member to sort by, under its name here or in Janssen's database. Entries without it come after all others. */
        SortBy: string;
        /** @description The order of the page. */
        SortOrder: "ascending" | "descending";
        /** @description Filters separated by commas, all of which must hold, at most 20: `applicationType=web,disabled=false`. The operators are `=`, `!=`, `<`, `<=`, `>` and `>=`; on a list `=` means that it holds the value. Members of `attributes` are written `attributes.requirePar=true`, custom attributes `customAttributes.name=value`, the hosts of a list of addresses `redirectUris.host=shop.example`. `secrets.expiresAt<+30d` finds the clients whose last secret ends within that time. A backslash takes the next character as it is. */
        FieldValuePair: string;
        /** @description A filter in the language of RFC 7644 (SCIM), section 3.4.2.2, which must hold beside `fieldValuePair`: `disabled eq false and (grantTypes eq "password" or not (redirectUris pr))`. There are `eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le`, `pr`, `and`, `or`, `not` and value paths such as `attributes[requirePar eq true]`; on a list a comparison means that one of its values meets it. Names of clients, scopes and claims as people read them, descriptions and contacts compare in any case, all else exactly. At most 20 comparisons, 16 parentheses deep. */
        Filter: string;
    };
    requestBodies: never;
    headers: {
        /** @description The version, and that of the record of its use. */
        ETag: string;
        /** @description Where the tokens of the client were revoked: until when a server that verifies tokens by itself, without asking here, may take one of them at most, in UTC. */
        TokensOfflineUntil: string;
        /** @description `handling=strict`, `partial-results` and `dry-run`, where they were honoured. */
        PreferenceApplied: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "get-oauth-openid-clients-by-inum": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy that the caller has. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Client"];
            /** @description The version named in `If-None-Match` is still the current one. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "delete-oauth-openid-client-by-inum": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "patch-oauth-openid-client-by-inum": {
        parameters: {
            query?: {
                /** @description Ends the tokens of the client as well: as `revoke-oauth-openid-client-tokens` does. */
                revokeTokens?: components["parameters"]["RevokeTokens"];
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["JsonPatch"];
                "application/merge-patch+json": components["schemas"]["MergePatch"];
            };
        };
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-clients": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description Terms separated by commas, at most 10 of them. An entry matches when its name, description or id contains one of the terms, in any case. */
                pattern?: components["parameters"]["Pattern"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
                /** @description The member to sort by, under its name here or in Janssen's database. Entries without it come after all others. */
                sortBy?: components["parameters"]["SortBy"];
                /** @description The order of the page. */
                sortOrder?: components["parameters"]["SortOrder"];
                /** @description Filters separated by commas, all of which must hold, at most 20: `applicationType=web,disabled=false`. The operators are `=`, `!=`, `<`, `<=`, `>` and `>=`; on a list `=` means that it holds the value. Members of `attributes` are written `attributes.requirePar=true`, custom attributes `customAttributes.name=value`, the hosts of a list of addresses `redirectUris.host=shop.example`. `secrets.expiresAt<+30d` finds the clients whose last secret ends within that time. A backslash takes the next character as it is. */
                fieldValuePair?: components["parameters"]["FieldValuePair"];
                /** @description A filter in the language of RFC 7644 (SCIM), section 3.4.2.2, which must hold beside `fieldValuePair`: `disabled eq false and (grantTypes eq "password" or not (redirectUris pr))`. There are `eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le`, `pr`, `and`, `or`, `not` and value paths such as `attributes[requirePar eq true]`; on a list a comparison means that one of its values meets it. Names of clients, scopes and claims as people read them, descriptions and contacts compare in any case, all else exactly. At most 20 comparisons, 16 parentheses deep. */
                filter?: components["parameters"]["Filter"];
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: {
                /** @description `partial-results` (RFC 7240) takes what a search has found when its time is over: the page then has `isPartial` and a `nextCursor` that goes on from there, and is not refused with 503. Matches are then counted up to 10,000 only. */
                Prefer?: components["parameters"]["PreferPartial"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of clients. */
            200: {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientPagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "put-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `*` is for a write that only creates (RFC 9110 section 13.1.2). PUT never does: what is there is left as it is (412). An ETag refuses that version. */
                "If-None-Match"?: components["parameters"]["IfAbsent"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientUpdate"];
            };
        };
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "post-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Makes it safe to send the request again: for 24 hours the same key with the same body gets the same reply, the secret included, and nothing is done twice. It is 22 to 128 letters, digits, `-` or `_`, with or without double quotes, random and of at least 128 bits: 22 characters with letters of both cases, 25 with letters of one case, 32 when all are hexadecimal digits, 39 when all are decimal. A UUID of version 4 will do. The same key with another body is refused with 422; while the first request is under way the reply is 409. A request that fails does not use the key up. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientInput"];
            };
        };
        responses: {
            /** @description The client as it is registered, with its secret. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /** @description The address of the client. */
                    Location?: string;
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "get-oauth-openid-clients-removed": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of removed clients. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemovedClientPagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-clients-unused": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of clients that nobody uses. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnusedClientPagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-clients-report": {
        parameters: {
            query?: {
                /** @description The security profile to judge by. */
                profile?: components["parameters"]["Profile"];
                /**
                 * @description The id of a rule of the profile. With it the reply has the clients that break it.
                 * @example no-implicit-grant
                 */
                rule?: string;
                /**
                 * @description Which clients it is about, in the filter language of RFC 7644 (SCIM), as the list of clients has it. The clients that break `rule` are in the order of their ids then, and the numbers are those of now.
                 * @example disabled eq false
                 */
                filter?: string;
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "forget-oauth-openid-clients-reporter": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForgottenReporter"];
            };
        };
        responses: {
            /** @description It is not waited for any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "get-oauth-openid-clients-bulks": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientBulkPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "start-oauth-openid-clients-bulk": {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same key with the same body gets the same reply, the secret included, and nothing is done twice. It is 22 to 128 letters, digits, `-` or `_`, with or without double quotes, random and of at least 128 bits: 22 characters with letters of both cases, 25 with letters of one case, 32 when all are hexadecimal digits, 39 when all are decimal. A UUID of version 4 will do. The same key with another body is refused with 422; while the first request is under way the reply is 409. A request that fails does not use the key up. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientBulkInput"];
            };
        };
        responses: {
            /** @description What would be done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientBulk"];
                };
            };
            /** @description The run, which has only begun. */
            202: {
                headers: {
                    /** @description Where its progress is read. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientBulk"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-clients-bulk": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientBulk"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-clients-bulk-results": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Only clients that have come to this.
                 * @example failed
                 */
                outcome?: "waiting" | "changed" | "unchanged" | "skipped" | "failed";
            };
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of results. */
            200: {
                headers: {
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientBulkResultPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "pause-oauth-openid-clients-bulk": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientBulk"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "resume-oauth-openid-clients-bulk": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientBulk"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "stop-oauth-openid-clients-bulk": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the run. */
                id: components["parameters"]["BulkRun"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientBulk"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "post-openid-client-use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientUse"];
            };
        };
        responses: {
            /** @description The report was taken. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientUseReply"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "restore-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ClientRestoration"];
            };
        };
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "purge-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is nothing left to restore. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "validate-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description A security profile to judge the client by. */
                profile?: components["schemas"]["SecurityProfile"];
            };
            header?: {
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientInput"];
            };
        };
        responses: {
            /** @description What a registration would answer. */
            200: {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientValidation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-scopes": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description Terms separated by commas, at most 10 of them. An entry matches when its name, description or id contains one of the terms, in any case. */
                pattern?: components["parameters"]["Pattern"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
                /** @description The member to sort by, under its name here or in Janssen's database. Entries without it come after all others. */
                sortBy?: components["parameters"]["SortBy"];
                /** @description The order of the page. */
                sortOrder?: components["parameters"]["SortOrder"];
                /** @description Filters separated by commas, all of which must hold, at most 20: `applicationType=web,disabled=false`. The operators are `=`, `!=`, `<`, `<=`, `>` and `>=`; on a list `=` means that it holds the value. Members of `attributes` are written `attributes.requirePar=true`, custom attributes `customAttributes.name=value`, the hosts of a list of addresses `redirectUris.host=shop.example`. `secrets.expiresAt<+30d` finds the clients whose last secret ends within that time. A backslash takes the next character as it is. */
                fieldValuePair?: components["parameters"]["FieldValuePair"];
                /** @description A filter in the language of RFC 7644 (SCIM), section 3.4.2.2, which must hold beside `fieldValuePair`: `disabled eq false and (grantTypes eq "password" or not (redirectUris pr))`. There are `eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le`, `pr`, `and`, `or`, `not` and value paths such as `attributes[requirePar eq true]`; on a list a comparison means that one of its values meets it. Names of clients, scopes and claims as people read them, descriptions and contacts compare in any case, all else exactly. At most 20 comparisons, 16 parentheses deep. */
                filter?: components["parameters"]["Filter"];
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
                /** @description Only scopes of this type. It holds together with the other filters. */
                type?: "openid" | "dynamic" | "uma" | "spontaneous" | "oauth";
                /** @description Whether to show up to 10 clients of each scope. */
                withAssociatedClients?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of scopes. */
            200: {
                headers: {
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScopePagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "put-oauth-scopes": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `*` is for a write that only creates (RFC 9110 section 13.1.2). PUT never does: what is there is left as it is (412). An ETag refuses that version. */
                "If-None-Match"?: components["parameters"]["IfAbsent"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScopeUpdate"];
            };
        };
        responses: {
            /** @description The scope. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScopeReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "post-oauth-scopes": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScopeInput"];
            };
        };
        responses: {
            /** @description The scope as it is stored. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /** @description The address of the scope. */
                    Location?: string;
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScopeReply"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "get-oauth-scopes-by-inum": {
        parameters: {
            query?: {
                /** @description Whether to show up to 200 clients of the scope. */
                withAssociatedClients?: boolean;
            };
            header?: {
                /** @description The `ETag` of the copy that the caller has. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The inum of the scope.
                 * @example C17A
                 */
                inum: components["parameters"]["ScopeInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scope. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScope"];
                };
            };
            /** @description The version named in `If-None-Match` is still the current one. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "delete-oauth-scopes-by-inum": {
        parameters: {
            query?: {
                /** @description Whether to take the scope from the clients that have it. */
                force?: boolean;
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /** @description The inum of the scope. The reply that created it has it. */
                inum: components["parameters"]["OwnScopeInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scope is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "patch-oauth-scopes-by-id": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The inum of the scope.
                 * @example C17A
                 */
                inum: components["parameters"]["ScopeInum"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["JsonPatch"];
                "application/merge-patch+json": components["schemas"]["MergePatch"];
            };
        };
        responses: {
            /** @description The scope. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScopeReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-scope-by-creator": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The client or user that made the scopes.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                creatorId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scopes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScope"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-scope-by-type": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The type of the scopes.
                 * @example openid
                 */
                type: "openid" | "dynamic" | "uma" | "spontaneous" | "oauth";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scopes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScope"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-attributes": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description Terms separated by commas, at most 10 of them. An entry matches when its name, description or id contains one of the terms, in any case. */
                pattern?: components["parameters"]["Pattern"];
                /**
                 * @description Only claims with this status; `all` is every claim.
                 * @example active
                 */
                status?: "all" | "active" | "inactive" | "expired" | "register";
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
                /** @description The member to sort by, under its name here or in Janssen's database. Entries without it come after all others. */
                sortBy?: components["parameters"]["SortBy"];
                /** @description The order of the page. */
                sortOrder?: components["parameters"]["SortOrder"];
                /** @description Filters separated by commas, all of which must hold, at most 20: `applicationType=web,disabled=false`. The operators are `=`, `!=`, `<`, `<=`, `>` and `>=`; on a list `=` means that it holds the value. Members of `attributes` are written `attributes.requirePar=true`, custom attributes `customAttributes.name=value`, the hosts of a list of addresses `redirectUris.host=shop.example`. `secrets.expiresAt<+30d` finds the clients whose last secret ends within that time. A backslash takes the next character as it is. */
                fieldValuePair?: components["parameters"]["FieldValuePair"];
                /** @description A filter in the language of RFC 7644 (SCIM), section 3.4.2.2, which must hold beside `fieldValuePair`: `disabled eq false and (grantTypes eq "password" or not (redirectUris pr))`. There are `eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le`, `pr`, `and`, `or`, `not` and value paths such as `attributes[requirePar eq true]`; on a list a comparison means that one of its values meets it. Names of clients, scopes and claims as people read them, descriptions and contacts compare in any case, all else exactly. At most 20 comparisons, 16 parentheses deep. */
                filter?: components["parameters"]["Filter"];
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of claims. */
            200: {
                headers: {
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributePagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "put-attributes": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `*` is for a write that only creates (RFC 9110 section 13.1.2). PUT never does: what is there is left as it is (412). An ETag refuses that version. */
                "If-None-Match"?: components["parameters"]["IfAbsent"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JansAttributeUpdate"];
            };
        };
        responses: {
            /** @description The claim. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JansAttributeReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "post-attributes": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JansAttributeInput"];
            };
        };
        responses: {
            /** @description The claim as it is stored. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /** @description The address of the claim. */
                    Location?: string;
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JansAttributeReply"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "get-attributes-by-inum": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy that the caller has. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The inum of the claim.
                 * @example A901
                 */
                inum: components["parameters"]["ClaimInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Attribute"];
            /** @description The version named in `If-None-Match` is still the current one. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "delete-attributes-by-inum": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /** @description The inum of the claim. The reply that created it has it. */
                inum: components["parameters"]["OwnClaimInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The claim is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "patch-attributes-by-inum": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The inum of the claim.
                 * @example A901
                 */
                inum: components["parameters"]["ClaimInum"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["JsonPatch"];
                "application/merge-patch+json": components["schemas"]["MergePatch"];
            };
        };
        responses: {
            /** @description The claim. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JansAttributeReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    token: {
        parameters: {
            query?: never;
            header?: {
                /** @description The proof (RFC 9449 section 4). Clients with `dpopBoundAccessToken` get no token without one. */
                DPoP?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "grant_type": "client_credentials",
                 *       "client_id": "nightly-report",
                 *       "client_secret": "s6BhdRkqt3-example-secret"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description The access token, an RS256 JWT (RFC 9068). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenReply"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    introspection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "the-access-token",
                 *       "client_id": "nightly-report",
                 *       "client_secret": "s6BhdRkqt3-example-secret"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenHandleRequest"];
            };
        };
        responses: {
            /** @description The state of the token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IntrospectionReply"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    revoke: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "the-access-token",
                 *       "client_id": "nightly-report",
                 *       "client_secret": "s6BhdRkqt3-example-secret"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenHandleRequest"];
            };
        };
        responses: {
            /** @description The token is no longer active. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "activate-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "deactivate-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description Ends the tokens of the client as well: as `revoke-oauth-openid-client-tokens` does. */
                revokeTokens?: components["parameters"]["RevokeTokens"];
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "approve-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ApprovalDecision"];
            };
        };
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "reject-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ApprovalDecision"];
            };
        };
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "keep-oauth-openid-client": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "rotate-oauth-openid-client-secret": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SecretRotation"];
            };
        };
        responses: {
            /** @description The new secret. It is not shown again. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedSecret"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "revoke-oauth-openid-client-tokens": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tokens are revoked. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenRevocation"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-client-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many tokens may live. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientTokens"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-client-secrets": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientSecretPagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "add-oauth-openid-client-secret": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ClientSecretInput"];
            };
        };
        responses: {
            /** @description The secret. It is not shown again. */
            201: {
                headers: {
                    /** @description The address of the secret. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedClientSecret"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "remove-oauth-openid-client-secret": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
                /** @description The id of the secret. */
                id: components["parameters"]["SecretId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "get-oauth-openid-changes": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /**
                 * @description The first moment of interest, in UTC: `2026-01-31T12:00:00`, the beginning of a day such as `2026-01-31`, or one that is counted from now, in hours, days or weeks, such as `-12h`.
                 * @example 2026-01-31
                 */
                since?: string;
                /**
                 * @description The last moment of interest, written in the same way; a day is meant with its end.
                 * @example 2026-01-31T18:00:00
                 */
                until?: string;
                /**
                 * @description Who did it, as `caller` has it, or the `sub` or `name` of `subject`.
                 * @example ann
                 */
                by?: string;
                /**
                 * @description The client that was changed, also one that was removed.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum?: string;
                /**
                 * @description With what it was done, as `operation` has it.
                 * @example patch-oauth-openid-client-by-inum
                 */
                operation?: string;
                /**
                 * @description A property that was changed, as `changed` has it.
                 * @example attributes.requirePkce
                 */
                property?: string;
                /**
                 * @description With which request it was done, as `requestId` has it.
                 * @example 49c89c7c-fefe-4f90-a4b1-f06eb2138e63
                 */
                requestId?: string;
                /**
                 * @description A filter on the members of a change in the language of RFC 7644 (SCIM), section 3.4.2.2, as lists have it: `subject.name eq "ann" and not (operation sw "patch-" or changed eq "disabled")`. All compare exactly. At most 20 comparisons, 16 parentheses deep.
                 * @example changed eq "redirectUris" and at ge "-7d"
                 */
                filter?: string;
                /** @description `descending` for the newest first, `ascending` for the feed. */
                sortOrder?: "ascending" | "descending";
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes. */
            200: {
                headers: {
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-changes-undos": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of undos, without their entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndoPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "undo-oauth-openid-changes": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same key with the same body gets the same reply, the secret included, and nothing is done twice. It is 22 to 128 letters, digits, `-` or `_`, with or without double quotes, random and of at least 128 bits: 22 characters with letters of both cases, 25 with letters of one case, 32 when all are hexadecimal digits, 39 when all are decimal. A UUID of version 4 will do. The same key with another body is refused with 422; while the first request is under way the reply is 409. A request that fails does not use the key up. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangesUndoInput"];
            };
        };
        responses: {
            /** @description What was undone, and what was left. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesUndo"] | components["schemas"]["ChangePlan"];
                };
            };
            /** @description The task that undoes them, which has only begun. */
            202: {
                headers: {
                    /** @description Where its progress is read. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesUndo"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableContent"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-changes-undo": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description Whether only those clients are listed of which something was left.
                 * @example true
                 */
                left?: boolean;
            };
            header?: never;
            path: {
                /** @description The id of the undo. */
                undo: components["parameters"]["Undo"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The undo. */
            200: {
                headers: {
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesUndo"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "pause-oauth-openid-changes-undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the undo. */
                undo: components["parameters"]["Undo"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The undo, without its entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesUndo"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "resume-oauth-openid-changes-undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the undo. */
                undo: components["parameters"]["Undo"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The undo, without its entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesUndo"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "stop-oauth-openid-changes-undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the undo. */
                undo: components["parameters"]["Undo"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The undo, without its entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesUndo"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-client-history": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientChangePagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-client-revisions": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of revisions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionPagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-openid-client-revision": {
        parameters: {
            query?: {
                /**
                 * @description The number of another revision: the reply has `differences`, what each member was there and what it is in this one, in place of `document`.
                 * @example 1
                 */
                compare?: components["parameters"]["Compare"];
            };
            header?: never;
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Revision"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "restore-oauth-openid-client-revision": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The id of the client.
                 * @example 6f1e2b0c-8d4a-4f0e-9c53-2b7a1d9e4f60
                 */
                inum: components["parameters"]["Inum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Tokens-Offline-Until": components["headers"]["TokensOfflineUntil"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-scopes-revisions": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path: {
                /**
                 * @description The inum of the scope.
                 * @example C17A
                 */
                inum: components["parameters"]["ScopeInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["RevisionPage"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-oauth-scopes-revision": {
        parameters: {
            query?: {
                /**
                 * @description The number of another revision: the reply has `differences`, what each member was there and what it is in this one, in place of `document`.
                 * @example 1
                 */
                compare?: components["parameters"]["Compare"];
            };
            header?: never;
            path: {
                /**
                 * @description The inum of the scope.
                 * @example C17A
                 */
                inum: components["parameters"]["ScopeInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Revision"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "restore-oauth-scopes-revision": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The inum of the scope.
                 * @example C17A
                 */
                inum: components["parameters"]["ScopeInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scope. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScopeReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-attributes-revisions": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path: {
                /**
                 * @description The inum of the claim.
                 * @example A901
                 */
                inum: components["parameters"]["ClaimInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["RevisionPage"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-attributes-revision": {
        parameters: {
            query?: {
                /**
                 * @description The number of another revision: the reply has `differences`, what each member was there and what it is in this one, in place of `document`.
                 * @example 1
                 */
                compare?: components["parameters"]["Compare"];
            };
            header?: never;
            path: {
                /**
                 * @description The inum of the claim.
                 * @example A901
                 */
                inum: components["parameters"]["ClaimInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Revision"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "restore-attributes-revision": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The inum of the claim.
                 * @example A901
                 */
                inum: components["parameters"]["ClaimInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The claim. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JansAttributeReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-config-scripts": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description Terms separated by commas, at most 10 of them. An entry matches when its name, description or id contains one of the terms, in any case. */
                pattern?: components["parameters"]["Pattern"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
                /** @description The member to sort by, under its name here or in Janssen's database. Entries without it come after all others. */
                sortBy?: components["parameters"]["SortBy"];
                /** @description The order of the page. */
                sortOrder?: components["parameters"]["SortOrder"];
                /** @description Filters separated by commas, all of which must hold, at most 20: `applicationType=web,disabled=false`. The operators are `=`, `!=`, `<`, `<=`, `>` and `>=`; on a list `=` means that it holds the value. Members of `attributes` are written `attributes.requirePar=true`, custom attributes `customAttributes.name=value`, the hosts of a list of addresses `redirectUris.host=shop.example`. `secrets.expiresAt<+30d` finds the clients whose last secret ends within that time. A backslash takes the next character as it is. */
                fieldValuePair?: components["parameters"]["FieldValuePair"];
                /** @description A filter in the language of RFC 7644 (SCIM), section 3.4.2.2, which must hold beside `fieldValuePair`: `disabled eq false and (grantTypes eq "password" or not (redirectUris pr))`. There are `eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le`, `pr`, `and`, `or`, `not` and value paths such as `attributes[requirePar eq true]`; on a list a comparison means that one of its values meets it. Names of clients, scopes and claims as people read them, descriptions and contacts compare in any case, all else exactly. At most 20 comparisons, 16 parentheses deep. */
                filter?: components["parameters"]["Filter"];
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of scripts. */
            200: {
                headers: {
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScriptPagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "put-config-scripts": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `*` is for a write that only creates (RFC 9110 section 13.1.2). PUT never does: what is there is left as it is (412). An ETag refuses that version. */
                "If-None-Match"?: components["parameters"]["IfAbsent"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomScriptUpdate"];
            };
        };
        responses: {
            /** @description The script. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScriptReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "post-config-scripts": {
        parameters: {
            query?: {
                /** @description Whether a script of the type `client_registration` in `javascript` without a text gets one to begin with. */
                addScriptTemplate?: boolean;
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomScriptInput"];
            };
        };
        responses: {
            /** @description The script as it is stored. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /** @description The address of the script. */
                    Location?: string;
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScriptReply"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "delete-config-scripts-by-inum": {
        parameters: {
            query?: {
                /** @description Whether to take the script from the clients that list it. */
                force?: boolean;
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "patch-config-scripts-by-inum": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description `handling=strict` (RFC 7240) refuses with 400 what is otherwise let pass: unknown members of a document, and booleans and integers that are written as texts. */
                Prefer?: components["parameters"]["Prefer"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json-patch+json": components["schemas"]["JsonPatch"];
                "application/merge-patch+json": components["schemas"]["MergePatch"];
            };
        };
        responses: {
            /** @description The script. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScriptReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "test-config-script": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: never;
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScriptTest"];
            };
        };
        responses: {
            /** @description What the script has decided. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptTestResult"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "replay-config-script": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: never;
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScriptReplayInput"];
            };
        };
        responses: {
            /** @description The replay, which has only begun. */
            202: {
                headers: {
                    /** @description Where its progress is read. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptReplay"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "get-config-script-replay": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
                /** @description The id of the replay. */
                replay: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The replay. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScriptReplay"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-config-scripts-revisions": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["RevisionPage"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-config-scripts-revision": {
        parameters: {
            query?: {
                /**
                 * @description The number of another revision: the reply has `differences`, what each member was there and what it is in this one, in place of `document`.
                 * @example 1
                 */
                compare?: components["parameters"]["Compare"];
            };
            header?: never;
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Revision"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "restore-config-scripts-revision": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` of the version to change, or `*`. Another version is refused with 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
                /**
                 * @description The number of the revision.
                 * @example 1
                 */
                number: components["parameters"]["RevisionNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script. With `dryRun=true`, what it would do. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScriptReply"] | components["schemas"]["ChangePlan"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The request does not fit the present state. With `Retry-After` it can be sent again: others were at the same thing. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-config-scripts-by-inum": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy that the caller has. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The inum of the script.
                 * @example 2DAF-F9A5
                 */
                inum: components["parameters"]["ScriptInum"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Script"];
            /** @description The version named in `If-None-Match` is still the current one. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-custom-script-by-name": {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the copy that the caller has. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The name of the script.
                 * @example contacts_needed
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Script"];
            /** @description The version named in `If-None-Match` is still the current one. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description There is nothing at this address, or no such client, scope, claim or script. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-config-scripts-by-type": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description Terms separated by commas, at most 10 of them. An entry matches when its name, description or id contains one of the terms, in any case. */
                pattern?: components["parameters"]["Pattern"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
                /** @description The member to sort by, under its name here or in Janssen's database. Entries without it come after all others. */
                sortBy?: components["parameters"]["SortBy"];
                /** @description The order of the page. */
                sortOrder?: components["parameters"]["SortOrder"];
                /** @description Filters separated by commas, all of which must hold, at most 20: `applicationType=web,disabled=false`. The operators are `=`, `!=`, `<`, `<=`, `>` and `>=`; on a list `=` means that it holds the value. Members of `attributes` are written `attributes.requirePar=true`, custom attributes `customAttributes.name=value`, the hosts of a list of addresses `redirectUris.host=shop.example`. `secrets.expiresAt<+30d` finds the clients whose last secret ends within that time. A backslash takes the next character as it is. */
                fieldValuePair?: components["parameters"]["FieldValuePair"];
                /** @description A filter in the language of RFC 7644 (SCIM), section 3.4.2.2, which must hold beside `fieldValuePair`: `disabled eq false and (grantTypes eq "password" or not (redirectUris pr))`. There are `eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le`, `pr`, `and`, `or`, `not` and value paths such as `attributes[requirePar eq true]`; on a list a comparison means that one of its values meets it. Names of clients, scopes and claims as people read them, descriptions and contacts compare in any case, all else exactly. At most 20 comparisons, 16 parentheses deep. */
                filter?: components["parameters"]["Filter"];
                /** @description Where the page before this one ended, as its `nextCursor` says. Paging by cursor is as fast at any depth, and visits every match once while others insert and delete. It belongs to one filter and one order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description The type of the scripts, in any case.
                 * @example client_registration
                 */
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of scripts. */
            200: {
                headers: {
                    /** @description The address of the next page, with `rel="next"` (RFC 8288). */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomScriptPagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-config-scripts-catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scripts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogScript"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-custom-script-type": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The types. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       "client_registration",
                     *       "consent_gathering"
                     *     ]
                     */
                    "application/json": string[];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-custom-script-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The types. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       "client_registration",
                     *       "consent_gathering"
                     *     ]
                     */
                    "application/json": string[];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-register": {
        parameters: {
            query: {
                /** @description The id of the client. The reply that registered it has it. */
                client_id: components["parameters"]["ClientId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The registration. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationReply"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "put-register": {
        parameters: {
            query: {
                /** @description The id of the client. The reply that registered it has it. */
                client_id: components["parameters"]["ClientId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegistrationUpdate"];
            };
        };
        responses: {
            /** @description The registration. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationReply"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "post-register": {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes it safe to send the request again: for 24 hours the same key with the same body gets the same reply, the secret included, and nothing is done twice. It is 22 to 128 letters, digits, `-` or `_`, with or without double quotes, random and of at least 128 bits: 22 characters with letters of both cases, 25 with letters of one case, 32 when all are hexadecimal digits, 39 when all are decimal. A UUID of version 4 will do. The same key with another body is refused with 422; while the first request is under way the reply is 409. A request that fails does not use the key up. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegistrationRequest"];
            };
        };
        responses: {
            /** @description The client as it is registered. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationReply"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "delete-register": {
        parameters: {
            query: {
                /** @description The id of the client. The reply that registered it has it. */
                client_id: components["parameters"]["ClientId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "get-ssa": {
        parameters: {
            query?: {
                /** @description The id of a software statement. */
                jti?: components["parameters"]["StatementId"];
                /**
                 * @description The organization of software statements.
                 * @example org-1
                 */
                org_id?: components["parameters"]["StatementOrganization"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The software statements. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SoftwareStatementEntry"][];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "post-register-ssa": {
        parameters: {
            query?: never;
            header?: {
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SoftwareStatementInput"];
            };
        };
        responses: {
            /** @description The software statement. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SoftwareStatementToken"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "delete-ssa": {
        parameters: {
            query?: {
                /** @description The id of a software statement. */
                jti?: components["parameters"]["StatementId"];
                /**
                 * @description The organization of software statements.
                 * @example org-1
                 */
                org_id?: components["parameters"]["StatementOrganization"];
            };
            header?: {
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They cannot be used any more. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "get-jwt-ssa": {
        parameters: {
            query: {
                /** @description The id of the software statement. */
                jti: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The software statement. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SoftwareStatementToken"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "validate-ssa": {
        parameters: {
            query?: never;
            header: {
                /** @description The id of the software statement. */
                jti: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can be used, or has been used by this. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description An OAuth error (RFC 6749 section 5.2). */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
        };
    };
    "get-registration-tokens": {
        parameters: {
            query?: {
                /** @description Size of the page, 0 to 200. */
                limit?: components["parameters"]["Limit"];
                /** @description How many matches to skip, counted from 0, where the page starts unless a cursor says so. */
                startIndex?: components["parameters"]["StartIndex"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of initial access tokens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationTokenPagedResult"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "post-registration-token": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegistrationTokenInput"];
            };
        };
        responses: {
            /** @description The initial access token. */
            201: {
                headers: {
                    /** @description The address of its record. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedRegistrationToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    "get-registration-token-by-id": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record of an initial access token. The reply that made it has it. */
                id: components["parameters"]["RegistrationTokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The initial access token. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "delete-registration-token-by-id": {
        parameters: {
            query?: {
                /** @description `true` answers 200 with what the request would do, a `ChangePlan`, also where it would be refused, and writes nothing; `Preference-Applied` then has `dry-run`. It does not go together with an `Idempotency-Key`. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Why this is done, in one line of text (UTF-8): it is kept with what has changed, and the history and the revisions show it. With `REQUIRE_REASON=on` nothing is changed without one. */
                "X-Reason"?: components["parameters"]["Reason"];
            };
            path: {
                /** @description The id of the record of an initial access token. The reply that made it has it. */
                id: components["parameters"]["RegistrationTokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            /** @description With `dryRun=true` 200, and what it would do. */
            "2XX": {
                headers: {
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePlan"];
                };
            };
        };
    };
    jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The current keys, the next one included from a day before its use. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JsonWebKeySet"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationServerMetadata"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
        };
    };
    "oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationServerMetadata"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
        };
    };
    "builtin-openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationServerMetadata"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
        };
    };
    "oauth-protected-resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProtectedResourceMetadata"];
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalError"];
        };
    };
    "get-config-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The parts and their state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"][];
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalError"];
        };
    };
    "get-config-health-live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalError"];
        };
    };
    "get-config-health-ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Requests can be served. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalError"];
            /** @description The database cannot be reached, or not be written. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
        };
    };
    "get-app-version": {
        parameters: {
            query?: {
                /** @description The part that is asked for. There is one, which every word stands for. */
                artifact?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version of each part. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppVersion"];
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalError"];
        };
    };
    "get-metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain; version=0.0.4; charset=utf-8": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    "get-openapi-document": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalError"];
        };
    };
}
