package main

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// evaluator is Kubernetes' evaluator over Kubernetes' checks, which note who said no: the evaluator's own results carry
// no ids.
type evaluator struct {
	kubernetes policy.Evaluator
	violated   []string
}

func newEvaluator() (*evaluator, error) {
	var result evaluator
	checks := policy.DefaultChecks()
	for _, check := range checks {
		for i := range check.Versions {
			decide := check.Versions[i].CheckPod
			check.Versions[i].CheckPod = func(metadata *metav1.ObjectMeta, spec *corev1.PodSpec) policy.CheckResult {
				verdict := decide(metadata, spec)
				if !verdict.Allowed {
					result.violated = append(result.violated, string(check.ID))
				}
				return verdict
			}
		}
	}
	kubernetes, err := policy.NewEvaluator(checks, nil)
	result.kubernetes = kubernetes
	return &result, err
}

func (e *evaluator) judge(input []byte) answer {
	var asked question
	if err := kjson.UnmarshalCaseSensitivePreserveInts(input, &asked); err != nil {
		return answer{Error: fmt.Sprintf("not a question: %v", err)}
	}
	level, err := api.ParseLevel(asked.Level)
	if err != nil {
		return answer{Error: err.Error()}
	}
	version, err := api.ParseVersion(asked.Version)
	if err != nil {
		return answer{Error: err.Error()}
	}
	pod, err := decode(asked.Pod)
	if err != nil {
		return answer{Error: fmt.Sprintf("not a pod: %v", err)}
	}
	setDefaults(&pod.Spec)
	e.violated = []string{}
	e.kubernetes.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec)
	return answer{Controls: e.violated}
}

// decode reads a pod as the API server does. A string holds the pod as YAML.
func decode(written json.RawMessage) (*corev1.Pod, error) {
	var text string
	if json.Unmarshal(written, &text) == nil {
		converted, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			return nil, err
		}
		written = converted
	}
	var pod corev1.Pod
	return &pod, kjson.UnmarshalCaseSensitivePreserveInts(written, &pod)
}

// setDefaults does what the API server does before admission to fields that the checks read, as far as it changes a
// verdict: SetDefaults_Volume of k8s.io/kubernetes pkg/apis/core/v1/defaults.go (v1.37).
func setDefaults(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}
