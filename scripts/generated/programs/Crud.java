import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.OAuthOpenIdConnectClientsApi;
import org.openapitools.client.model.ClientInput;
import org.openapitools.client.model.JsonPatchInner;

/** Creates, reads, patches, lists and deletes a client with the code of openapi-generator. */
public class Crud {
  static void must(boolean holds, String what) {
    if (!holds) throw new IllegalStateException(what);
  }

  public static void main(String[] arguments) throws ApiException {
    ApiClient api = new ApiClient();
    api.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + System.getenv("TOKEN")));
    OAuthOpenIdConnectClientsApi clients = new OAuthOpenIdConnectClientsApi(api);

    ClientInput input =
        new ClientInput().clientName("In Java").addGrantTypesItem(ClientInput.GrantTypesEnum.CLIENT_CREDENTIALS);
    String inum = clients.postOauthOpenidClient(input, null, null, null, null).getInum();
    must("In Java".equals(clients.getOauthOpenidClientsByInum(inum, null).getClientName()), "get");
    JsonPatchInner change =
        new JsonPatchInner().op(JsonPatchInner.OpEnum.ADD).path("/description").value("Changed");
    must(
        "Changed".equals(clients.patchOauthOpenidClientByInum(inum, List.of(change), null, null, null, null, null).getDescription()),
        "patch");
    must(
        clients.getOauthOpenidClients(10, "In Java", null, null, "descending", null, null, null, null).getEntries().size() == 1,
        "list");
    clients.deleteOauthOpenidClientByInum(inum, null, null, null);
    try {
      clients.getOauthOpenidClientsByInum(inum, null);
      must(false, "get after delete");
    } catch (ApiException refused) {
      must(refused.getCode() == 404, "get after delete");
    }
  }
}
