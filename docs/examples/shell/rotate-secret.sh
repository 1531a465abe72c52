#!/usr/bin/env bash
# Gives a client a new secret and writes it to a file for the owner only. The old secret stays valid for a while.
#
#   docs/examples/shell/rotate-secret.sh <inum> <file> [<seconds that the old secret stays valid>]
#
# The credentials are in CLIENTELE_URL, CLIENTELE_CLIENT_ID and CLIENTELE_CLIENT_SECRET. Exits with 0, with 1 when the
# registry refused something or failed, with 2 when it is called wrongly. Needs bash, curl 7.76 or newer and jq.
set -euo pipefail

fail() {
  echo "$1" >&2
  exit "${2:-1}"
}

(($# == 2 || $# == 3)) || fail "usage: ${0##*/} <inum> <file> [<seconds>]" 2
inum=$1 file=$2 overlap=${3:-3600}
[[ $inum =~ ^[A-Za-z0-9._~-]{1,128}$ ]] || fail "not an inum: $inum" 2
[[ $overlap =~ ^[0-9]+$ ]] || fail "not a number of seconds: $overlap" 2
for name in CLIENTELE_URL CLIENTELE_CLIENT_ID CLIENTELE_CLIENT_SECRET; do
  [[ -n ${!name:-} ]] || fail "$name is not set" 2
done

# region: call
# Calls an address and prints the body of the reply; what it says about an error goes to standard error. Headers and
# data that hold secrets come from standard input, as lines of a curl configuration: no list of processes shows them.
call() {
  local body
  if body=$(curl --silent --show-error --fail-with-body --max-time 10 --config - "$@"); then
    printf '%s' "$body"
    return
  fi
  jq -r '([.title // .error] + [.errors[]? | "  \(.pointer // "") \(.detail)"] +
    [.requestId // empty | "  request \(.)"])[]' <<<"$body" >&2 || true
  return 1
}
# endregion

# region: token
token() {
  local url=${CLIENTELE_URL%/} issuer endpoint user
  # What speaks for another resource is not believed (RFC 9728 section 3.3): the secret would go to wherever it says.
  issuer=$(call "$url/.well-known/oauth-protected-resource" </dev/null |
    jq -er --arg url "$url" '.authorization_servers[0] as $issuer
      | if $issuer == $url or .resource == $url + "/jans-config-api" then $issuer
        else error("\($url) speaks for another resource") end') &&
    endpoint=$(call "${issuer%/}/.well-known/openid-configuration" </dev/null | jq -er .token_endpoint) &&
    # Id and secret are form-encoded first (RFC 6749 section 2.3.1).
    user=$(jq -nr '[env.CLIENTELE_CLIENT_ID, env.CLIENTELE_CLIENT_SECRET | @uri] | join(":")') &&
    printf 'user = "%s"\n' "$user" | call --data grant_type=client_credentials "$endpoint" | jq -er .access_token
}
# endregion

# The secret is shown once: find out before whether it can be kept.
umask 077
kept=$(mktemp "$file.XXXXXX") || exit 1
trap 'rm -f "$kept"' EXIT

token=$(token)
printf 'header = "Authorization: Bearer %s"\n' "$token" |
  call --header 'Content-Type: application/json' --data "{\"overlapSeconds\":$overlap}" \
    "${CLIENTELE_URL%/}/jans-config-api/api/v1/openid/clients/$inum/secret" |
  jq -er .clientSecret >"$kept"
mv "$kept" "$file"
echo "The secret of $inum is in $file; the one before is valid for $overlap seconds."
