// Command kubectl-yaml-oracle says what kubectl makes of a manifest file, many times in one process.
//
// It calls the packages that kubectl itself is made of, in the way that kubectl calls them, and decides nothing of its
// own. On standard input stand any number of inputs, each a 4-byte big-endian length and that many bytes: the content
// of one file. On standard output each is answered in order, in the same framing, with one JSON object (see answer).
//
// A fatal error of the Go runtime (a stack that is too deep, memory that ran out) ends the process before the answer;
// the caller takes the missing answer as "kubectl crashes".
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
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("cli-runtime", linkedVersion("k8s.io/cli-runtime"), "apimachinery", linkedVersion("k8s.io/apimachinery"))
		return
	}
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "kubectl-yaml-oracle:", err)
		os.Exit(1)
	}
}

// serve answers each framed input until the end of the stream. Every answer leaves before the next input is tried, since
// that one may end the process and the caller counts answers to know which it was.
func serve(in io.Reader, out io.Writer) error {
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
		encoded, err := json.Marshal(judge(input))
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
