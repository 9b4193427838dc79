// Command istio-oracle says what Istio makes of connections to a sidecar: its own code finds the mode of mutual TLS and
// writes the rules of authorization that Envoy is given, and those are asked here.
package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"istio.io/api/security/v1beta1"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/security/authn"
	"istio.io/istio/pilot/pkg/security/authz/builder"
	"istio.io/istio/pilot/pkg/security/trustdomain"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/labels"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/util/protomarshal"

	"seawall.test/oracle"
)

// question is what is sent to one workload.
type question struct {
	Root      string            `json:"root"`
	Namespace string            `json:"namespace"`
	Labels    map[string]string `json:"labels"`
	// Peers are PeerAuthentications, the oldest first.
	Peers []object `json:"peers"`
	// Policies are AuthorizationPolicies.
	Policies    []object     `json:"policies"`
	Connections []connection `json:"connections"`
}

type object struct {
	Metadata struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec json.RawMessage `json:"spec"`
}

// connection is what a client sends, who is in the mesh when it has an identity.
type connection struct {
	Identity string `json:"identity"`
	From     string `json:"from"`
	To       string `json:"to"`
	Port     uint32 `json:"port"`
}

type answer struct {
	// Modes of the ports of the connections.
	Modes []string `json:"modes"`
	// Passes says of each connection whether it is let in, when it is taken for TCP.
	Passes []bool `json:"passes"`
}

func main() {
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	oracle.Run([]string{"istio.io/istio"}, func(asked []byte) (any, error) {
		var q question
		if err := json.Unmarshal(asked, &q); err != nil {
			return nil, err
		}
		return answerOf(q)
	})
}

func answerOf(q question) (*answer, error) {
	peers, err := peersOf(q)
	if err != nil {
		return nil, err
	}
	merged := authn.ComposePeerAuthentication(q.Root, peers)
	filters, err := filtersOf(q)
	if err != nil {
		return nil, err
	}
	found := &answer{}
	for _, c := range q.Connections {
		mode := merged.Mode
		if own, ok := merged.PerPort[c.Port]; ok {
			mode = own
		}
		found.Modes = append(found.Modes, mode.String())
		// Where the mesh encrypts nothing, clients do not encrypt (auto mTLS), and are known to nobody.
		if mode == model.MTLSDisable {
			c.Identity = ""
		}
		passes := mode != model.MTLSStrict || c.Identity != ""
		for _, filter := range filters {
			ok, err := passesFilter(filter, c)
			if err != nil {
				return nil, err
			}
			passes = passes && ok
		}
		found.Passes = append(found.Passes, passes)
	}
	return found, nil
}

// peersOf are the PeerAuthentications that getConfigsForWorkload of pilot/pkg/model/authentication.go would give.
func peersOf(q question) ([]*config.Config, error) {
	var found []*config.Config
	for i, peer := range q.Peers {
		spec := &v1beta1.PeerAuthentication{}
		if err := protomarshal.Unmarshal(peer.Spec, spec); err != nil {
			return nil, fmt.Errorf("%s: %w", peer.Metadata.Name, err)
		}
		selector := labels.Instance(spec.GetSelector().GetMatchLabels())
		namespace := peer.Metadata.Namespace
		if (namespace != q.Root && namespace != q.Namespace) || !selector.SubsetOf(q.Labels) {
			continue
		}
		found = append(found, &config.Config{
			Meta: config.Meta{
				Name:              peer.Metadata.Name,
				Namespace:         namespace,
				CreationTimestamp: time.Unix(int64(i), 0),
			},
			Spec: spec,
		})
	}
	return found, nil
}

// filtersOf are the filters that Envoy is given for TCP.
func filtersOf(q question) ([]*rbac, error) {
	policies := model.AuthorizationPolicies{
		NamespaceToPolicies: map[string][]model.AuthorizationPolicy{},
		RootNamespace:       q.Root,
	}
	for _, policy := range q.Policies {
		spec := &v1beta1.AuthorizationPolicy{}
		if err := protomarshal.Unmarshal(policy.Spec, spec); err != nil {
			return nil, fmt.Errorf("%s: %w", policy.Metadata.Name, err)
		}
		namespace := policy.Metadata.Namespace
		policies.NamespaceToPolicies[namespace] = append(policies.NamespaceToPolicies[namespace], model.AuthorizationPolicy{
			Name:        policy.Metadata.Name,
			Namespace:   namespace,
			Annotations: policy.Metadata.Annotations,
			Spec:        spec,
		})
	}
	for _, own := range policies.NamespaceToPolicies {
		sort.Slice(own, func(i, j int) bool { return own[i].Name < own[j].Name })
	}
	listed := policies.ListAuthorizationPolicies(model.PolicyMatcherFor(q.Namespace, q.Labels, false))
	built := builder.New(trustdomain.NewBundle("cluster.local", nil), nil, listed, builder.Option{})
	if built == nil {
		return nil, nil
	}
	return rbacsOf(built.BuildTCP())
}
