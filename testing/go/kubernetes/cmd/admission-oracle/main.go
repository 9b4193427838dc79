// Command admission-oracle says what the API server's admission makes of the resources of a pod or a claim: what the
// LimitRanges of its namespace give it and refuse, whether a ResourceQuota counts it, what it must say, and how much of
// the quota it takes.
//
// It calls the packages that kube-apiserver is made of, and decides nothing of its own. Questions and answers are the
// frames of seawall.test/oracle, each one JSON object (see question and answer).
package main

import (
	"io"

	"k8s.io/klog/v2"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"seawall.test/oracle"
)

func main() {
	// What Kubernetes logs is not what is asked for.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	oracle.Run([]string{"k8s.io/kubernetes"}, func(input []byte) (any, error) { return judge(input), nil })
}
