// Command pod-security-oracle says which controls of the Pod Security Standards a pod violates, many times in one
// process.
//
// The decision is Kubernetes' own: the checks and the evaluator of k8s.io/pod-security-admission, which the API server's
// PodSecurity admission plugin is made of. Questions and answers are the frames of seawall.test/oracle, each one JSON
// object (see question and answer).
package main

import (
	"encoding/json"

	"seawall.test/oracle"
)

// question is a pod and what to hold it to.
type question struct {
	// Level is "baseline" or "restricted".
	Level string `json:"level"`
	// Version is the version of the standards: "v1.36", or "latest".
	Version string `json:"version"`
	// Pod is the pod, as the API server would be sent it: an object, or a string of YAML.
	Pod json.RawMessage `json:"pod"`
}

// answer is what Kubernetes makes of one question.
type answer struct {
	// Controls are the ids of the controls that the pod violates, in the order of the evaluator.
	Controls []string `json:"controls"`
	// Error says why there is no verdict: the pod cannot be decoded, or the level or version is none.
	Error string `json:"error,omitempty"`
}

func main() {
	evaluator, err := newEvaluator()
	if err != nil {
		oracle.Fail(err)
	}
	modules := []string{"k8s.io/pod-security-admission"}
	oracle.Run(modules, func(input []byte) (any, error) { return evaluator.judge(input), nil })
}
