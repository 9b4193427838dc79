// What PostStartHook of pkg/registry/rbac/rest/storage_rbac.go makes: lists, and by namespace lists.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"seawall.test/bootstrap/bootstrappolicy"
)

func main() {
	policy := map[string]any{
		"ClusterRole":        append(bootstrappolicy.ClusterRoles(), bootstrappolicy.ControllerRoles()...),
		"ClusterRoleBinding": append(bootstrappolicy.ClusterRoleBindings(), bootstrappolicy.ControllerRoleBindings()...),
		"Role":               bootstrappolicy.NamespaceRoles(),
		"RoleBinding":        bootstrappolicy.NamespaceRoleBindings(),
	}
	if err := json.NewEncoder(os.Stdout).Encode(policy); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
