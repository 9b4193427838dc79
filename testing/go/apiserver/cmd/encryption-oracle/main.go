// Command encryption-oracle says what the API server makes of a file that is given to it as --encryption-provider-config.
//
// It calls the packages that the API server is made of, and decides nothing of its own. A question is the file as it
// stands; questions and answers are the frames of seawall.test/oracle.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/apis/apiserver"
	apiserverv1 "k8s.io/apiserver/pkg/apis/apiserver/v1"
	"k8s.io/apiserver/pkg/apis/apiserver/validation"
	"k8s.io/apiserver/pkg/server/options/encryptionconfig"
	"k8s.io/apiserver/pkg/storage/value/encrypt/envelope/kmsv2"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/klog/v2"
	"k8s.io/kms/pkg/service"
	"seawall.test/oracle"
)

// answer is what the API server makes of the file.
type answer struct {
	// Errors are those of validation.ValidateEncryptionConfiguration; none when the file cannot be decoded.
	Errors []fieldError `json:"errors"`
	// Decode says why the file cannot be decoded.
	Decode string `json:"decode,omitempty"`
	// Load says why the API server does not start with the file, for whatever reason: it cannot be decoded, it is not
	// valid, or nothing can be built of it.
	Load string `json:"load,omitempty"`
}

type fieldError struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func main() {
	// What Kubernetes logs is not what is asked for.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	// The oracle judges the file, not the gates that the API server is started with.
	if err := utilfeature.DefaultMutableFeatureGate.Set("KMSv1=true"); err != nil {
		oracle.Fail(err)
	}
	encryptionconfig.EnvelopeKMSv2ServiceFactory = silent
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{apiserver.AddToScheme, apiserverv1.AddToScheme} {
		if err := add(scheme); err != nil {
			oracle.Fail(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDecoder()
	folder, err := os.MkdirTemp("", "encryption-oracle")
	if err != nil {
		oracle.Fail(err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "encryption.yaml")
	modules := []string{"k8s.io/apiserver", "k8s.io/kms"}
	oracle.Run(modules, func(input []byte) (any, error) {
		result := validate(decoder, input)
		if err := os.WriteFile(file, input, 0o600); err != nil {
			return nil, err
		}
		result.Load = load(file)
		return result, nil
	})
}

// validate does what loadConfig of pkg/server/options/encryptionconfig does, which joins the errors to one text.
func validate(decoder runtime.Decoder, input []byte) answer {
	result := answer{Errors: []fieldError{}}
	object, _, err := decoder.Decode(input, nil, nil)
	if err != nil {
		result.Decode = err.Error()
		return result
	}
	config, ok := object.(*apiserver.EncryptionConfiguration)
	if !ok {
		result.Decode = "another kind"
		return result
	}
	for _, err := range validation.ValidateEncryptionConfiguration(config, false) {
		result.Errors = append(result.Errors, fieldError{Field: err.Field, Detail: err.Detail})
	}
	return result
}

// load starts what the API server starts, and stops it.
func load(file string) string {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if _, err := encryptionconfig.LoadEncryptionConfig(ctx, file, false, ""); err != nil {
		return err.Error()
	}
	return ""
}

// silent makes the real connection to a KMS plugin, and answers in its place at once: the API server would wait for it.
func silent(ctx context.Context, endpoint, name string, timeout time.Duration) (service.Service, error) {
	if _, err := kmsv2.NewGRPCService(ctx, endpoint, name, timeout); err != nil {
		return nil, err
	}
	return absent{}, nil
}

type absent struct{}

var errAbsent = errors.New("there is no plugin")

func (absent) Status(context.Context) (*service.StatusResponse, error) { return nil, errAbsent }

func (absent) Encrypt(context.Context, string, []byte) (*service.EncryptResponse, error) {
	return nil, errAbsent
}

func (absent) Decrypt(context.Context, string, *service.DecryptRequest) ([]byte, error) {
	return nil, errAbsent
}
