package main

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	quota "k8s.io/apiserver/pkg/quota/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	api "k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	quotacore "k8s.io/kubernetes/pkg/quota/v1/evaluator/core"
	"k8s.io/kubernetes/plugin/pkg/admission/limitranger"
	"k8s.io/utils/clock"
)

// question is an object and what its namespace holds it to.
type question struct {
	// Object is a Pod or a PersistentVolumeClaim of v1.
	Object json.RawMessage `json:"object"`
	// LimitRanges are those of the namespace, in the order in which the admission plugin happens to list them.
	LimitRanges []json.RawMessage `json:"limitRanges"`
	// Quota is a ResourceQuota, or null. Claims are not asked for theirs.
	Quota json.RawMessage `json:"quota"`
}

// answer is what Kubernetes makes of one question.
type answer struct {
	// Error says why there is no verdict: something of the question cannot be decoded.
	Error string `json:"error,omitempty"`
	// Invalid says what is not valid in the LimitRanges, the quota, and the pod as it is written.
	Invalid string `json:"invalid"`
	// Limits says why the LimitRanges refuse the object; empty when they do not. So it is when the pod is not valid with
	// what they have given it.
	Limits string `json:"limits"`
	// Counted is whether the quota counts the pod: its scopes hold, and one of its keys is about pods.
	Counted bool `json:"counted"`
	// Missing says what the pod must say of its resources for the quota to admit it; empty when it says that.
	Missing string `json:"missing"`
	// Usage is how much of each key of the quota the pod takes, in the canonical form of quantities.
	Usage map[corev1.ResourceName]string `json:"usage"`
}

func judge(input []byte) answer {
	var asked question
	if err := json.Unmarshal(input, &asked); err != nil {
		return answer{Error: fmt.Sprintf("not a question: %v", err)}
	}
	object, err := decode(asked.Object)
	if err != nil {
		return answer{Error: fmt.Sprintf("not an object: %v", err)}
	}
	var result answer
	ranges := make([]*corev1.LimitRange, len(asked.LimitRanges))
	for i, written := range asked.LimitRanges {
		ranges[i] = &corev1.LimitRange{}
		if err := cached(written, ranges[i], &result.Invalid); err != nil {
			return answer{Error: fmt.Sprintf("not a LimitRange: %v", err)}
		}
	}
	pod, isPod := object.(*api.Pod)
	if isPod {
		result.Invalid += invalidity(pod)
	}
	result.Limits = limits(ranges, object)
	if isPod && result.Limits == "" && result.Invalid == "" {
		result.Limits = invalidity(pod)
	}
	if !isPod || len(asked.Quota) == 0 || string(asked.Quota) == "null" {
		return result
	}
	var charged corev1.ResourceQuota
	if err := cached(asked.Quota, &charged, &result.Invalid); err != nil {
		return answer{Error: fmt.Sprintf("not a ResourceQuota: %v", err)}
	}
	if err := charge(&result, &charged, pod); err != nil {
		return answer{Error: err.Error()}
	}
	return result
}

// decode reads an object as the API server does, and sets its defaults.
func decode(written []byte) (runtime.Object, error) {
	object, _, err := legacyscheme.Codecs.UniversalDecoder().Decode(written, nil, nil)
	return object, err
}

// cached gives the form in which admission reads an object of the cache: of the version, with its defaults.
func cached(written []byte, into runtime.Object, invalid *string) error {
	object, err := decode(written)
	if err != nil {
		return err
	}
	*invalid += invalidity(object)
	return legacyscheme.Scheme.Convert(object, into, nil)
}

// limits does what runLimitFunc of the plugin does, first for Admit and then for Validate.
func limits(ranges []*corev1.LimitRange, object runtime.Object) string {
	resource := "pods"
	if _, claim := object.(*api.PersistentVolumeClaim); claim {
		resource = "persistentvolumeclaims"
	}
	var actions limitranger.DefaultLimitRangerActions
	for _, do := range []func(*corev1.LimitRange, string, runtime.Object) error{actions.MutateLimit, actions.ValidateLimit} {
		for _, one := range ranges {
			if err := do(one, resource, object); err != nil {
				return err.Error()
			}
		}
	}
	return ""
}

// invalidity does what the strategies of the kinds do (pkg/registry/core/*/strategy.go).
func invalidity(object runtime.Object) string {
	var errors field.ErrorList
	switch object := object.(type) {
	case *api.Pod:
		options := podutil.GetValidationOptionsFromPodSpecAndMeta(&object.Spec, nil, &object.ObjectMeta, nil)
		options.ResourceIsPod = true
		errors = validation.ValidatePodCreate(object, options)
	case *api.LimitRange:
		errors = validation.ValidateLimitRange(object)
	case *api.ResourceQuota:
		errors = validation.ValidateResourceQuota(object)
	}
	if len(errors) == 0 {
		return ""
	}
	return errors.ToAggregate().Error()
}

// charge does what CheckRequest of k8s.io/apiserver pkg/admission/plugin/resourcequota does for one quota.
func charge(result *answer, charged *corev1.ResourceQuota, pod *api.Pod) error {
	// As the controller of quotas does before anything is held to one (pkg/controller/resourcequota).
	charged.Status.Hard = charged.Spec.Hard
	evaluator := quotacore.NewPodEvaluator(nil, clock.RealClock{})
	counted, err := evaluator.Matches(charged, pod)
	if err != nil {
		return err
	}
	result.Counted = counted
	if !counted {
		return nil
	}
	hard := quota.ResourceNames(charged.Status.Hard)
	if err := evaluator.Constraints(evaluator.MatchingResources(hard), pod); err != nil {
		result.Missing = err.Error()
	}
	usage, err := evaluator.Usage(pod)
	if err != nil {
		return err
	}
	result.Usage = map[corev1.ResourceName]string{}
	for name, amount := range quota.Mask(usage, hard) {
		result.Usage[name] = amount.String()
	}
	return nil
}
