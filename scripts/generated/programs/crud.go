// Package main creates, reads, patches, lists and deletes a client with the code of openapi-generator.
package main

import (
	"context"
	"fmt"
	"os"

	openapi "example.com/clientele/client"
)

func must(holds bool, what string, err error) {
	if !holds || err != nil {
		fmt.Fprintln(os.Stderr, what, err)
		os.Exit(1)
	}
}

func main() {
	ctx := context.WithValue(context.Background(), openapi.ContextAccessToken, os.Getenv("TOKEN"))
	clients := openapi.NewAPIClient(openapi.NewConfiguration()).OAuthOpenIDConnectClientsAPI

	input := openapi.NewClientInput()
	input.SetClientName("In Go")
	input.SetGrantTypes([]string{"client_credentials"})
	created, _, err := clients.PostOauthOpenidClient(ctx).ClientInput(*input).Execute()
	must(err == nil, "create", err)
	inum := created.GetInum()

	read, _, err := clients.GetOauthOpenidClientsByInum(ctx, inum).Execute()
	must(err == nil && read.GetClientName() == "In Go", "get", err)

	change := openapi.JsonPatchInner{Op: "add", Path: "/description", Value: "Changed"}
	patched, _, err := clients.PatchOauthOpenidClientByInum(ctx, inum).
		JsonPatchInner([]openapi.JsonPatchInner{change}).Execute()
	must(err == nil && patched.GetDescription() == "Changed", "patch", err)

	page, _, err := clients.GetOauthOpenidClients(ctx).Pattern("In Go").SortOrder("descending").Execute()
	must(err == nil && len(page.Entries) == 1 && page.Entries[0].GetInum() == inum, "list", err)

	_, err = clients.DeleteOauthOpenidClientByInum(ctx, inum).Execute()
	must(err == nil, "delete", err)
	_, reply, _ := clients.GetOauthOpenidClientsByInum(ctx, inum).Execute()
	must(reply.StatusCode == 404, "get after delete", nil)
}
