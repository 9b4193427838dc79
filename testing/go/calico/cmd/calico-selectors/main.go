// Command calico-selectors says whom selectors of Calico mean, many times in one process.
//
// The decision is that of libcalico-go/lib/selector/parser of github.com/projectcalico/calico. Questions and answers are the frames of
// seawall.test/oracle, each one JSON object (see question and answer).
package main

import (
	"encoding/json"

	"github.com/projectcalico/calico/libcalico-go/lib/selector/parser"

	"seawall.test/oracle"
)

// question is a selector and objects by their labels.
type question struct {
	Selector string              `json:"selector"`
	Labels   []map[string]string `json:"labels"`
}

// answer has whether it is taken, and then of each object whether it is meant.
type answer struct {
	Taken bool   `json:"taken"`
	Meant []bool `json:"meant"`
}

func main() {
	oracle.Run([]string{"github.com/projectcalico/calico"}, func(input []byte) (any, error) {
		var asked question
		if err := json.Unmarshal(input, &asked); err != nil {
			return nil, err
		}
		found := answer{Meant: []bool{}}
		selector, err := parser.Parse(asked.Selector)
		if err != nil {
			return found, nil
		}
		found.Taken = true
		for _, labels := range asked.Labels {
			found.Meant = append(found.Meant, selector.Evaluate(labels))
		}
		return found, nil
	})
}
