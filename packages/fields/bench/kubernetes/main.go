// Fieldmanager answers as a kube-apiserver's field management would: one JSON case per line in, what each write left per line out.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/managedfields/managedfieldstest"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

type testCase struct {
	Schemas map[string]*spec.Schema `json:"schemas"`
	Group   string                  `json:"group"`
	Version string                  `json:"version"`
	Kind    string                  `json:"kind"`
	Writes  []write                 `json:"writes"`
}

type write struct {
	Operation string                 `json:"operation"`
	Manager   string                 `json:"manager"`
	Force     bool                   `json:"force"`
	Object    map[string]interface{} `json:"object"`
}

type outcome struct {
	Object map[string]interface{} `json:"object,omitempty"`
	Causes []metav1.StatusCause   `json:"causes,omitempty"`
	Error  string                 `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var one testCase
		must(json.Unmarshal(lines.Bytes(), &one))
		must(out.Encode(outcomes(one)))
	}
	must(lines.Err())
}

func outcomes(one testCase) []outcome {
	converter, err := managedfields.NewTypeConverter(one.Schemas, false)
	must(err)
	gvk := schema.GroupVersionKind{Group: one.Group, Version: one.Version, Kind: one.Kind}
	manager := managedfieldstest.NewFakeFieldManager(converter, gvk)
	var live *unstructured.Unstructured
	results := []outcome{}
	for _, w := range one.Writes {
		before := live
		if before == nil {
			before = &unstructured.Unstructured{Object: map[string]interface{}{"apiVersion": gvk.GroupVersion().String(), "kind": gvk.Kind}}
		}
		var after runtime.Object
		var err error
		sent := (&unstructured.Unstructured{Object: w.Object}).DeepCopy()
		if w.Operation == "Apply" {
			after, err = manager.Apply(before.DeepCopy(), sent, w.Manager, w.Force)
		} else {
			sent.SetUID(before.GetUID())
			after, err = manager.Update(before.DeepCopy(), sent, w.Manager)
		}
		if err != nil {
			result := outcome{Error: err.Error()}
			if status, ok := err.(errors.APIStatus); ok && status.Status().Details != nil {
				result.Causes = status.Status().Details.Causes
			}
			results = append(results, result)
			continue
		}
		live = after.(*unstructured.Unstructured)
		if live.GetUID() == "" {
			live.SetUID("u") // as every stored object has one
		}
		results = append(results, outcome{Object: live.DeepCopy().Object})
	}
	return results
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
