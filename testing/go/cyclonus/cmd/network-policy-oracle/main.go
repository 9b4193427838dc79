// Command network-policy-oracle says what NetworkPolicies let pass, many times in one process.
//
// The decision is that of the policy matcher of github.com/mattfenwick/cyclonus. Questions and answers are the frames of
// seawall.test/oracle, each one JSON object (see question and answer).
package main

import (
	"encoding/json"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	"k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"seawall.test/oracle"
)

// question is a set of policies and what is sent.
type question struct {
	// Policies are all there are, with the defaults that the API server gives them.
	Policies []*networkingv1.NetworkPolicy `json:"policies"`
	Packets  []packet                      `json:"packets"`
}

// packet goes from one end to the other.
type packet struct {
	From     end         `json:"from"`
	To       end         `json:"to"`
	Protocol v1.Protocol `json:"protocol"`
	Port     int         `json:"port"`
	// Names are those that the pod at the other end has for the port.
	Names []string `json:"names"`
}

// end is a pod, or with no namespace an address outside of the cluster.
type end struct {
	IP              string            `json:"ip"`
	Namespace       string            `json:"namespace"`
	NamespaceLabels map[string]string `json:"namespaceLabels"`
	Labels          map[string]string `json:"labels"`
}

// answer has for each packet whether the policies of the sender, and those of the receiver, let it pass.
type answer struct {
	Egress  []bool `json:"egress"`
	Ingress []bool `json:"ingress"`
}

func main() {
	oracle.Run([]string{"github.com/mattfenwick/cyclonus"}, func(input []byte) (any, error) {
		var asked question
		if err := json.Unmarshal(input, &asked); err != nil {
			return nil, err
		}
		policies := matcher.BuildNetworkPolicies(true, asked.Policies)
		found := answer{Egress: []bool{}, Ingress: []bool{}}
		for _, sent := range asked.Packets {
			found.Egress = append(found.Egress, passes(policies, sent, false))
			found.Ingress = append(found.Ingress, passes(policies, sent, true))
		}
		return found, nil
	})
}

// passes asks once for each name of the port: the matcher knows one.
func passes(policies *matcher.Policy, sent packet, isIngress bool) bool {
	for _, name := range append([]string{""}, sent.Names...) {
		traffic := &matcher.Traffic{
			Source:           peer(sent.From),
			Destination:      peer(sent.To),
			ResolvedPort:     sent.Port,
			ResolvedPortName: name,
			Protocol:         sent.Protocol,
		}
		if policies.IsIngressOrEgressAllowed(traffic, isIngress).IsAllowed() {
			return true
		}
	}
	return false
}

func peer(of end) *matcher.TrafficPeer {
	if of.Namespace == "" {
		return &matcher.TrafficPeer{IP: of.IP}
	}
	return &matcher.TrafficPeer{IP: of.IP, Internal: &matcher.InternalPeer{
		PodLabels:       of.Labels,
		NamespaceLabels: of.NamespaceLabels,
		Namespace:       of.Namespace,
	}}
}
