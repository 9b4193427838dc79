// Command pod-security-oracle says which controls of the Pod Security Standards a pod violates, many times in one
// process.
//
// The decision is Kubernetes' own: the checks and the evaluator of k8s.io/pod-security-admission, which the API server's
// PodSecurity admission plugin is made of. On standard input stand any number of questions, each a 4-byte big-endian
// length and that many bytes of JSON (see question). On standard output each is answered in order, in the same framing,
// with one JSON object (see answer).
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
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
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("pod-security-admission", linkedVersion("k8s.io/pod-security-admission"))
		return
	}
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pod-security-oracle:", err)
		os.Exit(1)
	}
}

// serve answers each framed question until the end of the stream.
func serve(in io.Reader, out io.Writer) error {
	evaluator, err := newEvaluator()
	if err != nil {
		return err
	}
	reader := bufio.NewReaderSize(in, 1<<16)
	writer := bufio.NewWriterSize(out, 1<<16)
	for {
		input, err := readFrame(reader)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		encoded, err := json.Marshal(evaluator.judge(input))
		if err != nil {
			return err
		}
		if err := writeFrame(writer, encoded); err != nil {
			return err
		}
		if err := writer.Flush(); err != nil {
			return err
		}
	}
}

func readFrame(reader io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(reader, binary.BigEndian, &length); err != nil {
		return nil, err
	}
	input := make([]byte, length)
	if _, err := io.ReadFull(reader, input); err != nil {
		return nil, fmt.Errorf("input of %d bytes is cut short: %w", length, err)
	}
	return input, nil
}

func writeFrame(writer io.Writer, encoded []byte) error {
	if err := binary.Write(writer, binary.BigEndian, uint32(len(encoded))); err != nil {
		return err
	}
	_, err := writer.Write(encoded)
	return err
}

// linkedVersion is the version of a module that is linked into this binary.
func linkedVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return "unknown"
}
