import { badRequest } from "@percale/resources";

/** What kubectl sends Kubernetes' own kinds as, whatever a server says it takes. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";
const MAGIC = Buffer.from("k8s\0");

/** What a field holds. */
type Type = "text" | "texts" | "number" | "truth" | "number or text" | "map" | Message | readonly [repeated: Message];
/** Fields by number: the name in JSON, and the type. Fields that are not listed are skipped. */
type Message = Readonly<Record<number, readonly [name: string, type: Type]>>;

// Field numbers: kubernetes/apimachinery `pkg/apis/meta/v1/generated.proto`, kubernetes/api `generated.proto` of each group.
const OBJECT_META: Message = {
  1: ["name", "text"],
  2: ["generateName", "text"],
  3: ["namespace", "text"],
  5: ["uid", "text"],
  6: ["resourceVersion", "text"],
  11: ["labels", "map"],
  12: ["annotations", "map"],
  14: ["finalizers", "texts"],
};
const RESOURCE_ATTRIBUTES: Message = {
  1: ["namespace", "text"],
  2: ["verb", "text"],
  3: ["group", "text"],
  4: ["version", "text"],
  5: ["resource", "text"],
  6: ["subresource", "text"],
  7: ["name", "text"],
};
const ASKED: Message = {
  1: ["resourceAttributes", RESOURCE_ATTRIBUTES],
  2: ["nonResourceAttributes", { 1: ["path", "text"], 2: ["verb", "text"] }],
};
const RULES: Type = [
  {
    1: ["verbs", "texts"],
    2: ["apiGroups", "texts"],
    3: ["resources", "texts"],
    4: ["resourceNames", "texts"],
    5: ["nonResourceURLs", "texts"],
  },
];
const LABEL_SELECTORS: Type = [
  {
    1: ["matchLabels", "map"],
    2: ["matchExpressions", [{ 1: ["key", "text"], 2: ["operator", "text"], 3: ["values", "texts"] }]],
  },
];
const BINDING: Message = {
  1: ["metadata", OBJECT_META],
  2: ["subjects", [{ 1: ["kind", "text"], 2: ["apiGroup", "text"], 3: ["name", "text"], 4: ["namespace", "text"] }]],
  3: ["roleRef", { 1: ["apiGroup", "text"], 2: ["kind", "text"], 3: ["name", "text"] }],
};
const OBJECT_REFERENCE: Message = {
  1: ["kind", "text"],
  2: ["namespace", "text"],
  3: ["name", "text"],
  4: ["uid", "text"],
  5: ["apiVersion", "text"],
  6: ["resourceVersion", "text"],
  7: ["fieldPath", "text"],
};
/** What `kubectl create service` and `kubectl expose` fill in. */
const SERVICE_SPEC: Message = {
  1: [
    "ports",
    [
      {
        1: ["name", "text"],
        2: ["protocol", "text"],
        3: ["port", "number"],
        4: ["targetPort", "number or text"],
        5: ["nodePort", "number"],
        6: ["appProtocol", "text"],
      },
    ],
  ],
  2: ["selector", "map"],
  3: ["clusterIP", "text"],
  4: ["type", "text"],
  5: ["externalIPs", "texts"],
  7: ["sessionAffinity", "text"],
  8: ["loadBalancerIP", "text"],
  9: ["loadBalancerSourceRanges", "texts"],
  10: ["externalName", "text"],
  11: ["externalTrafficPolicy", "text"],
};
const MESSAGE_BY_KIND: ReadonlyMap<string, Message> = new Map<string, Message>([
  ["v1 Namespace", { 1: ["metadata", OBJECT_META], 2: ["spec", { 1: ["finalizers", "texts"] }] }],
  ["v1 Service", { 1: ["metadata", OBJECT_META], 2: ["spec", SERVICE_SPEC] }],
  [
    "v1 ServiceAccount",
    {
      1: ["metadata", OBJECT_META],
      2: ["secrets", [OBJECT_REFERENCE]],
      3: ["imagePullSecrets", [{ 1: ["name", "text"] }]],
      4: ["automountServiceAccountToken", "truth"],
    },
  ],
  ["authorization.k8s.io/v1 SelfSubjectAccessReview", { 2: ["spec", ASKED] }],
  ["authorization.k8s.io/v1 SelfSubjectRulesReview", { 2: ["spec", { 1: ["namespace", "text"] }] }],
  ["authentication.k8s.io/v1 SelfSubjectReview", {}],
  ["rbac.authorization.k8s.io/v1 Role", { 1: ["metadata", OBJECT_META], 2: ["rules", RULES] }],
  [
    "rbac.authorization.k8s.io/v1 ClusterRole",
    {
      1: ["metadata", OBJECT_META],
      2: ["rules", RULES],
      3: ["aggregationRule", { 1: ["clusterRoleSelectors", LABEL_SELECTORS] }],
    },
  ],
  ["rbac.authorization.k8s.io/v1 RoleBinding", BINDING],
  ["rbac.authorization.k8s.io/v1 ClusterRoleBinding", BINDING],
]);
/** `runtime.Unknown`, which stands around every object. */
const TYPE_META: Message = { 1: ["apiVersion", "text"], 2: ["kind", "text"] };

/** The object as its JSON would say it. Throws 400 for what is no protobuf of Kubernetes, or of a kind that is not read here. */
export function decodeProtobuf(bytes: Buffer): object {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw badRequest("the body does not begin as Kubernetes' protobuf");
  const envelope = fieldsOf(bytes.subarray(MAGIC.length));
  const { apiVersion = "", kind = "" } = decode(envelope.get(1)?.[0], TYPE_META) as {
    apiVersion?: string;
    kind?: string;
  };
  const message = MESSAGE_BY_KIND.get(`${apiVersion} ${kind}`);
  if (message === undefined)
    throw badRequest(`${kind} of ${apiVersion} is not taken as protobuf here: send application/json`);
  return { apiVersion, kind, ...decode(envelope.get(2)?.[0], message) };
}

function decode(bytes: Buffer | undefined, message: Message): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [number, values] of fieldsOf(bytes)) {
    const [name, type] = message[number] ?? [];
    if (name !== undefined && type !== undefined) object[name] = valueOf(values, type);
  }
  return object;
}

function valueOf(values: readonly Buffer[], type: Type): unknown {
  const texts = (): string[] => values.map((value) => value.toString("utf8"));
  switch (type) {
    case "text":
      return texts().at(-1); // the last one counts, as in every protobuf
    case "texts":
      return texts();
    case "number":
      return numberIn(values);
    case "truth":
      return numberIn(values) !== 0;
    case "number or text":
      return intOrText(fieldsOf(values.at(-1)));
    case "map":
      return Object.fromEntries(values.map((entry) => [1, 2].map((part) => textAt(entry, part)) as [string, string]));
    default:
      return isRepeated(type) ? values.map((value) => decode(value, type[0])) : decode(values.at(-1), type);
  }
}

function numberIn(values: readonly Buffer[]): number {
  return varint(values.at(-1)!, 0).value; // a field that is there has a value
}

/** `util/intstr` IntOrString: which it is, the number, the text. */
function intOrText(fields: ReadonlyMap<number, readonly Buffer[]>): number | string {
  const [kind, number, text] = [1, 2, 3].map((part) => fields.get(part));
  if (kind !== undefined && numberIn(kind) === 1) return text?.at(-1)?.toString("utf8") ?? "";
  return number === undefined ? 0 : numberIn(number);
}

function isRepeated(type: Message | readonly [Message]): type is readonly [Message] {
  return Array.isArray(type);
}

function textAt(entry: Buffer, number: number): string {
  return fieldsOf(entry).get(number)?.at(-1)?.toString("utf8") ?? "";
}

/** The bytes of fields by number, in order: of a number those that it is written in. */
function fieldsOf(bytes: Buffer = Buffer.alloc(0)): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  for (let at = 0; at < bytes.length;) {
    const tag = varint(bytes, at);
    const value = varint(bytes, tag.end);
    at = value.end;
    const number = Math.floor(tag.value / 8);
    const values = fields.get(number) ?? [];
    fields.set(number, values);
    if (tag.value % 8 === 2) {
      if (at + value.value > bytes.length) throw badRequest("the protobuf body is cut short");
      values.push(bytes.subarray(at, (at += value.value)));
    } else if (tag.value % 8 === 0) values.push(bytes.subarray(tag.end, value.end));
    else throw badRequest("the protobuf body has a field of a type that is not served");
  }
  return fields;
}

/** Up to 64 bits; those past what a number holds exactly are never lengths. */
function varint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, scale = 1; at < bytes.length && at - start < 10; scale *= 128) {
    const byte = bytes[at++]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at };
  }
  throw badRequest("the protobuf body is cut short");
}
