// Command apimachinery-oracle says what Kubernetes makes of quantities, label selectors and image references.
//
// It calls the packages that the API server and the kubelet are made of, and decides nothing of its own. Questions and
// answers are the frames of seawall.test/oracle, each one JSON object (see question and answer).
package main

import (
	"encoding/json"
	"fmt"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"seawall.test/oracle"

	// The digest algorithms that every Kubernetes binary has linked in.
	_ "crypto/sha256"
	_ "crypto/sha512"
)

// question holds one of: quantities, a label selector, the string form of a selector, an image reference.
type question struct {
	// Quantities: two of them.
	Quantities *[2]string `json:"quantities"`
	// Selector is a metav1.LabelSelector, null for none.
	Selector *json.RawMessage `json:"selector"`
	// Text is the string form of a selector.
	Text *string `json:"text"`
	// Labels are what a selector is asked to match.
	Labels labels.Set `json:"labels"`
	// Image is an image reference.
	Image *string `json:"image"`
}

// answer holds what belongs to the question; Error stands alone.
type answer struct {
	Error string `json:"error,omitempty"`
	// Canonical forms of the first quantity and of the sum. Null where the canonical form is not the quantity any
	// more: beyond 999E there is no suffix, and the suffix is left out.
	Canonical *string `json:"canonical,omitempty"`
	Sum       *string `json:"sum,omitempty"`
	// Compare is -1, 0 or 1, as the first quantity is less than, equal to or greater than the second.
	Compare int `json:"compare"`
	// Matches says whether the selector selects the labels.
	Matches bool `json:"matches"`
	// Registry, Repository, Tag and Digest are the parts of an image reference.
	Registry   string `json:"registry,omitempty"`
	Repository string `json:"repository,omitempty"`
	Tag        string `json:"tag,omitempty"`
	Digest     string `json:"digest,omitempty"`
}

func main() {
	oracle.Run([]string{"k8s.io/apimachinery", "github.com/distribution/reference"}, judge)
}

func judge(input []byte) (any, error) {
	var asked question
	if err := json.Unmarshal(input, &asked); err != nil {
		return nil, fmt.Errorf("not a question: %w", err)
	}
	return reply(asked), nil
}

func reply(asked question) answer {
	switch {
	case asked.Quantities != nil:
		return quantities(asked.Quantities[0], asked.Quantities[1])
	case asked.Image != nil:
		return image(*asked.Image)
	case asked.Text != nil:
		selector, err := labels.Parse(*asked.Text)
		return matches(selector, err, asked.Labels)
	}
	var selector *metav1.LabelSelector
	if asked.Selector != nil {
		if err := json.Unmarshal(*asked.Selector, &selector); err != nil {
			return answer{Error: err.Error()}
		}
	}
	compiled, err := metav1.LabelSelectorAsSelector(selector)
	return matches(compiled, err, asked.Labels)
}

func quantities(first, second string) answer {
	a, err := resource.ParseQuantity(first)
	if err != nil {
		return answer{Error: err.Error()}
	}
	result := answer{Canonical: canonical(a)}
	b, err := resource.ParseQuantity(second)
	if err != nil {
		return result
	}
	result.Compare = a.Cmp(b)
	sum := a.DeepCopy()
	sum.Add(b)
	result.Sum = canonical(sum)
	return result
}

// canonical leaves out the cache of the string as written, which String would give.
func canonical(quantity resource.Quantity) *string {
	number, suffix := quantity.CanonicalizeBytes(nil)
	text := string(number) + string(suffix)
	if again, err := resource.ParseQuantity(text); err != nil || again.Cmp(quantity) != 0 {
		return nil
	}
	return &text
}

func matches(selector labels.Selector, err error, set labels.Set) answer {
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Matches: selector.Matches(set)}
}

func image(text string) answer {
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	result := answer{Registry: reference.Domain(named), Repository: reference.Path(named)}
	if tagged, ok := named.(reference.Tagged); ok {
		result.Tag = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		result.Digest = digested.Digest().String()
	}
	return result
}
