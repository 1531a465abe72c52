"""Registers clients with libraries of Python, as their users do: python registration_clients.py ISSUER"""

import asyncio
import sys

import httpx2
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata
from idpyoidc.client.oauth2.stand_alone_client import StandAloneClient
from mcp.client.auth import utils as mcp
from mcp.shared.auth import OAuthClientMetadata

REDIRECT = "http://localhost:33418/callback"


def authlib(issuer):
    """Validates both documents, and gets a token for a client that it registers."""
    for kind, where in (
        (AuthorizationServerMetadata, "oauth-authorization-server"),
        (OpenIDProviderMetadata, "openid-configuration"),
    ):
        kind(requests.get(f"{issuer}/.well-known/{where}", timeout=10).json()).validate()
    wished = {"client_name": "Authlib", "grant_types": ["client_credentials"], "response_types": []}
    built_in = requests.get(f"{issuer}/jans-auth/.well-known/openid-configuration", timeout=10).json()
    reply = requests.post(built_in["registration_endpoint"], json=wished, timeout=10)
    assert reply.status_code == 201, reply.text
    client = reply.json()
    session = OAuth2Session(client["client_id"], client["client_secret"], token_endpoint_auth_method="client_secret_basic")
    token = session.fetch_token(built_in["token_endpoint"], grant_type="client_credentials")
    assert token["token_type"] == "Bearer", token


def idpyoidc(issuer):
    """Discovers and registers a relying party."""
    party = StandAloneClient(
        config={
            "issuer": issuer,
            "client_type": "oidc",
            "redirect_uris": [REDIRECT],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email"],
            "client_authn_methods": ["client_secret_basic", "client_secret_post"],
            "client_name": "idpyoidc",
        },
        services={
            "discovery": {"class": "idpyoidc.client.oidc.provider_info_discovery.ProviderInfoDiscovery"},
            "registration": {"class": "idpyoidc.client.oidc.registration.Registration"},
            "authorization": {"class": "idpyoidc.client.oidc.authorization.Authorization"},
            "accesstoken": {"class": "idpyoidc.client.oidc.access_token.AccessToken"},
        },
    )
    party.do_provider_info()
    party.do_client_registration(request_args={"redirect_uris": [REDIRECT], "application_type": "native", "scope": ["openid"]})
    assert party.get_context().get_client_id(), "no client id"


async def sdk(issuer):
    """What the SDK of the Model Context Protocol does before it has a user sign in."""
    wished = OAuthClientMetadata(
        client_name="MCP",
        redirect_uris=[REDIRECT],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        token_endpoint_auth_method="none",
    )
    async with httpx2.AsyncClient() as http:
        metadata = None
        for url in mcp.build_oauth_authorization_server_metadata_discovery_urls(issuer, issuer):
            _, metadata = await mcp.handle_auth_metadata_response(await http.send(mcp.create_oauth_metadata_request(url)))
            if metadata is not None:
                break
        assert metadata is not None, "it reads no metadata"
        request = mcp.create_client_registration_request(metadata, wished, issuer)
        client = await mcp.handle_registration_response(await http.send(request))
        assert client.client_id and client.token_endpoint_auth_method == "none", client


def main():
    issuer = sys.argv[1]
    authlib(issuer)
    idpyoidc(issuer)
    asyncio.run(sdk(issuer))
    print("Authlib, idpyoidc and the SDK of MCP have registered.")


main()
