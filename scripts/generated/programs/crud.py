"""Creates, reads, patches, lists and deletes a client with the code of openapi-generator."""

import importlib
import os
import pkgutil

import openapi_client
from openapi_client.exceptions import NotFoundException

# Python compiles what is imported.
for module in pkgutil.walk_packages(openapi_client.__path__, "openapi_client."):
    importlib.import_module(module.name)

configuration = openapi_client.Configuration(access_token=os.environ["TOKEN"])
clients = openapi_client.OAuthOpenIDConnectClientsApi(openapi_client.ApiClient(configuration))

created = clients.post_oauth_openid_client(
    openapi_client.ClientInput(clientName="In Python", grantTypes=["client_credentials"])
)
assert clients.get_oauth_openid_clients_by_inum(created.inum).client_name == "In Python"
change = openapi_client.JsonPatchInner(op="add", path="/description", value="Changed")
assert clients.patch_oauth_openid_client_by_inum(created.inum, [change]).description == "Changed"
page = clients.get_oauth_openid_clients(pattern="In Python", sort_order="descending")
assert [client.inum for client in page.entries] == [created.inum]
clients.delete_oauth_openid_client_by_inum(created.inum)
try:
    clients.get_oauth_openid_clients_by_inum(created.inum)
    raise AssertionError("it is still there")
except NotFoundException:
    pass
