// Command network-policy enforces the NetworkPolicies of the pods of a node, by the network policy controller of kube-router
// alone: its routing and its service proxy, which a node of the rig does not use, are not built in.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"sync"

	"github.com/cloudnativelabs/kube-router/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/pkg/options"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	config := options.NewKubeRouterConfig()
	version := flag.Bool("version", false, "say which kube-router is built in")
	flag.StringVar(&config.Kubeconfig, "kubeconfig", "", "how to speak with the API server")
	flag.StringVar(&config.HostnameOverride, "node", "", "name of the node")
	flag.StringVar(&config.ClusterIPCIDR, "service-cluster-ip-range", config.ClusterIPCIDR, "addresses of Services")
	flag.Parse()
	if *version {
		fmt.Println("kube-router " + builtIn("github.com/cloudnativelabs/kube-router"))
		return
	}
	if err := run(config); err != nil {
		log.Fatal(err)
	}
}

// run is what `Run` of pkg/cmd/kube-router.go does (v1.6.1) with --run-firewall=true and all else false.
func run(config *options.KubeRouterConfig) error {
	clientConfig, err := clientcmd.BuildConfigFromFlags("", config.Kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(clientConfig)
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(stop)
	factory.WaitForCacheSync(stop)

	var ipset sync.Mutex
	controller, err := netpol.NewNetworkPolicyController(client, config, pods, policies, namespaces, &ipset)
	if err != nil {
		return err
	}
	pods.AddEventHandler(controller.PodEventHandler)
	namespaces.AddEventHandler(controller.NamespaceEventHandler)
	policies.AddEventHandler(controller.NetworkPolicyEventHandler)

	// Nobody asks for its health, but it waits until somebody hears of it.
	heartbeats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range heartbeats {
		}
	}()
	var running sync.WaitGroup
	running.Add(1)
	controller.Run(heartbeats, stop, &running)
	return fmt.Errorf("the controller has ended")
}

// builtIn is the version of a module that is part of this program.
func builtIn(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fmt.Fprintln(os.Stderr, "no build information")
		os.Exit(1)
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return "not built in"
}
