// Command kubectl-yaml-oracle says what kubectl makes of a manifest file, many times in one process.
//
// It calls the packages that kubectl itself is made of, in the way that kubectl calls them, and decides nothing of its
// own. Questions and answers are the frames of seawall.test/oracle: the content of one file, and one JSON object (see
// answer).
//
// A fatal error of the Go runtime (a stack that is too deep, memory that ran out) ends the process before the answer;
// the caller takes the missing answer as "kubectl crashes".
package main

import (
	"fmt"

	"seawall.test/oracle"
)

// answer is what kubectl makes of one input.
type answer struct {
	// Documents are the documents that the decoder yielded before it stopped, whatever they hold.
	Documents []document `json:"documents"`
	// Error is the decoder's error that ended the stream. Empty: it was read to its end.
	Error string `json:"error,omitempty"`
	// Objects are the Kubernetes objects that kubectl's commands would go on with, Lists flattened.
	Objects []string `json:"objects"`
	// ObjectErrors are the errors of the whole path, also those about single documents (no kind, bad metadata).
	ObjectErrors string `json:"objectErrors,omitempty"`
	// Crash is the panic that the input causes in kubectl's code.
	Crash string `json:"crash,omitempty"`
}

// document is one decoded document: canonical JSON or the error of its own.
type document struct {
	JSON  string `json:"json,omitempty"`
	Error string `json:"error,omitempty"`
}

func main() {
	modules := []string{"k8s.io/cli-runtime", "k8s.io/apimachinery"}
	oracle.Run(modules, func(input []byte) (any, error) { return judge(input), nil })
}

// judge runs both paths over one input and survives a panic in them.
func judge(input []byte) (result answer) {
	defer func() {
		if cause := recover(); cause != nil {
			result = answer{Documents: []document{}, Objects: []string{}, Crash: fmt.Sprint(cause)}
		}
	}()
	result.Documents, result.Error = decodeDocuments(input)
	result.Objects, result.ObjectErrors = buildObjects(input)
	return result
}
