"""Lists clients that have been used, but not for some time, and deactivates them when told to.

    python3 docs/examples/python/unused_clients.py --days 90 [--deactivate]

The credentials are in CLIENTELE_URL, CLIENTELE_CLIENT_ID and CLIENTELE_CLIENT_SECRET. Writes CSV. Exits with 0, with 1
when the registry refused something or failed, with 2 when it is called wrongly. Needs Python 3.9 and nothing else.
"""

import argparse
import base64
import csv
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

CLIENTS = "/jans-config-api/api/v1/openid/clients"
TIMEOUT = 10  # seconds
MOST_DAYS = 36_500
MARGIN = 30  # A token is renewed so many seconds before its end.


class RegistryError(Exception):
    """What the registry or its issuer answered in place of what was asked for."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keeps credentials from following a redirect to another address: it is an error."""

    def redirect_request(self, *_arguments):
        return None


OPENER = urllib.request.build_opener(NoRedirects)


def send(request):
    """Sends a request and returns the JSON of the reply."""
    try:
        with OPENER.open(request, timeout=TIMEOUT) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            raise RegistryError(error.code, explain(error.code, error.read())) from None
    except (OSError, ValueError) as error:
        raise RegistryError(0, f"{urllib.parse.urlsplit(request.full_url).netloc}: {error}") from None


def explain(status, body):
    """What problem details (RFC 9457) or an OAuth error (RFC 6749 section 5.2) say, in a few lines."""
    try:
        problem = json.loads(body)
    except ValueError:
        problem = {}
    title = problem.get("title") or problem.get("error") or "the registry failed"
    lines = [f"{title} ({status})"]
    lines += [f"{fault.get('pointer', '')} {fault['detail']}".strip() for fault in problem.get("errors", [])]
    if "requestId" in problem:
        lines.append(f"request {problem['requestId']}")
    return "\n  ".join(lines)


class Registry:
    """The clients of a registry, for a program with a client of its own."""

    def __init__(self, url, client_id, client_secret):
        self.url = url.rstrip("/")
        # Id and secret are form-encoded first (RFC 6749 section 2.3.1).
        pair = f"{urllib.parse.quote_plus(client_id)}:{urllib.parse.quote_plus(client_secret)}"
        self._basic = "Basic " + base64.b64encode(pair.encode()).decode()
        self._endpoint = None
        self._token = None
        self._renew_at = 0.0

    # region: renewal
    def call(self, method, path, query=None):
        """Calls the API. A token that is refused before its time is renewed, and the call made once more."""
        address = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        for may_retry in (True, False):
            headers = {"Authorization": "Bearer " + self._current_token()}
            try:
                return send(urllib.request.Request(address, method=method, headers=headers))
            except RegistryError as error:
                if error.status != 401 or not may_retry:
                    raise
                self._token = None

    def _current_token(self):
        if self._token is None or time.monotonic() >= self._renew_at:
            asked_at = time.monotonic()
            form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
            headers = {"Authorization": self._basic}
            reply = send(urllib.request.Request(self._token_endpoint(), data=form, headers=headers))
            lifetime = reply["expires_in"]
            self._token, self._renew_at = reply["access_token"], asked_at + max(lifetime - MARGIN, lifetime / 2)
        return self._token

    # endregion

    def _token_endpoint(self):
        """The token endpoint of the issuer that the registry names (RFC 9728 section 3, OpenID Connect Discovery).

        What speaks for another resource is not believed (RFC 9728 section 3.3): the secret would go to wherever it says.
        """
        if self._endpoint is None:
            resource = send(urllib.request.Request(self.url + "/.well-known/oauth-protected-resource"))
            issuer = resource["authorization_servers"][0].rstrip("/")
            if issuer != self.url and resource["resource"] != self.url + "/jans-config-api":
                raise RegistryError(0, self.url + " speaks for another resource")
            metadata = send(urllib.request.Request(issuer + "/.well-known/openid-configuration"))
            self._endpoint = metadata["token_endpoint"]
        return self._endpoint

    # region: paging
    def clients(self, **query):
        """Every client that the query matches, page by page. None is left out or comes twice."""
        cursor = {}
        while True:
            page = self.call("GET", CLIENTS, {"limit": 200, **query, **cursor})
            yield from page["entries"]
            if "nextCursor" not in page:
                return
            cursor = {"cursor": page["nextCursor"]}

    # endregion

    def deactivate(self, inum):
        self.call("POST", f"{CLIENTS}/{urllib.parse.quote(inum)}/deactivate")


def days(text):
    """Reads a number of days: a client that was used today is in use."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be 1 to {MOST_DAYS}, not {text}")
    return int(text)


def main():
    options = argparse.ArgumentParser(description="Lists clients that are not used any more, as CSV.")
    options.add_argument("--days", type=days, required=True, help="for how long they have not been used")
    options.add_argument("--deactivate", action="store_true", help="deactivate them as well")
    arguments = options.parse_args()
    names = ("CLIENTELE_URL", "CLIENTELE_CLIENT_ID", "CLIENTELE_CLIENT_SECRET")
    if missing := [name for name in names if not os.environ.get(name)]:
        options.error(f"not set: {', '.join(missing)}")

    registry = Registry(*(os.environ[name] for name in names))
    before = datetime.now(timezone.utc) - timedelta(days=arguments.days)
    unused = registry.clients(fieldValuePair=f"disabled=false,lastAccessTime<{before:%Y-%m-%dT%H:%M:%S}")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["inum", "clientName", "lastAccessTime"])
    failures = 0
    for client in unused:
        try:
            if arguments.deactivate:
                registry.deactivate(client["inum"])
            table.writerow([client["inum"], client.get("clientName", ""), client["lastAccessTime"]])
        except RegistryError as error:
            # One that cannot be deactivated, such as the last administrator, does not keep the others.
            print(f"{client['inum']}: {error}", file=sys.stderr)
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RegistryError as error:
        sys.exit(str(error))
