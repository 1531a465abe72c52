// Package main creates, reads, patches, lists and deletes a client with the code of oapi-codegen.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"example.com/clientele/registry"
)

func must(holds bool, what string, err error) {
	if !holds || err != nil {
		fmt.Fprintln(os.Stderr, what, err)
		os.Exit(1)
	}
}

func authorize(_ context.Context, request *http.Request) error {
	request.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
	return nil
}

func main() {
	ctx := context.Background()
	clients, err := registry.NewClientWithResponses(os.Getenv("BASE"), registry.WithRequestEditorFn(authorize))
	must(err == nil, "client", err)

	name, pattern := "By oapi-codegen", "oapi-codegen"
	grants := []registry.ClientInputGrantTypes{registry.ClientInputGrantTypesClientCredentials}
	input := registry.ClientInput{ClientName: &name, GrantTypes: &grants}
	created, err := clients.PostOauthOpenidClientWithResponse(ctx, nil, input)
	must(err == nil && created.JSON201 != nil, "create", err)
	inum := created.JSON201.Inum

	read, err := clients.GetOauthOpenidClientsByInumWithResponse(ctx, inum, nil)
	must(err == nil && read.JSON200 != nil && *read.JSON200.ClientName == name, "get", err)

	change := registry.MergePatch{"description": "Changed"}
	patched, err := clients.PatchOauthOpenidClientByInumWithApplicationMergePatchPlusJSONBodyWithResponse(ctx, inum, nil, change)
	must(err == nil && patched.JSON200 != nil && *patched.JSON200.Description == "Changed", "patch", err)

	page, err := clients.GetOauthOpenidClientsWithResponse(ctx, &registry.GetOauthOpenidClientsParams{Pattern: &pattern})
	must(err == nil && page.JSON200 != nil && len(page.JSON200.Entries) == 1, "list", err)

	removed, err := clients.DeleteOauthOpenidClientByInumWithResponse(ctx, inum, nil)
	must(err == nil && removed.StatusCode() == 204, "delete", err)
	gone, err := clients.GetOauthOpenidClientsByInumWithResponse(ctx, inum, nil)
	must(err == nil && gone.StatusCode() == 404, "get after delete", err)
}
