// Clients drives an API server with Kubernetes' own Go libraries, one task a run, and says as JSON lines what it saw. It knows the server by
// PERCALE_URL, PERCALE_TOKEN and PERCALE_CA.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

var networkSets = schema.GroupVersionResource{Group: "projectcalico.org", Version: "v3", Resource: "networksets"}

// networkSet is what a program that knows the kind would write down of it.
type networkSet struct {
	Metadata struct {
		Name            string            `json:"name"`
		ResourceVersion string            `json:"resourceVersion"`
		Labels          map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Nets []string `json:"nets"`
	} `json:"spec"`
}

func main() {
	config := &rest.Config{
		Host:            os.Getenv("PERCALE_URL"),
		BearerToken:     os.Getenv("PERCALE_TOKEN"),
		UserAgent:       "go-clients/v1",
		TLSClientConfig: rest.TLSClientConfig{CAData: []byte(os.Getenv("PERCALE_CA"))},
	}
	client, err := dynamic.NewForConfig(config)
	must(err)
	sets := client.Resource(networkSets).Namespace(os.Args[2])
	ctx := context.Background()
	switch os.Args[1] {
	case "informer":
		runInformer(ctx, sets)
	case "write":
		runWrites(ctx, sets)
	case "helm":
		runHelm(ctx, sets)
	case "argo":
		runArgo(ctx, sets)
	default:
		panic("no task: " + os.Args[1])
	}
}

func object(name string, nets []string, labels map[string]string) *unstructured.Unstructured {
	values := make([]interface{}, len(nets))
	for i, net := range nets {
		values[i] = net
	}
	metadata := map[string]interface{}{"name": name}
	if labels != nil {
		all := map[string]interface{}{}
		for key, value := range labels {
			all[key] = value
		}
		metadata["labels"] = all
	}
	return &unstructured.Unstructured{Object: map[string]interface{}{
		"apiVersion": "projectcalico.org/v3", "kind": "NetworkSet", "metadata": metadata,
		"spec": map[string]interface{}{"nets": values},
	}}
}

func say(what string, more ...interface{}) {
	line, err := json.Marshal(append([]interface{}{what}, more...))
	must(err)
	fmt.Println(string(line))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
