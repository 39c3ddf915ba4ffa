import { badRequest } from "@percale/resources";

export const PROTOBUF = "application/vnd.kubernetes.protobuf";
const MAGIC = Buffer.from("k8s\0");
const ATTRIBUTES = ["namespace", "verb", "group", "version", "resource", "subresource", "name"] as const;

/**
 * The resource attributes of a SelfSubjectAccessReview. Field numbers: kubernetes/api `authorization/v1/generated.proto`
 * and `runtime.Unknown` around it. Throws 400.
 */
export function decodeAccessReview(bytes: Buffer): object {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw badRequest("the body does not begin as Kubernetes' protobuf");
  const review = fieldsOf(fieldsOf(bytes.subarray(MAGIC.length)).get(2)); // Unknown.raw
  const resource = fieldsOf(review.get(2)).get(1); // spec.resourceAttributes
  if (resource === undefined) return { spec: {} };
  const fields = fieldsOf(resource);
  const attributes = ATTRIBUTES.map((name, index) => [name, fields.get(index + 1)?.toString("utf8") ?? ""]);
  return { spec: { resourceAttributes: Object.fromEntries(attributes) as Record<string, string> } };
}

/** Length-delimited fields by number; others are skipped. */
function fieldsOf(bytes: Buffer = Buffer.alloc(0)): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const tag = varint(bytes, at);
    const value = varint(bytes, tag.end);
    at = value.end;
    if ((tag.value & 7) === 2) {
      if (at + value.value > bytes.length) throw badRequest("the protobuf body is cut short");
      fields.set(tag.value >> 3, bytes.subarray(at, (at += value.value)));
    } else if ((tag.value & 7) !== 0) throw badRequest("the protobuf body has a field of a type that is not served");
  }
  return fields;
}

function varint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, shift = 0; at < bytes.length && shift < 28; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end: at };
  }
  throw badRequest("the protobuf body is cut short");
}
