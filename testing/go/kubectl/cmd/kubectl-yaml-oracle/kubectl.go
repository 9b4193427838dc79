package main

import (
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/cli-runtime/pkg/resource"
)

// asFile applies what kubectl does to the bytes of a file: a byte order mark chooses UTF-8 or UTF-16
// (FileVisitor.Visit in k8s.io/cli-runtime/pkg/resource/visitor.go).
func asFile(input []byte) io.Reader {
	return transform.NewReader(bytes.NewReader(input), unicode.BOMOverride(unicode.UTF8.NewDecoder()))
}

// decodeDocuments is the loop of StreamVisitor.Visit (same file) up to the point where the document has to be a
// Kubernetes object: documents without apiVersion and kind, lists and scalars can be compared too.
func decodeDocuments(input []byte) ([]document, string) {
	documents := []document{}
	decoder := yaml.NewYAMLOrJSONDecoder(asFile(input), 4096)
	for {
		extension := runtime.RawExtension{}
		if err := decoder.Decode(&extension); err != nil {
			if err == io.EOF {
				return documents, ""
			}
			return documents, err.Error()
		}
		raw := bytes.TrimSpace(extension.Raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		documents = append(documents, decodeDocument(raw))
	}
}

// decodeDocument decodes as UnstructuredJSONScheme does: case-sensitive, the last of equal keys wins, whole numbers
// that fit become int64, all others float64.
func decodeDocument(raw []byte) document {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return document{Error: err.Error()}
	}
	return document{JSON: canonical(value)}
}

// buildObjects runs the resource builder as `kubectl apply`, `annotate --local` and the like do, without a server.
func buildObjects(input []byte) ([]string, string) {
	objects := []string{}
	err := resource.NewLocalBuilder().
		Unstructured().
		Local().
		ContinueOnError().
		Stream(asFile(input), "input").
		Flatten().
		Do().
		Visit(func(info *resource.Info, err error) error {
			if err != nil {
				return err
			}
			content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(info.Object)
			if err != nil {
				return err
			}
			objects = append(objects, canonical(content))
			return nil
		})
	if err != nil {
		return objects, err.Error()
	}
	return objects, ""
}
