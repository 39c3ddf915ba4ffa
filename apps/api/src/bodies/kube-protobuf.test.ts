import fc from "fast-check";
import { expect, test } from "vitest";
import { StatusError } from "@percale/resources";
import { decodeProtobuf } from "./kube-protobuf.ts";

const field = (number: number, bytes: Uint8Array | string): Buffer => {
  const value = Buffer.from(bytes);
  return Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value]);
};
const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
const wrapped = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  message(Buffer.from("k8s\0"), field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw));

test("a namespace is read as its JSON says it", () => {
  const label = (key: string, value: string): Buffer => field(11, message(field(1, key), field(2, value)));
  const metadata = message(field(1, "shop"), label("team", "a"), label("tier", ""), field(14, "example.org/x"));
  const generation = Buffer.from([7 * 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
  const raw = message(
    field(1, message(metadata, generation)),
    field(2, field(1, "kubernetes")),
    field(3, field(1, "Active")),
  );
  expect(decodeProtobuf(wrapped("v1", "Namespace", raw))).toEqual({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "shop", labels: { team: "a", tier: "" }, finalizers: ["example.org/x"] },
    spec: { finalizers: ["kubernetes"] },
  });
});

const number = (at: number, value: number): Buffer => Buffer.from([at * 8, value]);

test("numbers, either-ors and truths are read as their JSON says them", () => {
  const port = (...target: readonly Buffer[]): Buffer =>
    field(1, message(field(2, "TCP"), number(3, 80), field(4, message(...target)), number(5, 0)));
  const named = port(number(1, 1), number(2, 0), field(3, "http"));
  const spec = message(named, port(number(1, 0), number(2, 8)), field(2, message(field(1, "app"), field(2, "web"))));
  expect(decodeProtobuf(wrapped("v1", "Service", message(field(1, field(1, "web")), field(2, spec))))).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: {
      ports: [
        { protocol: "TCP", port: 80, targetPort: "http", nodePort: 0 },
        { protocol: "TCP", port: 80, targetPort: 8, nodePort: 0 },
      ],
      selector: { app: "web" },
    },
  });
  const account = message(field(1, field(1, "api")), field(3, field(1, "registry")), number(4, 0));
  expect(decodeProtobuf(wrapped("v1", "ServiceAccount", account))).toMatchObject({
    imagePullSecrets: [{ name: "registry" }],
    automountServiceAccountToken: false,
  });
});

test("a kind that is not known as protobuf is refused with what to send", () => {
  expect(() => decodeProtobuf(wrapped("v1", "Pod", Buffer.alloc(0)))).toThrow("send application/json");
});

test("no bytes end in anything but an object or a refusal", () => {
  const hostile = fc.uint8Array({ maxLength: 60 }).map((bytes) => wrapped("v1", "Service", Buffer.from(bytes)));
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => {
        try {
          expect(decodeProtobuf(bytes)).toBeTypeOf("object");
        } catch (error) {
          expect(error).toBeInstanceOf(StatusError);
        }
      },
    ),
  );
});
