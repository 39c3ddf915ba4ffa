const PREFIX = "io.k8s.apimachinery.pkg.apis.meta.v1.";

export function metaSchemaName(name: string): string {
  return PREFIX + name;
}

const text = (description: string): object => ({ type: "string", description });
const time = (description: string): object => ({ type: "string", format: "date-time", description });
const map = (description: string): object => ({
  type: "object",
  additionalProperties: { type: "string", default: "" },
  description,
});
const list = (items: object, description: string, extra: object = {}): object => ({
  type: "array",
  items,
  description,
  ...extra,
});

/** Kubernetes' own definitions that ours refer to, under Kubernetes' names so that an aggregator can merge them. */
export function metaSchemas(refPrefix: string): Record<string, object> {
  const ref = (name: string): object => ({ $ref: refPrefix + metaSchemaName(name) });
  const schemas: Record<string, object> = {
    ObjectMeta: {
      type: "object",
      description: "Metadata that every stored object has.",
      properties: {
        annotations: map("Free text by key, not selectable."),
        creationTimestamp: time("When the object was created. Set by the server."),
        deletionGracePeriodSeconds: { type: "integer", format: "int64", description: "Always 0 while being deleted." },
        deletionTimestamp: time("When deletion was asked for. Set by the server; finalizers hold the object."),
        finalizers: list({ type: "string", default: "" }, "What must happen before the object goes.", {
          "x-kubernetes-list-type": "set",
          "x-kubernetes-patch-strategy": "merge",
        }),
        generateName: text("Prefix of a name that the server completes."),
        generation: { type: "integer", format: "int64", description: "Rises when spec changes. Set by the server." },
        labels: map("Words to select by."),
        managedFields: list({ type: "object" }, "Who owns which fields."),
        name: text("Unique among objects of the kind and namespace. Can't change."),
        namespace: text("Where the name is unique. Can't change."),
        ownerReferences: list({ default: {}, allOf: [ref("OwnerReference")] }, "Objects this one goes with.", {
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["uid"],
          "x-kubernetes-patch-strategy": "merge",
          "x-kubernetes-patch-merge-key": "uid",
        }),
        resourceVersion: text("Version of the stored object, opaque. Send it back to update what you read."),
        selfLink: text("Not used."),
        uid: text("Unique in time and space. Set by the server."),
      },
    },
    OwnerReference: {
      type: "object",
      description: "An object that another belongs to.",
      required: ["apiVersion", "kind", "name", "uid"],
      properties: {
        apiVersion: text("Group and version."),
        blockOwnerDeletion: { type: "boolean", description: "The owner waits for this object to go first." },
        controller: { type: "boolean", description: "The owner manages this object." },
        kind: text("Kind of the owner."),
        name: text("Name of the owner."),
        uid: text("UID of the owner."),
      },
    },
    ListMeta: {
      type: "object",
      description: "Metadata of a list.",
      properties: {
        continue: text("Token for the next page."),
        remainingItemCount: { type: "integer", format: "int64", description: "How many items follow this page." },
        resourceVersion: text("Version of the whole state; watch from it."),
        selfLink: text("Not used."),
      },
    },
    Status: {
      type: "object",
      description: "Outcome of a call that returns nothing else.",
      properties: {
        apiVersion: { type: "string" },
        code: { type: "integer", format: "int32" },
        details: { type: "object" },
        kind: { type: "string" },
        message: { type: "string" },
        metadata: { default: {}, allOf: [ref("ListMeta")] },
        reason: { type: "string" },
        status: { type: "string" },
      },
      "x-kubernetes-group-version-kind": [{ group: "", version: "v1", kind: "Status" }],
    },
    DeleteOptions: {
      type: "object",
      description: "How to delete.",
      properties: {
        apiVersion: { type: "string" },
        dryRun: list({ type: "string" }, "All: nothing is stored."),
        gracePeriodSeconds: { type: "integer", format: "int64" },
        kind: { type: "string" },
        preconditions: { type: "object" },
        propagationPolicy: { type: "string" },
      },
    },
    Patch: { type: "object", description: "A patch in the form its media type names." },
    WatchEvent: {
      type: "object",
      required: ["type", "object"],
      properties: { object: { type: "object" }, type: { type: "string" } },
    },
  };
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [metaSchemaName(name), schema]));
}
