package main

import (
	"context"
	"encoding/json"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/client-go/dynamic"
)

// runWrites goes once through every verb, and meets the errors that programs tell apart.
func runWrites(ctx context.Context, sets dynamic.ResourceInterface) {
	made, err := sets.Create(ctx, object("one", []string{"10.0.0.1"}, nil), metav1.CreateOptions{FieldManager: "go"})
	must(err)
	_, err = sets.Create(ctx, object("one", nil, nil), metav1.CreateOptions{})
	say("exists", errors.IsAlreadyExists(err))
	_, err = sets.Get(ctx, "none", metav1.GetOptions{})
	say("not found", errors.IsNotFound(err))
	stale := made.DeepCopy()
	made.SetLabels(map[string]string{"a": "b"})
	_, err = sets.Update(ctx, made, metav1.UpdateOptions{})
	must(err)
	stale.SetLabels(map[string]string{"a": "c"})
	_, err = sets.Update(ctx, stale, metav1.UpdateOptions{})
	say("conflict", errors.IsConflict(err))
	_, err = sets.Create(ctx, object("two", []string{"no net"}, nil), metav1.CreateOptions{})
	say("invalid", errors.IsInvalid(err))
	applied, err := sets.Apply(ctx, "one", object("one", []string{"10.0.0.2"}, nil), metav1.ApplyOptions{FieldManager: "applier"})
	must(err)
	say("applied", nets(applied))
	_, err = sets.Apply(ctx, "one", object("one", nil, map[string]string{"a": "d"}), metav1.ApplyOptions{FieldManager: "other"})
	say("apply conflict", errors.IsConflict(err), errors.HasStatusCause(err, metav1.CauseTypeFieldManagerConflict))
	patched, err := sets.Patch(ctx, "one", types.MergePatchType, []byte(`{"spec":{"nets":["10.0.0.3"]}}`), metav1.PatchOptions{})
	must(err)
	say("patched", nets(patched))
	for _, name := range []string{"a", "b", "c"} {
		_, err = sets.Create(ctx, object(name, nil, map[string]string{"paged": "yes"}), metav1.CreateOptions{})
		must(err)
	}
	for token := ""; ; {
		page, err := sets.List(ctx, metav1.ListOptions{Limit: 2, Continue: token, LabelSelector: "paged=yes"})
		must(err)
		say("page", len(page.Items))
		if token = page.GetContinue(); token == "" {
			break
		}
	}
	must(sets.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "paged=yes"}))
	uid := types.UID("another")
	err = sets.Delete(ctx, "one", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
	say("precondition", errors.IsConflict(err))
	must(sets.Delete(ctx, "one", metav1.DeleteOptions{}))
	left, err := sets.List(ctx, metav1.ListOptions{})
	must(err)
	say("left", len(left.Items))
}

// runHelm upgrades a release as Helm does: three-way, over what somebody else changed meanwhile.
func runHelm(ctx context.Context, sets dynamic.ResourceInterface) {
	old := object("release", []string{"10.0.0.1"}, map[string]string{"chart": "1", "gone": "soon"})
	_, err := sets.Create(ctx, old, metav1.CreateOptions{FieldManager: "helm"})
	must(err)
	_, err = sets.Patch(ctx, "release", types.MergePatchType, []byte(`{"metadata":{"labels":{"by":"hand"}}}`), metav1.PatchOptions{})
	must(err)
	live, err := sets.Get(ctx, "release", metav1.GetOptions{})
	must(err)
	next := object("release", []string{"10.0.0.2"}, map[string]string{"chart": "2"})
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(text(old), text(next), text(live))
	must(err)
	upgraded, err := sets.Patch(ctx, "release", types.MergePatchType, patch, metav1.PatchOptions{FieldManager: "helm"})
	must(err)
	say("upgraded", nets(upgraded), upgraded.GetLabels())
}

// runArgo asks what a sync would change as Argo CD's server-side diff does: by an apply that is rehearsed.
func runArgo(ctx context.Context, sets dynamic.ResourceInterface) {
	wish := object("synced", []string{"10.0.0.1"}, map[string]string{"app": "x"})
	options := metav1.ApplyOptions{FieldManager: "argocd-controller", Force: true}
	_, err := sets.Apply(ctx, "synced", wish, options)
	must(err)
	_, err = sets.Patch(ctx, "synced", types.MergePatchType, []byte(`{"metadata":{"labels":{"by":"hand"}}}`), metav1.PatchOptions{})
	must(err)
	say("foreign label", differs(ctx, sets, wish, options))
	_, err = sets.Patch(ctx, "synced", types.MergePatchType, []byte(`{"metadata":{"labels":{"app":"y"}}}`), metav1.PatchOptions{})
	must(err)
	say("own label", differs(ctx, sets, wish, options))
	_, err = sets.Apply(ctx, "synced", wish, options)
	must(err)
	say("synced", differs(ctx, sets, wish, options))
	say("other wish", differs(ctx, sets, object("synced", []string{"10.0.0.1"}, nil), options))
}

func differs(ctx context.Context, sets dynamic.ResourceInterface, wish *unstructured.Unstructured, options metav1.ApplyOptions) bool {
	live, err := sets.Get(ctx, wish.GetName(), metav1.GetOptions{})
	must(err)
	options.DryRun = []string{metav1.DryRunAll}
	predicted, err := sets.Apply(ctx, wish.GetName(), wish, options)
	must(err)
	for _, one := range []*unstructured.Unstructured{live, predicted} {
		one.SetManagedFields(nil)
		one.SetResourceVersion("")
		one.SetGeneration(0)
	}
	return string(text(live)) != string(text(predicted))
}

func nets(set *unstructured.Unstructured) []string {
	found, _, err := unstructured.NestedStringSlice(set.Object, "spec", "nets")
	must(err)
	return found
}

func text(set *unstructured.Unstructured) []byte {
	json, err := json.Marshal(set.Object)
	must(err)
	return json
}
