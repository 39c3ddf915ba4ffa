package main

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
)

// runInformer follows the sets that are labelled, as a controller does, until one called "last" is gone.
func runInformer(ctx context.Context, sets dynamic.ResourceInterface) {
	selected := func(options metav1.ListOptions) metav1.ListOptions {
		options.LabelSelector = "watched=yes"
		return options
	}
	source := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return sets.List(ctx, selected(options))
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			if options.SendInitialEvents != nil && *options.SendInitialEvents {
				say("watch-list")
			}
			return sets.Watch(ctx, selected(options))
		},
	}
	informer := cache.NewSharedIndexInformer(source, &unstructured.Unstructured{}, 0, cache.Indexers{})
	done := make(chan struct{})
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(one interface{}) { say("added", typed(one).Metadata.Name, typed(one).Spec.Nets) },
		UpdateFunc: func(_, one interface{}) { say("updated", typed(one).Metadata.Name, typed(one).Spec.Nets) },
		DeleteFunc: func(one interface{}) {
			say("deleted", typed(one).Metadata.Name, typed(one).Metadata.Labels)
			if typed(one).Metadata.Name == "last" {
				close(done)
			}
		},
	})
	must(err)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	go informer.RunWithContext(ctx)
	if cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		say("synced", len(informer.GetStore().List()))
	}
	select {
	case <-done:
	case <-ctx.Done():
		say("time is up")
	}
}

func typed(one interface{}) networkSet {
	var set networkSet
	must(runtime.DefaultUnstructuredConverter.FromUnstructured(one.(*unstructured.Unstructured).Object, &set))
	return set
}
