// Command kubectl is Kubernetes' own kubectl. The main function is that of
// k8s.io/kubernetes/cmd/kubectl/kubectl.go (v1.36.3): everything it does is in the staging modules, so that this
// module needs a fifth of the dependencies of k8s.io/kubernetes.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"

	// Client authentication plugins, as in the original.
	_ "k8s.io/client-go/plugin/pkg/client/auth"
)

func main() {
	logs.GlogSetter(cmd.GetLogVerbosity(os.Args)) // nolint:errcheck
	command := cmd.NewDefaultKubectlCommand()
	if err := cli.RunNoErrOutput(command); err != nil {
		util.CheckErr(err)
	}
}
